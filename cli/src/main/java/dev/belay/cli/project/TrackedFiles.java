package dev.belay.cli.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/** What git has under its care, and what it knew about each file when it last looked. */
final class TrackedFiles {
    /** @param stat null when nothing is known that would spare reading the file */
    record Tracked(
            ObjectId blob,
            int mode,
            boolean absentByWish,
            @Nullable Stat stat) {}

    record Stat(long length, Instant modified, long changedMillis) {}

    private final Map<String, Tracked> files;
    private final Set<String> folders = new HashSet<>();
    private final Instant indexWritten;

    private TrackedFiles(Map<String, Tracked> files, Instant indexWritten) {
        this.files = files;
        this.indexWritten = indexWritten;
        for (String path : files.keySet()) {
            for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                if (!folders.add(path.substring(0, slash))) {
                    break;
                }
            }
        }
    }

    static TrackedFiles none() {
        return new TrackedFiles(Map.of(), Instant.EPOCH);
    }

    /** From the index; from HEAD when the index is of a kind that cannot be read. */
    static TrackedFiles of(GitLayout git, ObjectReader reader, Optional<ObjectId> head) throws IOException {
        HermeticGit.install();
        Path index = git.index();
        if (!Files.exists(index)) {
            return none();
        }
        Instant written = Files.getLastModifiedTime(index).toInstant();
        try {
            return new TrackedFiles(index(DirCache.read(index.toFile(), FS.DETECTED)), written);
        } catch (IOException unreadable) {
            return head.isPresent() ? new TrackedFiles(tree(reader, head.get()), written) : none();
        }
    }

    private static Map<String, Tracked> index(DirCache index) {
        Map<String, Tracked> files = new HashMap<>(index.getEntryCount() * 2);
        for (int i = 0; i < index.getEntryCount(); i++) {
            DirCacheEntry entry = index.getEntry(i);
            boolean known = entry.getStage() == 0
                    && !entry.isSmudged()
                    && !entry.isIntentToAdd()
                    && !entry.isAssumeValid()
                    && !entry.isUpdateNeeded();
            Stat stat = known
                    ? new Stat(entry.getLength() & 0xffffffffL, entry.getLastModifiedInstant(), entry.getCreationTime())
                    : null;
            files.put(
                    entry.getPathString(),
                    new Tracked(entry.getObjectId(), entry.getRawMode(), entry.isSkipWorkTree(), stat));
        }
        return files;
    }

    private static Map<String, Tracked> tree(ObjectReader reader, ObjectId head) throws IOException {
        Map<String, Tracked> files = new HashMap<>();
        try (RevWalk commits = new RevWalk(reader);
                TreeWalk walk = new TreeWalk(reader)) {
            walk.addTree(commits.parseCommit(head).getTree());
            walk.setRecursive(true);
            while (walk.next()) {
                files.put(walk.getPathString(), new Tracked(walk.getObjectId(0), walk.getRawMode(0), false, null));
            }
        }
        return files;
    }

    @Nullable Tracked get(String path) {
        return files.get(path);
    }

    boolean hasBelow(String folder) {
        return folders.contains(folder);
    }

    Map<String, Tracked> all() {
        return files;
    }

    boolean isSubmodule(String path) {
        Tracked tracked = files.get(path);
        return tracked != null && FileMode.GITLINK.equals(tracked.mode);
    }

    /**
     * The blob that the file must still be: same size and times as git saw, and not written so late that git could have
     * missed a change.
     */
    @Nullable ObjectId unchanged(String path, int mode, long length, Instant modified, long changedMillis) {
        Tracked tracked = files.get(path);
        Stat stat = tracked == null ? null : tracked.stat;
        if (tracked == null || stat == null || (tracked.mode & FileMode.TYPE_MASK) != (mode & FileMode.TYPE_MASK)) {
            return null;
        }
        boolean sameTime = stat.modified.getEpochSecond() == modified.getEpochSecond()
                && (stat.modified.getNano() == 0
                        ? stat.modified.getEpochSecond() < indexWritten.getEpochSecond()
                        : stat.modified.getNano() == modified.getNano());
        boolean racy = !stat.modified.isBefore(indexWritten);
        return stat.length == length
                        && length <= 0xffffffffL
                        && sameTime
                        && !racy
                        && stat.changedMillis == changedMillis
                ? tracked.blob
                : null;
    }
}
