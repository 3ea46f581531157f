package dev.belay.runner.snapshot;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.snapshot.State;
import dev.belay.proto.snapshot.TreeBytes;
import dev.belay.proto.snapshot.TreeDiff;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.runner.workspace.Names;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * What must happen in the merged view so that it goes from one state to another. It deletes nothing but what the state
 * before holds and the other does not, and leaves alone whatever no snapshot holds.
 */
final class Rollback {
    private final ObjectReader reader;
    private final State to;

    /** Files and symlinks to write: path → change. */
    final Map<String, TreeDiff.Change> writes = new TreeMap<>();
    /** Files whose permissions alone are wrong → the right ones. */
    final Map<String, Integer> permissions = new TreeMap<>();
    /** Directories that must be there, parents first. */
    final Set<String> directories = new TreeSet<>();
    /** Deletions that make room for a write; done first. */
    final Set<String> inTheWay = new TreeSet<>(Comparator.reverseOrder());
    /** All other deletions; done last. */
    final Set<String> deletes = new TreeSet<>(Comparator.reverseOrder());
    /** Directories to remove where they are empty by then, deepest first. */
    final Set<String> emptied = new TreeSet<>(Comparator.reverseOrder());
    /** The subset of {@link #emptied} on whose place a file will stand. */
    final Set<String> replacedDirectories = new TreeSet<>(Comparator.reverseOrder());

    final Map<String, Integer> directoryPermissions = new TreeMap<>(Comparator.reverseOrder());
    final List<NotCaptured> notRestored;
    private final Set<String> left = new HashSet<>();
    private final State now;
    /** Raw paths that the other state holds and that are not written, since what no snapshot holds is left alone. */
    private final List<String> leftOut = new ArrayList<>();

    private final boolean hadGit;

    Rollback(ObjectReader reader, State now, State to) throws IOException {
        this.reader = reader;
        this.now = now;
        this.to = to;
        this.hadGit = now.git().mode() == FileMode.TYPE_TREE;
        Map<String, NotCaptured> untouched = new LinkedHashMap<>();
        to.meta().notCaptured().forEach(one -> untouched.put(one.getPath(), one));
        now.meta().notCaptured().forEach(one -> untouched.put(one.getPath(), one));
        this.notRestored = untouched.values().stream()
                .sorted(Comparator.comparing(NotCaptured::getPath))
                .toList();
        this.left.addAll(untouched.keySet());

        List<TreeDiff.Change> changes = new ArrayList<>(TreeDiff.between(reader, now.work(), to.work()));
        changes.addAll(gitChanges(now.git(), to.git()));
        Set<String> removed = new HashSet<>();
        for (TreeDiff.Change change : changes) {
            if (!isLeft(change.path())) {
                sort(change, removed);
            } else if (!change.deletes()) {
                leftOut.add(change.path());
            }
        }
        for (String path : to.meta().directories()) {
            if (!now.meta().directories().contains(path) && !isLeft(path) && !holdsLeft(path)) {
                directories.add(path);
            }
        }
        for (String path : List.copyOf(writes.keySet())) {
            addAbove(path, directories);
        }
        for (String path : List.copyOf(directories)) {
            addAbove(path, directories);
        }
        modes(now);
        deletions(now, removed);
    }

    private List<TreeDiff.Change> gitChanges(State.Slot now, State.Slot then) throws IOException {
        if (now.equals(then)) {
            return List.of();
        }
        boolean nowTree = now.mode() == FileMode.TYPE_TREE;
        boolean thenTree = then.mode() == FileMode.TYPE_TREE;
        List<TreeDiff.Change> changes = new ArrayList<>();
        ObjectId none = ObjectId.zeroId();
        if (nowTree || thenTree) {
            ObjectId empty = Constants.EMPTY_TREE_ID;
            TreeDiff.between(reader, nowTree ? now.id() : empty, thenTree ? then.id() : empty)
                    .forEach(change -> changes.add(change.under(".git")));
        }
        if (!nowTree && now.mode() != 0 || !thenTree && then.mode() != 0) {
            changes.add(new TreeDiff.Change(
                    ".git",
                    nowTree ? 0 : now.mode(),
                    nowTree ? none : now.id(),
                    thenTree ? 0 : then.mode(),
                    thenTree ? none : then.id()));
        }
        return changes;
    }

