package dev.belay.runner.snapshot;

import dev.belay.proto.snapshot.Meta;
import dev.belay.proto.snapshot.TreeBytes;
import dev.belay.runner.workspace.ObjectPack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/**
 * Lays a scanned layer over the base's trees: only trees on the way to a change are read and written, and of those the
 * bytes of untouched entries are copied as they stand.
 */
final class Splice {
    private static final int GITLINK = FileMode.TYPE_GITLINK;

    private final ObjectReader reader;
    private final ObjectPack pack;
    /** Empty directories of the base that still stand; raw paths. */
    private final TreeSet<String> baseDirectories;

    private record Addition(String name, int mode, ObjectId id) {
        String sortName() {
            return mode == FileMode.TYPE_TREE ? name + "/" : name;
        }
    }

    Splice(ObjectReader reader, ObjectPack pack, List<String> baseDirectories) {
        this.reader = reader;
        this.pack = pack;
        this.baseDirectories = new TreeSet<>(baseDirectories);
    }

    /** The tree of {@code folder} over {@code base}; {@code skip} is a child that belongs elsewhere. */
    ObjectId tree(Layer.Folder folder, @Nullable ObjectId base, String path, String skip) throws IOException {
        if (folder.tree != null) {
            return folder.tree;
        }
        ObjectId below = folder.opaque ? null : base;
        byte[] old = below == null ? new byte[0] : TreeBytes.read(reader, below);
        List<TreeBytes.Item> items = TreeBytes.items(old);
        Map<String, Layer> children = folder.children;
        List<Addition> additions = new ArrayList<>();
        boolean something = !skip.isEmpty() && (below != null || children.containsKey(skip));
        for (TreeBytes.Item item : items) {
            Layer child = children.get(item.name());
            if (child == null) {
                something = true;
            } else if (child instanceof Layer.Folder over) {
                ObjectId onto = item.isTree() ? item.id() : null;
                addition(item.name(), over, onto, item.mode() == GITLINK ? item.id() : null, path, additions);
                something = true;
            }
        }
        Set<String> inBase = new java.util.HashSet<>(items.size() * 2);
        items.forEach(item -> inBase.add(item.name()));
        for (Map.Entry<String, Layer> entry : children.entrySet()) {
            String name = entry.getKey();
            if (name.equals(skip)) {
                continue;
            }
            switch (entry.getValue()) {
                case Layer.Gone gone -> {}
                case Layer.Left left -> something = true;
                case Layer.Link link -> {
                    additions.add(new Addition(name, FileMode.TYPE_SYMLINK, link.blob()));
                    something = true;
                }
                case Layer.Content content -> {
                    int mode = content.executable() ? 0100755 : 0100644;
                    additions.add(new Addition(name, mode, content.blob));
                    something = true;
                }
                case Layer.Folder over -> {
                    if (!inBase.contains(name)) {
                        addition(name, over, null, null, path, additions);
                    }
                    something = true;
                }
            }
        }
        folder.empty = !something && !hasBaseDirectory(folder, path);
        folder.tree = written(old, items, children, skip, additions);
        return folder.tree;
    }

    private void addition(
            String name,
            Layer.Folder over,
            @Nullable ObjectId onto,
            @Nullable ObjectId gitlink,
            String path,
            List<Addition> additions)
            throws IOException {
        ObjectId tree = tree(over, onto, path.isEmpty() ? name : path + "/" + name, "");
        if (gitlink != null && over.empty) {
            over.empty = false;
            additions.add(new Addition(name, GITLINK, gitlink));
        } else if (!tree.equals(Constants.EMPTY_TREE_ID)) {
            additions.add(new Addition(name, FileMode.TYPE_TREE, tree));
        }
    }

    private boolean hasBaseDirectory(Layer.Folder folder, String path) {
        String prefix = path.isEmpty() ? "" : path + "/";
        return !folder.opaque
                && baseDirectories.stream()
                        .anyMatch(directory -> directory.startsWith(prefix)
                                && directory.length() > prefix.length()
                                && !folder.children.containsKey(
                                        directory.substring(prefix.length()).split("/", 2)[0]));
    }

