package dev.belay.runner.workspace;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.PackParser;

/**
 * What a task has tried to push, beside the objects of its project: a repository that is never read by anybody else. What its
 * commits change is found by their trees, whatever git in the sandbox says of them.
 */
public final class PushedObjects {
    /** What cannot be looked through, and so may not go anywhere; its message is half a sentence. */
    public static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableException(String why) {
            super(why);
        }
    }

    /** In place of the name of a content. */
    public static final String DELETED = "deleted";

    private static final long MAX_OBJECT = 128L << 20;
    private static final int MOST_COMMITS = 5_000;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** Of all tasks: what it takes of the heap is theirs together. */
    private static final Semaphore ONE = new Semaphore(1, true);

    private final Path directory;
    private final ProjectObjects project;
    private final long mostPack;
    private final long mostKept;

    /** @param directory is made when the first pack comes */
    public PushedObjects(Path directory, ProjectObjects project) {
        this(directory, project, 256L << 20, 1L << 30);
    }

    /**
     * @param mostPack bytes of one pack
     * @param mostKept bytes of all of them, from which on no further one is taken
     */
    PushedObjects(Path directory, ProjectObjects project, long mostPack, long mostKept) {
        this.directory = directory;
        this.project = project;
        this.mostPack = mostPack;
        this.mostKept = mostKept;
    }

    /**
     * All files that differ between any of the pushed commits and what they were made on, with every content that they get: by
     * its git name, or {@code deleted}. A commit of the project itself changes nothing; of two that were joined only what
     * neither of them had counts.
     *
     * @param tips what the server's refs would become
     * @throws UnreadableException where something is not here, or too much, or no commit
     */
    public synchronized SortedMap<String, SortedSet<String>> changed(List<String> tips, InputStream pack)
            throws IOException {
        List<ObjectId> ids = ids(tips);
        if (kept() > mostKept) {
            throw new UnreadableException(
                    "this task has pushed all of the " + (mostKept >> 20) + " MiB that are looked through");
        }
        Path spool = Files.createTempFile(
                Files.createDirectories(Objects.requireNonNull(directory.getParent())), "pack-", "");
        try {
            spool(pack, spool);
            if (!ONE.tryAcquire(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new UnreadableException(
                        "the runner has too many pushes to look through, and it may be tried again");
            }
            try {
                return changed(ids, spool);
            } finally {
                ONE.release();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    private static List<ObjectId> ids(List<String> tips) throws UnreadableException {
        List<ObjectId> ids = new ArrayList<>();
        for (String tip : tips) {
            if (!ObjectId.isId(tip)) {
                throw new UnreadableException("its objects are not named by SHA-1");
            }
            ids.add(ObjectId.fromString(tip));
        }
        return ids;
    }

    private void spool(InputStream pack, Path spool) throws IOException {
        byte[] piece = new byte[64 << 10];
        long left = mostPack;
        try (OutputStream out = Files.newOutputStream(spool)) {
            for (int count = pack.read(piece); count >= 0; count = pack.read(piece)) {
                left -= count;
                if (left < 0) {
                    throw new UnreadableException("its pack has more than " + (mostPack >> 20) + " MiB");
                }
                out.write(piece, 0, count);
            }
        }
    }

    private long kept() throws IOException {
        Path packs = directory.resolve("objects").resolve("pack");
        if (!Files.isDirectory(packs)) {
            return 0;
        }
        long bytes = 0;
        try (Stream<Path> files = Files.list(packs)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private SortedMap<String, SortedSet<String>> changed(List<ObjectId> tips, Path pack) throws IOException {
        try (FileRepository repository = BareGit.open(directory)) {
            Files.writeString(
                    repository.getObjectsDirectory().toPath().resolve("info").resolve("alternates"),
                    project.objects() + "\n",
                    StandardCharsets.UTF_8);
            try (ObjectReader known = repository.newObjectReader()) {
                PackCost.check(pack, known);
            }
            return changed(repository, tips, take(repository, pack));
        } catch (MissingObjectException missing) {
            throw new UnreadableException("it is built on "
                    + missing.getObjectId().abbreviate(10).name() + ", which is not in the project as it was sent");
        } catch (IncorrectObjectTypeException odd) {
            throw new UnreadableException("it names something else than a commit");
        } catch (CorruptObjectException | TooLargeObjectInPackException bad) {
            throw new UnreadableException("its pack is refused: " + bad.getMessage());
        } catch (RuntimeException hostile) {
            // Not all that can be wrong with a pack is foreseen by its reader.
            throw new UnreadableException("its pack is broken");
        }
    }

    /** The commits that came. */
    private static Set<ObjectId> take(FileRepository repository, Path pack) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(pack), 64 << 10);
                ObjectInserter inserter = repository.newObjectInserter()) {
            PackParser parser = inserter.newPackParser(in);
            parser.setAllowThin(true);
            parser.setObjectChecker(new ObjectChecker());
            parser.setMaxObjectSizeLimit(MAX_OBJECT);
            parser.setCheckEofAfterPackFooter(true);
            parser.parse(NullProgressMonitor.INSTANCE);
            inserter.flush();
            return parser.getSortedObjectList(null).stream()
                    .filter(object -> object.getType() == Constants.OBJ_COMMIT)
                    .map(ObjectId::copy)
                    .collect(Collectors.toSet());
        }
    }

    private SortedMap<String, SortedSet<String>> changed(Repository repository, List<ObjectId> tips, Set<ObjectId> came)
            throws IOException {
        ChangedPaths changed = new ChangedPaths(System.nanoTime() + LONGEST.toNanos());
        try (RevWalk walk = new RevWalk(repository)) {
            walk.setRetainBody(false);
            List<RevCommit> left = new ArrayList<>();
            for (ObjectId tip : tips) {
                left.add(walk.parseCommit(tip));
            }
            // The server keeps what no ref leads to, and other ways than a push may lead there.
            for (ObjectId commit : came) {
                left.add(walk.parseCommit(commit));
            }
            Set<ObjectId> seen = new HashSet<>();
            while (!left.isEmpty()) {
                RevCommit commit = left.removeLast();
                if (!seen.add(commit.copy()) || project.has(commit)) {
                    continue;
                }
                changed.inTime();
                if (seen.size() > MOST_COMMITS) {
                    throw new UnreadableException("it has more than " + MOST_COMMITS + " commits");
                }
                if (commit.getParentCount() > ChangedPaths.MOST_PARENTS) {
                    throw new UnreadableException(
                            "a commit of it has more than " + ChangedPaths.MOST_PARENTS + " parents");
                }
                List<RevCommit> parents = new ArrayList<>();
                for (RevCommit parent : commit.getParents()) {
                    parents.add(walk.parseCommit(parent));
                }
                changed.add(repository, commit, parents);
                left.addAll(parents);
            }
        }
        return changed.contents();
    }
}
