package dev.belay.cli.project;

import dev.belay.cli.project.Comparison.Conflict;
import dev.belay.cli.project.Comparison.Ready;
import dev.belay.policies.shell.OneWord;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.LockFailedException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.eclipse.jgit.util.FS;

/**
 * The index of the person's repository, locked as git locks it from the first look until the last change, so that no git
 * command and no second apply comes between.
 */
final class Staging implements AutoCloseable {
    /** What HEAD has at a path. */
    record Committed(int mode, ObjectId blob) {}

    private final GitLayout git;
    private final DirCache index;
    private final boolean locked;
    private final boolean readable;
    private final Optional<Path> ownLock;

    private Staging(GitLayout git, DirCache index, boolean locked, boolean readable, Optional<Path> ownLock) {
        this.git = git;
        this.index = index;
        this.locked = locked;
        this.readable = readable;
        this.ownLock = ownLock;
    }

    /** @param write false leaves no lock behind, not even for a moment */
    static Staging open(GitLayout git, boolean write) throws IOException {
        File file = git.index().toFile();
        Path lock = git.gitDir().resolve("index.lock");
        if (Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
            throw busy(lock);
        }
        try {
            return new Staging(
                    git,
                    write ? DirCache.lock(file, FS.DETECTED) : DirCache.read(file, FS.DETECTED),
                    write,
                    true,
                    Optional.empty());
        } catch (LockFailedException e) {
            throw busy(lock).causedBy(e);
        } catch (IOException unreadable) {
            if (!Files.isReadable(git.index()) || !Files.isWritable(git.gitDir())) {
                throw denied(git, unreadable);
            }
            // An index of a kind that JGit does not know; git itself must not come between all the same.
            return new Staging(
                    git, DirCache.newInCore(), false, false, write ? Optional.of(create(lock)) : Optional.empty());
        }
    }

    private static Path create(Path lock) throws IOException {
        try {
            return Files.createFile(lock);
        } catch (FileAlreadyExistsException e) {
            throw busy(lock).causedBy(e);
        }
    }

    /** False when the index is of a kind that only git itself can write. */
    boolean isPossible() {
        return readable;
    }

    /** The submodule that the path is, or lies in. */
    Optional<String> submodule(String path) {
        Set<String> steps = new HashSet<>(ChangedPath.foldersOf(path));
        steps.add(path);
        return steps.stream()
                .filter(step -> {
                    DirCacheEntry entry = index.getEntry(step);
                    return entry != null && FileMode.GITLINK.equals(entry.getRawMode());
                })
                .findFirst();
    }

    boolean isTracked(String path) {
        return index.getEntry(path) != null;
    }

    /** Whether git keeps the very file that the task began with away from this work tree. */
    boolean isAbsentByWish(ChangedPath change) {
        DirCacheEntry entry = index.getEntry(change.path());
        return entry != null && entry.isSkipWorkTree() && entry.getObjectId().equals(change.oldBlob());
    }

    /** What is staged and would be lost when this change is staged over it. */
    Optional<Conflict> conflict(ChangedPath change, Map<String, Committed> committed, Set<String> touched) {
        DirCacheEntry entry = index.getEntry(change.path());
        if (entry != null && entry.getStage() != DirCacheEntry.STAGE_0) {
            return Optional.of(new Conflict(change, "is in the middle of a merge"));
        }
        if (entry != null) {
            Committed head = committed.get(change.path());
            ObjectId staged = entry.getObjectId();
            boolean known = staged.equals(change.oldBlob())
                    || staged.equals(change.newBlob())
                    || entry.isIntentToAdd()
                    || head != null && staged.equals(head.blob);
            return known ? Optional.empty() : Optional.of(new Conflict(change, "is staged with contents of your own"));
        }
        if (change.stays()) {
            for (String folder : ChangedPath.foldersOf(change.path())) {
                if (index.getEntry(folder) != null && !touched.contains(folder)) {
                    return Optional.of(new Conflict(change, "has a file staged where its folder is"));
                }
            }
            for (DirCacheEntry below : index.getEntriesWithin(change.path())) {
                if (!touched.contains(below.getPathString())) {
                    return Optional.of(new Conflict(change, "has a folder staged in its place"));
                }
            }
        }
        return Optional.empty();
    }