    private ObjectId written(
            byte[] old, List<TreeBytes.Item> items, Map<String, Layer> children, String skip, List<Addition> additions)
            throws IOException {
        additions.sort(Comparator.comparing(Addition::sortName));
        ByteArrayOutputStream tree = new ByteArrayOutputStream(old.length + 64 * additions.size());
        int next = 0;
        int copied = 0;
        for (TreeBytes.Item item : items) {
            boolean replaced = children.containsKey(item.name()) && !item.name().equals(skip);
            while (next < additions.size() && additions.get(next).sortName().compareTo(item.sortName()) <= 0) {
                tree.write(old, copied, item.start() - copied);
                copied = item.start();
                Addition addition = additions.get(next++);
                TreeBytes.append(tree, addition.name(), addition.mode(), addition.id());
            }
            if (replaced) {
                tree.write(old, copied, item.start() - copied);
                copied = item.end();
            }
        }
        tree.write(old, copied, old.length - copied);
        for (; next < additions.size(); next++) {
            Addition addition = additions.get(next);
            TreeBytes.append(tree, addition.name(), addition.mode(), addition.id());
        }
        return tree.size() == 0 ? Constants.EMPTY_TREE_ID : pack.add(Constants.OBJ_TREE, tree.toByteArray());
    }

    /** What {@code before} holds and what {@code now} adds: an object once captured stays. */
    ObjectId objects(ObjectId before, Layer.@Nullable Folder now, Layer.@Nullable Folder seen) throws IOException {
        if (now == null || now == seen) {
            return before;
        }
        byte[] old = TreeBytes.read(reader, before);
        java.util.TreeMap<String, Addition> entries = new java.util.TreeMap<>();
        for (TreeBytes.Item item : TreeBytes.items(old)) {
            entries.put(item.name(), new Addition(item.name(), item.mode(), item.id()));
        }
        for (Map.Entry<String, Layer> child : now.children.entrySet()) {
            String name = child.getKey();
            if (child.getValue() instanceof Layer.Content content) {
                entries.put(name, new Addition(name, 0100644, content.blob));
            } else if (child.getValue() instanceof Layer.Folder below) {
                Addition was = entries.get(name);
                boolean tree = was != null && was.mode() == FileMode.TYPE_TREE;
                ObjectId id = objects(
                        tree && was != null ? was.id() : Constants.EMPTY_TREE_ID,
                        below,
                        seen != null && seen.children.get(name) instanceof Layer.Folder folder ? folder : null);
                if (!id.equals(Constants.EMPTY_TREE_ID)) {
                    entries.put(name, new Addition(name, FileMode.TYPE_TREE, id));
                }
            }
        }
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        entries.values().stream()
                .sorted(Comparator.comparing(Addition::sortName))
                .forEach(entry -> TreeBytes.append(tree, entry.name(), entry.mode(), entry.id()));
        return tree.size() == 0 ? Constants.EMPTY_TREE_ID : pack.add(Constants.OBJ_TREE, tree.toByteArray());
    }

    /** Empty directories, odd modes, and what was left out; after {@link #tree} has seen every folder. */
    Meta meta(Layer.Folder root) {
        Meta meta = Meta.gather();
        gather(root, "", meta);
        meta.directories().addAll(baseDirectories);
        return meta;
    }

    private static void leftBelow(Layer layer, Meta meta) {
        if (layer instanceof Layer.Left left) {
            meta.notCaptured().add(left.what());
        } else if (layer instanceof Layer.Folder folder) {
            folder.children.values().forEach(child -> leftBelow(child, meta));
        }
    }

    private void gather(Layer.Folder folder, String path, Meta meta) {
        if (folder.opaque) {
            baseDirectories.removeIf(directory -> directory.startsWith(path + "/"));
        }
        if (folder.empty && !path.isEmpty()) {
            meta.directories().add(path);
        }
        for (Map.Entry<String, Layer> entry : folder.children.entrySet()) {
            String child = path.isEmpty() ? entry.getKey() : path + "/" + entry.getKey();
            if (child.equals(".git/objects")) {
                leftBelow(entry.getValue(), meta);
                continue;
            }
            baseDirectories.remove(child);
            if (!(entry.getValue() instanceof Layer.Folder)) {
                baseDirectories.removeIf(directory -> directory.startsWith(child + "/"));
            }
            switch (entry.getValue()) {
                case Layer.Folder below -> gather(below, child, meta);
                case Layer.Left left -> meta.notCaptured().add(left.what());
                case Layer.Content content -> {
                    if (content.permissions() != (content.executable() ? 0755 : 0644)) {
                        meta.fileModes().put(child, content.permissions());
                    }
                }
                case Layer.Gone gone -> {}
                case Layer.Link link -> {}
            }
        }
        boolean captured = folder.empty
                || !Constants.EMPTY_TREE_ID.equals(folder.tree)
                || holdsDirectory(meta.directories(), path)
                || holdsDirectory(baseDirectories, path);
        if (folder.permissions != 0755 && captured) {
            meta.directoryModes().put(path, folder.permissions);
        }
    }

    private static boolean holdsDirectory(NavigableSet<String> directories, String path) {
        String prefix = path.isEmpty() ? "" : path + "/";
        String first = directories.ceiling(prefix);
        return first != null && first.startsWith(prefix);
    }
}
