package dev.belay.runner.workspace;

import dev.belay.runner.workspace.PushedObjects.UnreadableException;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * Collects what commits change. A tree may name the same tree twice, and that one the next: what is looked at is counted,
 * however little of it there is on disk.
 */
final class ChangedPaths {
    static final int MOST_PATHS = 50_000;
    static final int MOST_ENTRIES = 10_000_000;
    static final int MOST_PARENTS = 16;

    private static final int DEEPEST = 128;
    private static final int LONGEST_PATH = 4096;
    private static final int MOST_LETTERS = 4 << 20;
    /** Of trees that lie in each other, all at once. */
    private static final long MOST_HELD = 24L << 20;

    private static final int LOOKED_UP_OFTEN = 64;

    private final SortedMap<String, SortedSet<String>> contents = new TreeMap<>();
    private final long ends;
    private int entries;
    private int letters;
    private int versions;

    /** @param ends by {@link System#nanoTime} */
    ChangedPaths(long ends) {
        this.ends = ends;
    }

    SortedMap<String, SortedSet<String>> contents() {
        return contents;
    }

    /** Neither names nor attributes of the commits decide what is looked at: trees do. */
    void add(Repository repository, RevCommit commit, List<RevCommit> parents) throws IOException {
        try (TreeWalk trees = new TreeWalk(repository)) {
            Bounded bounded = new Bounded(trees.getObjectReader());
            trees.setRecursive(true);
            bounded.root(commit.getTree());
            trees.addTree(commit.getTree());
            if (parents.isEmpty()) {
                trees.addTree(new EmptyTreeIterator());
            }
            for (RevCommit parent : parents) {
                bounded.root(parent.getTree());
                trees.addTree(parent.getTree());
            }
            trees.setFilter(bounded);
            while (trees.next()) {
                if (differsFromAll(trees)) {
                    add(
                            trees.getPathString(),
                            trees.getRawMode(0) == 0
                                    ? PushedObjects.DELETED
                                    : trees.getObjectId(0).name());
                }
            }
        }
    }

    private void add(String path, String content) throws UnreadableException {
        SortedSet<String> before = contents.get(path);
        if (before == null) {
            before = new TreeSet<>();
            contents.put(path, before);
            letters += path.length();
        }
        versions += before.add(content) ? 1 : 0;
        if (contents.size() > MOST_PATHS || versions > 2 * MOST_PATHS || letters > MOST_LETTERS) {
            throw new UnreadableException("it changes more than " + MOST_PATHS + " files");
        }
    }

    private static boolean differsFromAll(TreeWalk trees) {
        for (int parent = 1; parent < trees.getTreeCount(); parent++) {
            if (trees.getRawMode(0) == trees.getRawMode(parent) && trees.idEqual(0, parent)) {
                return false;
            }
        }
        return true;
    }

    void inTime() throws UnreadableException {
        if (System.nanoTime() - ends > 0) {
            throw new UnreadableException("it takes too long");
        }
    }

    /** Asked about every entry before anything below it is read. */
    private final class Bounded extends TreeFilter {
        private final ObjectReader reader;
        private final long[] held = new long[DEEPEST + 1];

        Bounded(ObjectReader reader) {
            this.reader = reader;
        }

        void root(ObjectId tree) throws IOException {
            held[0] += reader.getObjectSize(tree, Constants.OBJ_TREE);
            heldUpTo(0);
        }

        @Override
        public boolean include(TreeWalk trees) throws IOException {
            if (++entries > MOST_ENTRIES) {
                throw new UnreadableException("more than " + MOST_ENTRIES + " entries of its trees differ");
            }
            if (entries % LOOKED_UP_OFTEN == 0) {
                inTime();
            }
            if (!TreeFilter.ANY_DIFF.include(trees)) {
                return false;
            }
            if (trees.getPathLength() > LONGEST_PATH || trees.getDepth() >= DEEPEST) {
                throw new UnreadableException("a path in it is too long");
            }
            if (trees.isSubtree()) {
                below(trees);
            }
            return true;
        }

        private void below(TreeWalk trees) throws IOException {
            inTime();
            int depth = trees.getDepth() + 1;
            held[depth] = 0;
            for (int tree = 0; tree < trees.getTreeCount(); tree++) {
                if (FileMode.TREE.equals(trees.getRawMode(tree))) {
                    held[depth] += reader.getObjectSize(trees.getObjectId(tree), Constants.OBJ_TREE);
                }
            }
            heldUpTo(depth);
        }

        private void heldUpTo(int depth) throws UnreadableException {
            long sum = 0;
            for (int above = 0; above <= depth; above++) {
                sum += held[above];
            }
            if (sum > MOST_HELD) {
                throw new UnreadableException("its folders have too many entries");
            }
        }

        @Override
        public boolean shouldBeRecursive() {
            return false;
        }

        @Override
        public TreeFilter clone() {
            return this;
        }
    }
}
