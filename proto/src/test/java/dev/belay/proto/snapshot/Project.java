package dev.belay.proto.snapshot;

import dev.belay.proto.v1.NotCaptured;
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
 * A state written by hand: a path is followed by what is there. {@code 755|text} and other octal modes for files,
 * {@code link|target}, {@code empty} or {@code empty|700} for a directory with nothing in it, {@code mode|700} for the
 * permissions of a directory, {@code left|large} for what is not captured, {@code sub|id}; anything else is the text of a
 * file. {@code .git} is the text of its HEAD.
 */
record Project(Map<String, String> entries) {
    static Project of(String... pairs) {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            entries.put(pairs[i], pairs[i + 1]);
        }
        return new Project(entries);
    }

    State state(FreshObjects store) {
        Meta meta = Meta.gather();
        Map<String, Leaf> files = new TreeMap<>();
        State.Slot git = State.Slot.NONE;
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            String path = entry.getKey();
            String text = entry.getValue();
            int bar = text.indexOf('|');
            String kind = bar < 0 ? text : text.substring(0, bar);
            String rest = bar < 0 ? "" : text.substring(bar + 1);
            if (path.equals(".git")) {
                git = new State.Slot(
                        FileMode.TYPE_TREE, tree(store, Map.of("HEAD", new Leaf(0100644, blob(store, text))), ""));
            } else if (kind.equals("empty")) {
                meta.directories().add(path);
                if (!rest.isEmpty()) {
                    meta.directoryModes().put(path, Integer.parseInt(rest, 8));
                }
            } else if (kind.equals("mode")) {
                meta.directoryModes().put(path, Integer.parseInt(rest, 8));
            } else if (kind.equals("left")) {
                meta.notCaptured()
                        .add(NotCaptured.newBuilder()
                                .setPath(path)
                                .setWhy(rest)
                                .setBytes(rest.length())
                                .build());
            } else if (kind.equals("link")) {
                files.put(path, new Leaf(FileMode.TYPE_SYMLINK, blob(store, rest)));
            } else if (kind.equals("sub")) {
                files.put(path, new Leaf(FileMode.TYPE_GITLINK, ObjectId.fromString(rest.repeat(40))));
            } else if (bar == 3 && kind.matches("[0-7]{3}")) {
                int permissions = Integer.parseInt(kind, 8);
                int mode = (permissions & 0100) != 0 ? 0100755 : 0100644;
                files.put(path, new Leaf(mode, blob(store, rest)));
                if (permissions != View.usual(mode)) {
                    meta.fileModes().put(path, permissions);
                }
            } else {
                files.put(path, new Leaf(0100644, blob(store, text)));
            }
        }
        return new State(tree(store, files, ""), git, Constants.EMPTY_TREE_ID, meta);
    }

    private record Leaf(int mode, ObjectId id) {}

    private record Item(String name, Leaf leaf) {
        String sortName() {
            return leaf.mode == FileMode.TYPE_TREE ? name + "/" : name;
        }
    }

    private static ObjectId blob(FreshObjects store, String raw) {
        return store.add(Constants.OBJ_BLOB, RawNames.bytes(raw));
    }

    private static ObjectId tree(FreshObjects store, Map<String, Leaf> files, String prefix) {
        Map<String, Leaf> here = new TreeMap<>();
        files.forEach((path, leaf) -> {
            if (path.startsWith(prefix)) {
                String below = path.substring(prefix.length());
                int slash = below.indexOf('/');
                if (slash < 0) {
                    here.put(below, leaf);
                } else {
                    String name = below.substring(0, slash);
                    here.put(name, new Leaf(FileMode.TYPE_TREE, tree(store, files, prefix + name + "/")));
                }
            }
        });
        if (here.isEmpty()) {
            return Constants.EMPTY_TREE_ID;
        }
        List<Item> items = new ArrayList<>();
        here.forEach((name, leaf) -> items.add(new Item(name, leaf)));
        items.sort(Comparator.comparing(Item::sortName));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        items.forEach(item -> TreeBytes.append(
                bytes, item.name(), item.leaf().mode(), item.leaf().id()));
        return store.add(Constants.OBJ_TREE, bytes.toByteArray());
    }

    /** The same as words, of a state that was computed. */
    static Project read(ObjectReader reader, State state) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        for (TreeDiff.Change file : TreeDiff.between(reader, Constants.EMPTY_TREE_ID, state.work())) {
            entries.put(file.path(), words(reader, state, file));
        }
        for (String directory : state.meta().directories()) {
            entries.put(directory, "empty");
        }
        state.meta().directoryModes().forEach((path, mode) -> {
            boolean empty = "empty".equals(entries.get(path));
            entries.put(path, (empty ? "empty|" : "mode|") + Integer.toOctalString(mode));
        });
        state.meta().notCaptured().forEach(one -> entries.put(one.getPath(), "left|" + one.getWhy()));
        if (state.git().mode() != 0) {
            for (TreeDiff.Change file : TreeDiff.between(
                    reader, Constants.EMPTY_TREE_ID, state.git().id())) {
                entries.put(".git", RawNames.raw(reader.open(file.newId()).getCachedBytes()));
            }
        }
        return new Project(entries);
    }

    private static String words(ObjectReader reader, State state, TreeDiff.Change file) throws IOException {
        if (file.newMode() == FileMode.TYPE_GITLINK) {
            return "sub|" + file.newId().name().charAt(0);
        }
        String text = RawNames.raw(reader.open(file.newId()).getCachedBytes());
        if (file.newMode() == FileMode.TYPE_SYMLINK) {
            return "link|" + text;
        }
        int permissions = state.meta().fileModes().getOrDefault(file.path(), View.usual(file.newMode()));
        return permissions == 0644 ? text : Integer.toOctalString(permissions) + "|" + text;
    }
}