    /** What HEAD has at these paths; nothing when its objects are not all here. */
    static Optional<Map<String, Committed>> committed(ObjectReader reader, ObjectId head, Set<String> paths)
            throws IOException {
        Map<String, Committed> found = new HashMap<>();
        if (paths.isEmpty()) {
            return Optional.of(found);
        }
        try (RevWalk commits = new RevWalk(reader);
                TreeWalk walk = new TreeWalk(reader)) {
            walk.addTree(commits.parseCommit(head).getTree());
            walk.setRecursive(true);
            walk.setFilter(PathFilterGroup.createFromStrings(paths));
            while (walk.next()) {
                found.put(walk.getPathString(), new Committed(walk.getRawMode(0), walk.getObjectId(0)));
            }
            return Optional.of(found);
        } catch (MissingObjectException e) {
            return Optional.empty();
        }
    }

    /** Whether the index has at the path what HEAD has. */
    boolean isAsCommitted(String path, Map<String, Committed> committed) {
        DirCacheEntry entry = index.getEntry(path);
        Committed head = committed.get(path);
        return entry == null || head == null
                ? entry == null && head == null
                : entry.getObjectId().equals(head.blob) && entry.getRawMode() == head.mode;
    }

    /** Puts the files' contents into the repository and their names into the index, as they lie in the folder now. */
    void stage(List<Ready> changes, ResultPack results, Path root) throws IOException {
        store(changes, results);
        Set<String> touched = new HashSet<>();
        changes.forEach(ready -> touched.add(ready.change().path()));
        Map<String, Integer> modes = new HashMap<>();
        DirCacheBuilder builder = index.builder();
        for (int i = 0; i < index.getEntryCount(); i++) {
            DirCacheEntry entry = index.getEntry(i);
            if (touched.contains(entry.getPathString())) {
                modes.put(entry.getPathString(), entry.getRawMode());
            } else {
                builder.add(entry);
            }
        }
        boolean trustExecutable = git.config().getBoolean("core", "filemode", true);
        for (Ready ready : changes) {
            ChangedPath change = ready.change();
            if (!change.stays()) {
                continue;
            }
            FileStat stat = FileStat.of(root.resolve(change.path()))
                    .orElseThrow(() -> new IOException(Shown.path(change.path()) + " is gone"));
            DirCacheEntry entry = new DirCacheEntry(change.path());
            entry.setFileMode(FileMode.fromBits(
                    trustExecutable || change.oldMode() != change.newMode()
                            ? change.newMode()
                            : modes.getOrDefault(change.path(), change.newMode())));
            entry.setObjectId(change.newBlob());
            entry.setLength(stat.length());
            entry.setLastModified(stat.modified());
            entry.setCreationTime(stat.changedMillis());
            builder.add(entry);
        }
        builder.finish();
        index.write();
        if (!index.commit()) {
            throw new IOException("the index could not be replaced");
        }
    }

    private void store(List<Ready> changes, ResultPack results) throws IOException {
        ObjectDirectory objects = new ObjectDirectory(
                new Config(), git.commonDir().resolve("objects").toFile(), new File[0], FS.DETECTED, null);
        try (ObjectInserter inserter = objects.newInserter()) {
            for (Ready ready : changes) {
                if (ready.change().stays() && !objects.has(ready.change().newBlob())) {
                    ObjectLoader blob = results.blob(ready.change());
                    try (InputStream in = blob.openStream()) {
                        inserter.insert(Constants.OBJ_BLOB, blob.getSize(), in);
                    }
                }
            }
            inserter.flush();
        } finally {
            objects.close();
        }
    }

    @Override
    public void close() throws IOException {
        if (locked) {
            index.unlock();
        }
        if (ownLock.isPresent()) {
            Files.deleteIfExists(ownLock.get());
        }
    }

    private static BelayException busy(Path lock) {
        return BelayException.of(
                ErrorCode.E_BUSY,
                "another git command is at work in this repository",
                Shown.path(lock.toString()) + " is there (layer: client)",
                "wait for it; when no git command runs: rm " + OneWord.of(Shown.path(lock.toString())));
    }

    private static BelayException denied(GitLayout git, IOException cause) {
        return BelayException.of(
                        ErrorCode.E_BAD_PROJECT,
                        "cannot write the repository's index",
                        "the operating system denies " + Shown.path(git.index().toString()) + " to you (layer: client)",
                        "ls -ld " + OneWord.of(Shown.path(git.gitDir().toString())))
                .causedBy(cause);
    }
}
