package dev.belay.proto.snapshot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/** What differs between two trees, leaf by leaf; equal subtrees are not looked into. */
public final class TreeDiff {
    /** A mode of 0: not there. Paths are raw. */
    public record Change(String path, int oldMode, ObjectId oldId, int newMode, ObjectId newId) {
        public Change under(String directory) {
            return new Change(directory + "/" + path, oldMode, oldId, newMode, newId);
        }

        public boolean deletes() {
            return newMode == 0;
        }
    }

    private final ObjectReader reader;
    private final List<Change> changes = new ArrayList<>();

    private TreeDiff(ObjectReader reader) {
        this.reader = reader;
    }

    public static List<Change> between(ObjectReader reader, ObjectId from, ObjectId to) throws IOException {
        TreeDiff diff = new TreeDiff(reader);
        diff.trees("", from, to);
        return diff.changes;
    }

    private void trees(String prefix, ObjectId from, ObjectId to) throws IOException {
        if (from.equals(to)) {
            return;
        }
        List<TreeBytes.Item> old = TreeBytes.items(TreeBytes.read(reader, from));
        List<TreeBytes.Item> fresh = TreeBytes.items(TreeBytes.read(reader, to));
        int i = 0;
        int j = 0;
        while (i < old.size() || j < fresh.size()) {
            int order = i == old.size()
                    ? 1
                    : j == fresh.size()
                            ? -1
                            : old.get(i).sortName().compareTo(fresh.get(j).sortName());
            TreeBytes.Item left = order <= 0 ? old.get(i++) : null;
            TreeBytes.Item right = order >= 0 ? fresh.get(j++) : null;
            item(prefix, left, right);
        }
    }

    private void item(String prefix, TreeBytes.@Nullable Item left, TreeBytes.@Nullable Item right) throws IOException {
        if (left != null
                && right != null
                && left.mode() == right.mode()
                && left.id().equals(right.id())) {
            return;
        }
        if (left != null && right != null && left.isTree() && right.isTree()) {
            trees(prefix + left.name() + "/", left.id(), right.id());
        } else if (left != null && right != null) {
            changes.add(new Change(prefix + left.name(), left.mode(), left.id(), right.mode(), right.id()));
        } else if (left != null) {
            one(prefix, left, false);
        } else if (right != null) {
            one(prefix, right, true);
        }
    }

    private void one(String prefix, TreeBytes.Item item, boolean added) throws IOException {
        if (item.isTree()) {
            for (TreeBytes.Item below : TreeBytes.items(TreeBytes.read(reader, item.id()))) {
                one(prefix + item.name() + "/", below, added);
            }
        } else {
            ObjectId none = ObjectId.zeroId();
            changes.add(
                    added
                            ? new Change(prefix + item.name(), 0, none, item.mode(), item.id())
                            : new Change(prefix + item.name(), item.mode(), item.id(), 0, none));
        }
    }
}
