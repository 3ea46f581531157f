package dev.belay.runner.workspace;

import dev.belay.runner.linux.Directory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.PackParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

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
    private static final int MOST_PATHS = 50_000;

    private final Path directory;
    private final ProjectObjects project;

    /** @param directory is made when the first pack comes */
    public PushedObjects(Path directory, ProjectObjects project) {
        this.directory = directory;
        this.project = project;
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
        try (FileRepository repository = BareGit.open(directory)) {
            Files.writeString(
                    repository.getObjectsDirectory().toPath().resolve("info").resolve("alternates"),
                    project.objects() + "\n",
                    StandardCharsets.UTF_8);
            take(repository, pack);
            return changed(repository, tips);
        } catch (MissingObjectException missing) {
            throw new UnreadableException("it is built on "
                    + missing.getObjectId().abbreviate(10).name() + ", which is not in the project as it was sent");
        } catch (IncorrectObjectTypeException odd) {
            throw new UnreadableException("it names something else than a commit");
        } catch (CorruptObjectException | TooLargeObjectInPackException bad) {
            throw new UnreadableException("its pack is refused: " + bad.getMessage());
        }
    }

    private static void take(FileRepository repository, InputStream pack) throws IOException {
        try (InputStream in = new BufferedInputStream(pack, 64 << 10);
                ObjectInserter inserter = repository.newObjectInserter()) {
            PackParser parser = inserter.newPackParser(in);
            parser.setAllowThin(true);
            parser.setObjectChecker(new ObjectChecker());
            parser.setMaxObjectSizeLimit(MAX_OBJECT);
            parser.setCheckEofAfterPackFooter(true);
            parser.parse(NullProgressMonitor.INSTANCE);
            inserter.flush();
        }
    }

    private SortedMap<String, SortedSet<String>> changed(Repository repository, List<String> tips) throws IOException {
        SortedMap<String, SortedSet<String>> paths = new TreeMap<>();
        try (RevWalk walk = new RevWalk(repository)) {
            List<RevCommit> left = new ArrayList<>();
            for (String tip : tips) {
                left.add(walk.parseCommit(ObjectId.fromString(tip)));
            }
            TreeSet<ObjectId> seen = new TreeSet<>();
            while (!left.isEmpty()) {
                RevCommit commit = left.removeLast();
                if (!seen.add(commit.copy()) || project.has(commit)) {
                    continue;
                }
                if (seen.size() > MOST_COMMITS) {
                    throw new UnreadableException("it has more than " + MOST_COMMITS + " commits");
                }
                List<RevCommit> parents = new ArrayList<>();
                for (RevCommit parent : commit.getParents()) {
                    parents.add(walk.parseCommit(parent));
                }
                add(repository, commit, parents, paths);
                left.addAll(parents);
            }
        }
        return paths;
    }

    /** Neither names nor attributes of the commits decide what is looked at: trees do. */
    private static void add(
            Repository repository,
            RevCommit commit,
            List<RevCommit> parents,
            SortedMap<String, SortedSet<String>> paths)
            throws IOException {
        try (TreeWalk trees = new TreeWalk(repository)) {
            trees.setRecursive(true);
            trees.addTree(commit.getTree());
            if (parents.isEmpty()) {
                trees.addTree(new EmptyTreeIterator());
            }
            for (RevCommit parent : parents) {
                trees.addTree(parent.getTree());
            }
            trees.setFilter(TreeFilter.ANY_DIFF);
            while (trees.next()) {
                if (differsFromAll(trees)) {
                    paths.computeIfAbsent(trees.getPathString(), _ -> new TreeSet<>())
                            .add(
                                    trees.getRawMode(0) == 0
                                            ? DELETED
                                            : trees.getObjectId(0).name());
                }
                if (paths.size() > MOST_PATHS) {
                    throw new UnreadableException("it changes more than " + MOST_PATHS + " files");
                }
            }
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

    /** Nothing of it is needed any more. */
    public synchronized void discard() throws IOException {
        if (Files.exists(directory)) {
            try (Directory above = Directory.open(Objects.requireNonNull(directory.getParent()))) {
                above.removeAll(Objects.requireNonNull(directory.getFileName()).toString());
            }
        }
    }
}
