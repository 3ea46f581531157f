package dev.belay.controller.packs;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ChangeSet;
import dev.belay.proto.v1.EntryChange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** Reads what {@link DiskPackStore} keeps under the same root. Renames are a deletion and an addition. */
public final class RepositoryHistory implements History {
    private static final String FILES = "work";

    private final Path root;

    public RepositoryHistory(Path root) {
        HermeticGit.install();
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public ChangeSet changes(Scope task, String fromCommit, String toCommit) throws IOException {
        try (Pair pair = open(task, fromCommit, toCommit)) {
            return entries(pair.reader, pair.from, pair.to)
                    .setFrom(fromCommit)
                    .setTo(toCommit)
                    .build();
        }
    }

    static ChangeSet.Builder entries(ObjectReader reader, ObjectId from, ObjectId to) throws IOException {
        ChangeSet.Builder set = ChangeSet.newBuilder();
        TextDiff diff = new TextDiff(reader, OutputStream.nullOutputStream());
        for (Change change : between(reader, from, to, List.of())) {
            TextDiff.Lines lines = diff.count(change);
            set.addEntries(EntryChange.newBuilder()
                    .setPath(change.path())
                    .setOldBlob(change.oldMode() == 0 ? "" : change.oldBlob().name())
                    .setOldMode(change.oldMode())
                    .setNewBlob(change.newMode() == 0 ? "" : change.newBlob().name())
                    .setNewMode(change.newMode())
                    .setLinesAdded(lines.added())
                    .setLinesRemoved(lines.removed())
                    .setBinary(lines.binary()));
        }
        return set;
    }

    @Override
    public Undone undo(Scope task, Undo step) throws IOException {
        try (Pair pair = open(task, step.now(), step.after())) {
            return StepUndo.of(pair.reader, step);
        }
    }

    @Override
    public void diff(Scope task, String fromCommit, String toCommit, List<String> paths, OutputStream out)
            throws IOException {
        try (Pair pair = open(task, fromCommit, toCommit)) {
            TextDiff diff = new TextDiff(pair.reader, out);
            for (Change change : pair.changes(paths)) {
                diff.print(change);
            }
            out.flush();
        }
    }

    @Override
    public void deltaPack(Scope task, String fromCommit, String toCommit, OutputStream out) throws IOException {
        try (Pair pair = open(task, fromCommit, toCommit);
                RevWalk walk = new RevWalk(pair.reader);
                PackWriter writer = new PackWriter(wholeObjects(), pair.reader)) {
            Set<ObjectId> blobs = new LinkedHashSet<>();
            for (Change change : pair.changes(List.of())) {
                if (change.newMode() != 0 && !FileMode.GITLINK.equals(change.newMode())) {
                    blobs.add(change.newBlob());
                }
            }
            List<RevObject> objects = new ArrayList<>(blobs.size());
            blobs.forEach(blob -> objects.add(walk.lookupBlob(blob)));
            writer.preparePack(objects.iterator());
            writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
            out.flush();
        }
    }

    /** A delta's base could be a blob that is not sent. */
    private static PackConfig wholeObjects() {
        PackConfig config = new PackConfig();
        config.setDeltaCompress(false);
        config.setReuseDeltas(false);
        config.setReuseObjects(true);
        config.setBuildBitmaps(false);
        config.setThreads(1);
        return config;
    }

    /** What differs at one path; a mode of 0 means absent on that side. */
    record Change(String path, ObjectId oldBlob, int oldMode, ObjectId newBlob, int newMode) {}

    private Pair open(Scope task, String from, String to) throws IOException {
        ScopeFolder folder = ScopeFolder.of(root, task);
        if (!folder.exists()) {
            throw noSuch(from);
        }
        ObjectDirectory objects = folder.open();
        ObjectReader reader = objects.newReader();
        try {
            return new Pair(objects, reader, tree(reader, from), tree(reader, to));
        } catch (IOException | RuntimeException e) {
            reader.close();
            objects.close();
            throw e;
        }
    }

    private static ObjectId tree(ObjectReader reader, String commit) throws IOException {
        if (!ObjectId.isId(commit)) {
            throw noSuch(commit);
        }
        try (RevWalk walk = new RevWalk(reader)) {
            ObjectId root = walk.parseCommit(ObjectId.fromString(commit)).getTree();
            try (TreeWalk files = TreeWalk.forPath(reader, FILES, root)) {
                return files == null || !FileMode.TREE.equals(files.getRawMode(0))
                        ? ObjectId.zeroId()
                        : files.getObjectId(0);
            }
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw noSuch(commit).causedBy(e);
        }
    }

    private static BelayException noSuch(String commit) {
        return BelayException.of(
                ErrorCode.E_NO_SUCH_SNAPSHOT,
                "the snapshot's objects are not here",
                "controller: this task has no commit " + (ObjectId.isId(commit) ? commit : "of that name"),
                "belay snapshots TASK");
    }

    /** A tree of zeros is none. */
    private static List<Change> between(ObjectReader reader, ObjectId from, ObjectId to, List<String> paths)
            throws IOException {
        List<Change> changes = new ArrayList<>();
        try (TreeWalk walk = new TreeWalk(reader)) {
            walk.setRecursive(true);
            side(walk, reader, from);
            side(walk, reader, to);
            List<String> filters = paths.stream()
                    .map(path -> path.replaceAll("/+$", "").replaceFirst("^(\\./)+", ""))
                    .toList();
            boolean all = filters.isEmpty() || filters.contains("") || filters.contains(".");
            walk.setFilter(
                    all
                            ? TreeFilter.ANY_DIFF
                            : AndTreeFilter.create(PathFilterGroup.createFromStrings(filters), TreeFilter.ANY_DIFF));
            while (walk.next()) {
                changes.add(new Change(
                        new String(walk.getRawPath(), StandardCharsets.UTF_8),
                        walk.getObjectId(0),
                        walk.getRawMode(0),
                        walk.getObjectId(1),
                        walk.getRawMode(1)));
            }
        }
        return changes;
    }

    private static void side(TreeWalk walk, ObjectReader reader, ObjectId tree) throws IOException {
        if (tree.equals(ObjectId.zeroId())) {
            walk.addTree(new EmptyTreeIterator());
        } else {
            walk.addTree(new CanonicalTreeParser(null, reader, tree));
        }
    }

    private record Pair(ObjectDirectory objects, ObjectReader reader, ObjectId from, ObjectId to)
            implements AutoCloseable {
        List<Change> changes(List<String> paths) throws IOException {
            return between(reader, from, to, paths);
        }

        @Override
        public void close() {
            reader.close();
            objects.close();
        }
    }
}
