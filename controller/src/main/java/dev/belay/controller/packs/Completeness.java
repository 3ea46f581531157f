package dev.belay.controller.packs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdOwnerMap;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.PackedObjectInfo;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.RawParseUtils;

/**
 * Every object of a pack has all that it refers to, in the pack or in the scope. Because the same was shown for
 * everything the scope holds, whatever is present is present with its whole history and trees, and no walk is needed to
 * know it.
 */
final class Completeness {
    private static final int REMEMBERED_TREES = 200_000;

    /** What a tree unfolds to. */
    private record Shape(int depth, int longestPath, long files) {}

    /** A tree's id is a hash of its contents, so its shape is the same in every scope. */
    private final Map<ObjectId, Shape> shapes = new ConcurrentHashMap<>();

    private final PackLimits limits;

    Completeness(PackLimits limits) {
        this.limits = limits;
    }

    /**
     * @param incoming reads the pack alone
     * @param objects of the pack
     * @param held reads the scope
     * @param packs the scope's: looked into first, because a miss in a reader costs system calls
     */
    void check(ObjectReader incoming, ObjectIdOwnerMap<PackedObjectInfo> objects, ObjectReader held, List<Pack> packs)
            throws IOException {
        if (shapes.size() > REMEMBERED_TREES) {
            shapes.clear();
        }
        Check check = new Check(incoming, objects, held, packs);
        for (PackedObjectInfo object : objects) {
            switch (object.getType()) {
                case Constants.OBJ_COMMIT -> check.commit(object);
                case Constants.OBJ_TREE -> check.tree(object);
                case Constants.OBJ_TAG -> check.tag(object);
                default -> {}
            }
        }
    }

    private final class Check {
        private final ObjectReader incoming;
        private final ObjectIdOwnerMap<PackedObjectInfo> objects;
        private final ObjectReader held;
        private final List<Pack> packs;

        Check(ObjectReader incoming, ObjectIdOwnerMap<PackedObjectInfo> objects, ObjectReader held, List<Pack> packs) {
            this.incoming = incoming;
            this.objects = objects;
            this.held = held;
            this.packs = packs;
        }

        void commit(AnyObjectId commit) throws IOException {
            byte[] raw = incoming.open(commit, Constants.OBJ_COMMIT).getBytes();
            present(ObjectId.fromString(raw, 5), Constants.OBJ_TREE, commit);
            int at = 46;
            while (RawParseUtils.match(raw, at, PARENT) > 0) {
                present(ObjectId.fromString(raw, at + PARENT.length), Constants.OBJ_COMMIT, commit);
                at += PARENT.length + 41;
            }
        }

        void tag(AnyObjectId tag) throws IOException {
            byte[] raw = incoming.open(tag, Constants.OBJ_TAG).getBytes();
            int type = RawParseUtils.nextLF(raw, 0) + 5;
            String word = RawParseUtils.decode(raw, type, RawParseUtils.nextLF(raw, type) - 1);
            present(
                    ObjectId.fromString(raw, 7),
                    Constants.decodeTypeString(
                            tag, Constants.encodeASCII(word), (byte) '\n', new org.eclipse.jgit.util.MutableInteger()),
                    tag);
        }

        private static int type(String word) {
            return switch (word) {
                case Constants.TYPE_COMMIT -> Constants.OBJ_COMMIT;
                case Constants.TYPE_TREE -> Constants.OBJ_TREE;
                case Constants.TYPE_BLOB -> Constants.OBJ_BLOB;
                case Constants.TYPE_TAG -> Constants.OBJ_TAG;
                default -> throw PackRefused.because("a tag is of the unknown type '" + word + "'");
            };
        }

        void tree(AnyObjectId tree) throws IOException {
            CanonicalTreeParser entries = new CanonicalTreeParser();
            entries.reset(incoming, tree);
            for (; !entries.eof(); entries.next(1)) {
                if (FileMode.TREE.equals(entries.getEntryRawMode())) {
                    present(entries.getEntryObjectId(), Constants.OBJ_TREE, tree);
                } else if (!FileMode.GITLINK.equals(entries.getEntryRawMode())) {
                    present(entries.getEntryObjectId(), Constants.OBJ_BLOB, tree);
                }
            }
            shape(tree, 1);
        }

        private void present(ObjectId id, int type, AnyObjectId from) throws IOException {
            PackedObjectInfo here = objects.get(id);
            if (here == null ? !isHeld(id) : here.getType() != type) {
                throw PackRefused.because((here == null ? "object " : "a fitting object ") + id.name() + " ("
                        + Constants.typeString(type) + "), which " + from.name() + " needs, is missing");
            }
        }

        private boolean isHeld(ObjectId id) throws IOException {
            for (Pack pack : packs) {
                if (pack.hasObject(id)) {
                    return true;
                }
            }
            return held.has(id);
        }

        private Shape shape(AnyObjectId tree, int level) throws IOException {
            Shape known = shapes.get(tree);
            if (known != null) {
                return known;
            }
            if (level > limits.maxTreeDepth()) {
                throw PackRefused.tooMuch("the depth of its directories", limits.maxTreeDepth());
            }
            int depth = 1;
            int longest = 0;
            long files = 0;
            CanonicalTreeParser entries = new CanonicalTreeParser();
            try {
                entries.reset(objects.contains(tree) ? incoming : held, tree);
            } catch (MissingObjectException e) {
                throw PackRefused.because("tree " + tree.name() + " is missing").causedBy(e);
            }
            for (; !entries.eof(); entries.next(1)) {
                int path = entries.getNameLength();
                long inside = 1;
                if (FileMode.TREE.equals(entries.getEntryRawMode())) {
                    Shape child = shape(entries.getEntryObjectId(), level + 1);
                    depth = Math.max(depth, child.depth + 1);
                    path += 1 + child.longestPath;
                    inside += child.files;
                }
                longest = Math.max(longest, path);
                files += inside;
            }
            Shape shape = new Shape(depth, longest, files);
            if (depth > limits.maxTreeDepth()) {
                throw PackRefused.tooMuch("the depth of its directories", limits.maxTreeDepth());
            }
            if (longest > limits.maxPathBytes()) {
                throw PackRefused.tooMuch("a path of " + longest + " bytes", limits.maxPathBytes());
            }
            if (files > limits.maxFiles()) {
                throw PackRefused.tooMuch("the number of files that one tree unfolds to", limits.maxFiles());
            }
            shapes.put(tree.copy(), shape);
            return shape;
        }
    }

    private static final byte[] PARENT = Constants.encodeASCII("parent ");
}