    private void sort(TreeDiff.Change change, Set<String> removed) {
        if (change.newMode() == FileMode.TYPE_GITLINK) {
            if (change.oldMode() != 0) {
                removed.add(change.path());
            }
            directories.add(change.path());
        } else if (change.oldMode() == FileMode.TYPE_GITLINK) {
            emptied.add(change.path());
            if (!change.deletes()) {
                replacedDirectories.add(change.path());
                writes.put(change.path(), change);
            }
        } else if (change.deletes()) {
            removed.add(change.path());
        } else if (change.oldId().equals(change.newId()) && isFile(change.oldMode()) && isFile(change.newMode())) {
            permissions.put(change.path(), permissionsOf(change.path(), change.newMode()));
        } else {
            writes.put(change.path(), change);
        }
    }

    private static boolean isFile(int mode) {
        return (mode & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
    }

    int permissionsOf(String path, int mode) {
        return to.meta().fileModes().getOrDefault(path, mode == 0100755 ? 0755 : 0644);
    }

    int permissionsOfDirectory(String path) {
        return to.meta().directoryModes().getOrDefault(path, 0755);
    }

    private void modes(State now) throws IOException {
        Set<String> odd = new HashSet<>(now.meta().fileModes().keySet());
        odd.addAll(to.meta().fileModes().keySet());
        for (String path : odd) {
            boolean differs = !Objects.equals(
                    now.meta().fileModes().get(path), to.meta().fileModes().get(path));
            if (differs && !writes.containsKey(path) && !permissions.containsKey(path) && !isLeft(path)) {
                int mode = modeInTarget(path);
                if (isFile(mode) && mode != 0) {
                    permissions.put(path, permissionsOf(path, mode));
                }
            }
        }
        Set<String> oddDirectories = new HashSet<>(now.meta().directoryModes().keySet());
        oddDirectories.addAll(to.meta().directoryModes().keySet());
        for (String path : oddDirectories) {
            boolean differs = !Objects.equals(
                    now.meta().directoryModes().get(path),
                    to.meta().directoryModes().get(path));
            if (differs && !isLeft(path) && isDirectoryInTarget(path)) {
                directoryPermissions.put(path, permissionsOfDirectory(path));
            }
        }
    }

    private void deletions(State now, Set<String> removed) throws IOException {
        Set<String> needed = new HashSet<>(directories);
        for (String path : removed) {
            boolean room = needed.contains(path);
            for (String above = Reach.above(path); !above.isEmpty() && !room; above = Reach.above(above)) {
                room = writes.containsKey(above);
            }
            (room ? inTheWay : deletes).add(path);
        }
        Set<String> candidates = new HashSet<>();
        removed.forEach(path -> addAbove(path, candidates));
        for (String path : now.meta().directories()) {
            if (!isLeft(path)) {
                candidates.add(path);
                addAbove(path, candidates);
            }
        }
        Map<String, Boolean> kept = new HashMap<>();
        for (String path : candidates) {
            boolean stays = kept.computeIfAbsent(path, key -> {
                try {
                    return isDirectoryInTarget(key);
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            });
            if (!stays) {
                emptied.add(path);
            }
        }
        for (String path : emptied) {
            for (String at = path; !at.isEmpty(); at = Reach.above(at)) {
                if (writes.containsKey(at)) {
                    replacedDirectories.add(path);
                }
            }
        }
    }

    /** Refuses where a file must stand on a directory that holds what no snapshot holds. */
    void check() {
        for (NotCaptured one : notRestored) {
            for (String write : writes.keySet()) {
                if (one.getPath().startsWith(Names.text(write) + "/")) {
                    throw BelayException.of(
                            ErrorCode.E_CONFLICT,
                            "the rollback would destroy " + one.getPath(),
                            "the runner: no snapshot holds it (" + one.getWhy() + "), and a file must take the place"
                                    + " of its directory",
                            "move it away, then roll back again");
                }
            }
        }
    }

    boolean changesNothing() {
        return writes.isEmpty()
                && permissions.isEmpty()
                && directories.isEmpty()
                && inTheWay.isEmpty()
                && deletes.isEmpty()
                && emptied.isEmpty()
                && directoryPermissions.isEmpty();
    }

    /** The same, as people read it: the project's files only. */
    FileChanges.Summary summary(FileChanges counts, State now) throws IOException {
        List<TreeDiff.Change> shown = TreeDiff.between(reader, now.work(), to.work()).stream()
                .filter(change -> !isLeft(change.path()))
                .toList();
        Set<String> modes = new HashSet<>(permissions.keySet());
        modes.removeIf(path -> path.startsWith(".git/"));
        return counts.summary(reader, shown, modes);
    }

    /** Raw paths of what no snapshot holds, that stand where the state that is wanted holds something. */
    Set<String> hiding() {
        Set<String> unheld = paths(now);
        unheld.removeAll(paths(to));
        Set<String> hiding = new TreeSet<>();
        for (String path : leftOut) {
            for (String at = path; !at.isEmpty(); at = Reach.above(at)) {
                if (unheld.contains(Names.text(at))) {
                    hiding.add(at);
                }
            }
        }
        return hiding;
    }

    /** Raw paths of directories that hold what no snapshot holds, and in whose place a file has to stand. */
    Set<String> standingOnUnheld() {
        Set<String> unheld = paths(now);
        Set<String> standing = new TreeSet<>();
        for (String path : writes.keySet()) {
            String below = Names.text(path) + "/";
            if (unheld.stream().anyMatch(one -> one.startsWith(below))) {
                standing.add(path);
            }
        }
        return standing;
    }

    private static Set<String> paths(State state) {
        return state.meta().notCaptured().stream()
                .map(NotCaptured::getPath)
                .collect(Collectors.toCollection(HashSet::new));
    }

    boolean isLeft(String path) {
        if (left.isEmpty()) {
            return false;
        }
        for (String at = path; !at.isEmpty(); at = Reach.above(at)) {
            if (left.contains(Names.text(at))) {
                return true;
            }
        }
        return false;
    }

    private boolean holdsLeft(String path) {
        String prefix = Names.text(path) + "/";
        return left.stream().anyMatch(one -> one.startsWith(prefix));
    }

    private boolean isDirectoryInTarget(String path) throws IOException {
        if (path.isEmpty() || to.meta().directories().contains(path)) {
            return true;
        }
        if (path.equals(".git")) {
            return to.git().mode() == FileMode.TYPE_TREE
                    || to.meta().directories().stream().anyMatch(below -> below.startsWith(".git/"));
        }
        int mode = modeInTarget(path);
        return mode == FileMode.TYPE_TREE
                || mode == FileMode.TYPE_GITLINK
                || to.meta().directories().stream().anyMatch(below -> below.startsWith(path + "/"));
    }

    private int modeInTarget(String path) throws IOException {
        if (path.equals(".git")) {
            return to.git().mode();
        }
        boolean git = path.startsWith(".git/");
        if (git && to.git().mode() != FileMode.TYPE_TREE) {
            return 0;
        }
        ObjectId tree = git ? to.git().id() : to.work();
        int mode = FileMode.TYPE_TREE;
        for (String name : (git ? path.substring(5) : path).split("/", -1)) {
            if (mode != FileMode.TYPE_TREE) {
                return 0;
            }
            mode = 0;
            for (TreeBytes.Item item : TreeBytes.items(TreeBytes.read(reader, tree))) {
                if (item.name().equals(name)) {
                    mode = item.mode();
                    tree = item.id();
                }
            }
        }
        return mode;
    }

    private static void addAbove(String path, Set<String> into) {
        for (String above = Reach.above(path); !above.isEmpty(); above = Reach.above(above)) {
            into.add(above);
        }
    }

    /** The git objects that the target knows, by their path in the merged view. */
    Map<String, ObjectId> objects() throws IOException {
        Map<String, ObjectId> objects = new TreeMap<>();
        if (to.git().mode() == FileMode.TYPE_TREE && !to.objects().equals(Constants.EMPTY_TREE_ID)) {
            try (TreeWalk walk = new TreeWalk(reader)) {
                walk.addTree(to.objects());
                walk.setRecursive(true);
                while (walk.next()) {
                    objects.put(".git/objects/" + Names.raw(walk.getRawPath()), walk.getObjectId(0));
                }
            }
        }
        return objects;
    }

    /** Where no {@code .git} directory may be afterwards: the shadow repository or the checkout has what is in there. */
    boolean dropsGitObjects() {
        return hadGit && to.git().mode() != FileMode.TYPE_TREE && !holdsLeft(".git/objects");
    }

    boolean needsGitObjects() {
        return to.git().mode() == FileMode.TYPE_TREE;
    }
}
