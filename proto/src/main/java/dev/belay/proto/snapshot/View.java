package dev.belay.proto.snapshot;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/** The project's files in one state, by raw path, with what git cannot hold. */
final class View {
    private final ObjectReader reader;
    private final ObjectId work;
    private final Meta meta;
    private final Map<ObjectId, Map<String, TreeBytes.Item>> trees = new HashMap<>();

    View(ObjectReader reader, ObjectId work, Meta meta) {
        this.reader = reader;
        this.work = work;
        this.meta = meta;
    }

    /** As git writes modes; 0: nothing that git holds. */
    int mode(String path) throws IOException {
        ObjectId tree = work;
        int mode = FileMode.TYPE_TREE;
        for (String name : path.split("/", -1)) {
            if (mode != FileMode.TYPE_TREE) {
                return 0;
            }
            TreeBytes.Item item = items(tree).get(name);
            if (item == null) {
                return 0;
            }
            mode = item.mode();
            tree = item.id();
        }
        return mode;
    }

    private Map<String, TreeBytes.Item> items(ObjectId tree) throws IOException {
        Map<String, TreeBytes.Item> known = trees.get(tree);
        if (known == null) {
            List<TreeBytes.Item> items = TreeBytes.items(TreeBytes.read(reader, tree));
            known = new HashMap<>(items.size() * 2);
            for (TreeBytes.Item item : items) {
                known.put(item.name(), item);
            }
            trees.put(tree, known);
        }
        return known;
    }

    static boolean isFile(int mode) {
        return (mode & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
    }

    /** Null: no file is there. */
    @Nullable Integer permissions(String path) throws IOException {
        int mode = mode(path);
        return isFile(mode) ? meta.fileModes().getOrDefault(path, usual(mode)) : null;
    }

    static int usual(int mode) {
        return mode == 0100755 ? 0755 : 0644;
    }

    /** Null: no directory is there. */
    @Nullable Integer directoryPermissions(String path) throws IOException {
        return isDirectory(path) ? meta.directoryModes().getOrDefault(path, 0755) : null;
    }

    boolean isDirectory(String path) throws IOException {
        return path.isEmpty()
                || mode(path) == FileMode.TYPE_TREE
                || meta.directories().contains(path)
                || holdsDirectory(meta.directories(), path);
    }

    static boolean holdsDirectory(NavigableSet<String> directories, String path) {
        String first = directories.ceiling(path + "/");
        return first != null && first.startsWith(path + "/");
    }

    /** Whether no snapshot holds what is at the path, or at a directory above it. */
    boolean isLeft(String path) {
        String text = RawNames.text(path);
        return meta.notCaptured().stream()
                .anyMatch(one -> text.equals(one.getPath()) || text.startsWith(one.getPath() + "/"));
    }

    /** Whether something below the path is in no snapshot. */
    boolean holdsLeft(String path) {
        String below = RawNames.text(path) + "/";
        return meta.notCaptured().stream().anyMatch(one -> one.getPath().startsWith(below));
    }
}
