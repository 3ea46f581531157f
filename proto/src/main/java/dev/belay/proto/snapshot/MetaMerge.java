package dev.belay.proto.snapshot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/** Merges what git's trees cannot hold of the project's files, once their tree is merged. */
final class MetaMerge {
    private static final String GIT = ".git";

    private final State base;
    private final State ours;
    private final State theirs;
    private final View inBase;
    private final View inOurs;
    private final View inTheirs;
    private final View files;
    private final Meta merged;
    private final List<Conflict> conflicts = new ArrayList<>();

    MetaMerge(ObjectReader reader, State base, State ours, State theirs, ObjectId work) {
        this.base = base;
        this.ours = ours;
        this.theirs = theirs;
        this.inBase = new View(reader, base.work(), base.meta());
        this.inOurs = new View(reader, ours.work(), ours.meta());
        this.inTheirs = new View(reader, theirs.work(), theirs.meta());
        this.merged = Meta.gather();
        this.files = new View(reader, work, merged);
    }

    /**
     * @param changed paths of files that differ between ours and the merged tree
     * @param git the state whose {@code .git} is the merged one's
     */
    Meta merge(Set<String> changed, State git) throws IOException {
        directories(changed);
        fileModes();
        directoryModes();
        git.meta().directories().stream().filter(MetaMerge::isGit).forEach(merged.directories()::add);
        git.meta().fileModes().forEach((path, mode) -> {
            if (isGit(path)) {
                merged.fileModes().put(path, mode);
            }
        });
        git.meta().directoryModes().forEach((path, mode) -> {
            if (isGit(path)) {
                merged.directoryModes().put(path, mode);
            }
        });
        merged.notCaptured().addAll(ours.meta().notCaptured());
        for (String path : changed) {
            notCaptured(path);
        }
        return merged;
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    private static boolean isGit(String path) {
        return path.equals(GIT) || path.startsWith(GIT + "/");
    }

    /** A directory that would lose its last file stays where neither side took it away. */
    private void directories(Set<String> changed) throws IOException {
        Set<String> candidates = new TreeSet<>(
                Comparator.<String>comparingInt(path -> -path.length()).thenComparing(Comparator.naturalOrder()));
        for (State state : List.of(base, ours, theirs)) {
            for (String path : state.meta().directories()) {
                if (!isGit(path)) {
                    candidates.add(path);
                    addAbove(path, candidates);
                }
            }
        }
        changed.forEach(path -> addAbove(path, candidates));
        // Deepest first: what stays below keeps what is above it from being empty.
        for (String path : candidates) {
            boolean stays = side(inBase.isDirectory(path), inOurs.isDirectory(path), inTheirs.isDirectory(path));
            int mode = files.mode(path);
            if (!stays
                    || mode == FileMode.TYPE_TREE
                    || mode == FileMode.TYPE_GITLINK
                    || View.holdsDirectory(merged.directories(), path)
                    || inOurs.holdsLeft(path)) {
                continue;
            }
            if (mode != 0 || liesInFile(path)) {
                conflicts.add(new Conflict(path, Conflict.Why.PLACE));
            } else {
                merged.directories().add(path);
            }
        }
    }

    private boolean liesInFile(String path) throws IOException {
        for (String above = RawNames.above(path); !above.isEmpty(); above = RawNames.above(above)) {
            int mode = files.mode(above);
            if (mode != 0) {
                return mode != FileMode.TYPE_TREE;
            }
        }
        return false;
    }

    private static void addAbove(String path, Set<String> into) {
        for (String above = RawNames.above(path); !above.isEmpty(); above = RawNames.above(above)) {
            into.add(above);
        }
    }

    private static boolean side(boolean base, boolean ours, boolean theirs) {
        return base == ours ? theirs : ours;
    }

    private void fileModes() throws IOException {
        Set<String> odd = new TreeSet<>(base.meta().fileModes().keySet());
        odd.addAll(ours.meta().fileModes().keySet());
        odd.addAll(theirs.meta().fileModes().keySet());
        odd.removeIf(MetaMerge::isGit);
        for (String path : odd) {
            int mode = files.mode(path);
            if (!View.isFile(mode)) {
                continue;
            }
            Integer permissions =
                    side(path, inBase.permissions(path), inOurs.permissions(path), inTheirs.permissions(path));
            if (permissions != null && permissions != View.usual(mode)) {
                merged.fileModes().put(path, permissions);
            }
            if (permissions != null && !permissions.equals(inOurs.permissions(path))) {
                notCaptured(path);
            }
        }
    }

    private void directoryModes() throws IOException {
        Set<String> odd = new TreeSet<>(base.meta().directoryModes().keySet());
        odd.addAll(ours.meta().directoryModes().keySet());
        odd.addAll(theirs.meta().directoryModes().keySet());
        odd.removeIf(MetaMerge::isGit);
        for (String path : odd) {
            if (!files.isDirectory(path)) {
                continue;
            }
            Integer permissions = side(
                    path,
                    inBase.directoryPermissions(path),
                    inOurs.directoryPermissions(path),
                    inTheirs.directoryPermissions(path));
            if (permissions != null && permissions != 0755) {
                merged.directoryModes().put(path, permissions);
            }
        }
    }

    private @Nullable Integer side(
            String path, @Nullable Integer base, @Nullable Integer ours, @Nullable Integer theirs) {
        if (Objects.equals(ours, theirs) || Objects.equals(base, theirs)) {
            // Where the merge put a file that ours does not have, theirs says its mode.
            return ours == null ? theirs : ours;
        }
        if (Objects.equals(base, ours) || ours == null) {
            return theirs == null ? ours : theirs;
        }
        if (theirs != null) {
            conflicts.add(new Conflict(path, Conflict.Why.MODE));
        }
        return ours;
    }

    /** What no snapshot holds cannot be put back, and nothing may take its place. */
    private void notCaptured(String path) throws IOException {
        boolean left = inBase.isLeft(path) || inOurs.isLeft(path) || inTheirs.isLeft(path);
        if (left || (files.mode(path) != 0 && inOurs.holdsLeft(path))) {
            conflicts.add(new Conflict(path, Conflict.Why.NOT_CAPTURED));
        }
    }
}
