package dev.belay.proto.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/** A git tree's own bytes: mode, space, name, NUL, id; sorted as if directories ended in a slash. */
public final class TreeBytes {
    /** @param start where the entry's bytes begin in the tree, {@code end} is past them */
    public record Item(String name, int mode, ObjectId id, int start, int end) {
        public boolean isTree() {
            return mode == FileMode.TYPE_TREE;
        }

        public String sortName() {
            return isTree() ? name + "/" : name;
        }
    }

    private TreeBytes() {}

    public static byte[] read(ObjectReader reader, ObjectId tree) throws IOException {
        return tree.equals(Constants.EMPTY_TREE_ID)
                ? new byte[0]
                : reader.open(tree, Constants.OBJ_TREE).getCachedBytes(Integer.MAX_VALUE);
    }

    public static List<Item> items(byte[] tree) {
        List<Item> items = new ArrayList<>(tree.length / 40 + 1);
        for (int at = 0; at < tree.length; ) {
            int start = at;
            int mode = 0;
            while (tree[at] != ' ') {
                mode = (mode << 3) + (tree[at++] - '0');
            }
            int name = ++at;
            while (tree[at] != 0) {
                at++;
            }
            String raw = new String(tree, name, at - name, java.nio.charset.StandardCharsets.ISO_8859_1);
            items.add(new Item(raw, mode, ObjectId.fromRaw(tree, at + 1), start, at + 21));
            at += 21;
        }
        return items;
    }

    public static void append(ByteArrayOutputStream tree, String name, int mode, ObjectId id) {
        tree.writeBytes(RawNames.bytes(Integer.toOctalString(mode) + " " + name + "\0"));
        byte[] raw = new byte[20];
        id.copyRawTo(raw, 0);
        tree.writeBytes(raw);
    }
}
