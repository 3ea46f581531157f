package dev.belay.proto.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * Merges three trees of raw bytes: what one side alone changed is taken, what both changed alike is taken once, and a file
 * that both changed is merged line by line where it is text. Trees that only one side changed are not looked into. Renames
 * are a deletion and an addition.
 */
final class TreeMerge {
    private final ObjectReader reader;
    private final ObjectSink fresh;
    private final LineMerge lines;
    private final List<Conflict> conflicts = new ArrayList<>();

    /** What stands at a name; a mode of 0 is nothing. */
    private record Entry(int mode, ObjectId id) {
        static final Entry NONE = new Entry(0, ObjectId.zeroId());

        boolean isFile() {
            return (mode & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
        }

        boolean isNone() {
            return mode == 0;
        }
    }

    /** One name on the three sides. A directory of one and a file of another are merged apart from each other. */
    private static final class Sides {
        private Entry base = Entry.NONE;
        private Entry ours = Entry.NONE;
        private Entry theirs = Entry.NONE;

        private static Entry leaf(Entry entry) {
            return entry.mode == FileMode.TYPE_TREE ? Entry.NONE : entry;
        }

        private static ObjectId tree(Entry entry) {
            return entry.mode == FileMode.TYPE_TREE ? entry.id : Constants.EMPTY_TREE_ID;
        }
    }

    private record Named(String name, Entry entry) {
        String sortName() {
            return entry.mode == FileMode.TYPE_TREE ? name + "/" : name;
        }
    }

    TreeMerge(ObjectReader reader, ObjectSink fresh) {
        this.reader = reader;
        this.fresh = fresh;
        this.lines = new LineMerge(reader);
    }

    /** The merged tree; where there were conflicts it means nothing. */
    ObjectId merge(ObjectId base, ObjectId ours, ObjectId theirs) throws IOException {
        return tree("", base, ours, theirs);
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    private ObjectId tree(String prefix, ObjectId base, ObjectId ours, ObjectId theirs) throws IOException {
        if (ours.equals(theirs) || base.equals(theirs)) {
            return ours;
        }
        if (base.equals(ours)) {
            return theirs;
        }
        Map<String, Sides> names = new TreeMap<>();
        read(base, names, (sides, entry) -> sides.base = entry);
        read(ours, names, (sides, entry) -> sides.ours = entry);
        read(theirs, names, (sides, entry) -> sides.theirs = entry);
        List<Named> merged = new ArrayList<>();
        for (Map.Entry<String, Sides> one : names.entrySet()) {
            Sides sides = one.getValue();
            String path = prefix + one.getKey();
            Entry leaf = leaf(path, Sides.leaf(sides.base), Sides.leaf(sides.ours), Sides.leaf(sides.theirs));
            ObjectId tree = tree(path + "/", Sides.tree(sides.base), Sides.tree(sides.ours), Sides.tree(sides.theirs));
            boolean empty = tree.equals(Constants.EMPTY_TREE_ID);
            if (!leaf.isNone() && !empty) {
                conflict(path, Conflict.Why.PLACE);
            }
            if (!leaf.isNone()) {
                merged.add(new Named(one.getKey(), leaf));
            } else if (!empty) {
                merged.add(new Named(one.getKey(), new Entry(FileMode.TYPE_TREE, tree)));
            }
        }
        return written(merged);
    }

    private interface Side {
        void set(Sides sides, Entry entry);
    }

    private void read(ObjectId tree, Map<String, Sides> names, Side side) throws IOException {
        for (TreeBytes.Item item : TreeBytes.items(TreeBytes.read(reader, tree))) {
            side.set(names.computeIfAbsent(item.name(), any -> new Sides()), new Entry(item.mode(), item.id()));
        }
    }

    private ObjectId written(List<Named> entries) throws IOException {
        if (entries.isEmpty()) {
            return Constants.EMPTY_TREE_ID;
        }
        entries.sort(Comparator.comparing(Named::sortName));
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        for (Named one : entries) {
            TreeBytes.append(tree, one.name(), one.entry().mode(), one.entry().id());
        }
        return fresh.add(Constants.OBJ_TREE, tree.toByteArray());
    }

    private Entry leaf(String path, Entry base, Entry ours, Entry theirs) throws IOException {
        if (ours.equals(theirs) || base.equals(theirs)) {
            return ours;
        }
        if (base.equals(ours)) {
            return theirs;
        }
        if (base.isFile() && ours.isFile() && theirs.isFile()) {
            int mode = base.mode == ours.mode ? theirs.mode : ours.mode;
            return new Entry(mode, content(path, base.id, ours.id, theirs.id));
        }
        conflict(path, reason(base, ours, theirs));
        return ours;
    }

    private static Conflict.Why reason(Entry base, Entry ours, Entry theirs) {
        if (base.isNone()) {
            return Conflict.Why.ADDED;
        }
        if (ours.isNone()) {
            return Conflict.Why.REMOVED;
        }
        return theirs.isNone() ? Conflict.Why.CHANGED : Conflict.Why.TYPE;
    }

    private ObjectId content(String path, ObjectId base, ObjectId ours, ObjectId theirs) throws IOException {
        if (ours.equals(theirs) || base.equals(theirs)) {
            return ours;
        }
        if (base.equals(ours)) {
            return theirs;
        }
        return switch (lines.merge(base, ours, theirs)) {
            case LineMerge.Outcome.Merged(byte[] bytes) -> fresh.add(Constants.OBJ_BLOB, bytes);
            case LineMerge.Outcome.Refused(Conflict.Why why) -> {
                conflict(path, why);
                yield ours;
            }
        };
    }

    private void conflict(String path, Conflict.Why why) {
        conflicts.add(new Conflict(path, why));
    }
}
