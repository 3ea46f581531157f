package dev.belay.runner.snapshot;

import dev.belay.proto.snapshot.State;
import dev.belay.proto.snapshot.TreeDiff;
import dev.belay.proto.v1.FileChange;
import dev.belay.runner.workspace.Names;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/** Changes of the project's files as people read them. Counts of a pair of blobs are computed once. */
final class FileChanges {
    static final int MAX_LISTED = 1000;
    private static final int MAX_TEXT = 1 << 20;
    private static final int REMEMBERED = 20_000;

    record Summary(List<FileChange> files, int count, int added, int removed) {
        List<FileChange> listed() {
            return files.size() <= MAX_LISTED ? files : files.subList(0, MAX_LISTED);
        }
    }

    private record Pair(ObjectId old, ObjectId fresh) {}

    private record Lines(int added, int removed, boolean binary) {}

    private final Map<Pair, Lines> lines = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Lines> eldest) {
            return size() > REMEMBERED;
        }
    };

    Summary between(ObjectReader reader, State from, State to) throws IOException {
        List<TreeDiff.Change> changes = TreeDiff.between(reader, from.work(), to.work());
        Set<String> modes = new HashSet<>(from.meta().fileModes().keySet());
        modes.addAll(to.meta().fileModes().keySet());
        modes.removeIf(path -> path.startsWith(".git/")
                || java.util.Objects.equals(
                        from.meta().fileModes().get(path), to.meta().fileModes().get(path)));
        return summary(reader, changes, modes);
    }

    /** @param modes paths whose permissions alone may differ */
    Summary summary(ObjectReader reader, List<TreeDiff.Change> changes, Set<String> modes) throws IOException {
        List<FileChange> files = new ArrayList<>(changes.size());
        Set<String> seen = new HashSet<>();
        int added = 0;
        int removed = 0;
        for (TreeDiff.Change change : changes) {
            FileChange file = file(reader, change);
            seen.add(change.path());
            added += file.getLinesAdded();
            removed += file.getLinesRemoved();
            files.add(file);
        }
        for (String path : modes) {
            if (seen.add(path)) {
                files.add(FileChange.newBuilder()
                        .setPath(Names.text(path))
                        .setStatus("T")
                        .build());
            }
        }
        files.sort(Comparator.comparing(FileChange::getPath));
        return new Summary(files, files.size(), added, removed);
    }

    private FileChange file(ObjectReader reader, TreeDiff.Change change) throws IOException {
        FileChange.Builder file = FileChange.newBuilder().setPath(Names.text(change.path()));
        file.setStatus(
                change.oldMode() == 0
                        ? "A"
                        : change.deletes() ? "D" : change.oldMode() != change.newMode() ? "T" : "M");
        if (change.oldMode() == FileMode.TYPE_GITLINK || change.newMode() == FileMode.TYPE_GITLINK) {
            return file.build();
        }
        Pair pair = new Pair(change.oldId(), change.newId());
        Lines counted = lines.get(pair);
        if (counted == null) {
            counted = count(reader, change);
            lines.put(pair, counted);
        }
        return file.setLinesAdded(counted.added())
                .setLinesRemoved(counted.removed())
                .setBinary(counted.binary())
                .build();
    }

    private static Lines count(ObjectReader reader, TreeDiff.Change change) throws IOException {
        if (change.oldId().equals(change.newId())) {
            return new Lines(0, 0, false);
        }
        RawText old = text(reader, change.oldMode(), change.oldId());
        RawText fresh = text(reader, change.newMode(), change.newId());
        if (old == BINARY || fresh == BINARY) {
            return new Lines(0, 0, true);
        }
        HistogramDiff histogram = new HistogramDiff();
        histogram.setFallbackAlgorithm(null);
        int added = 0;
        int removed = 0;
        for (Edit edit : histogram.diff(RawTextComparator.DEFAULT, old, fresh)) {
            added += edit.getLengthB();
            removed += edit.getLengthA();
        }
        return new Lines(added, removed, false);
    }

    private static final RawText BINARY = new RawText(new byte[0]);

    private static RawText text(ObjectReader reader, int mode, ObjectId id) throws IOException {
        if (mode == 0) {
            return RawText.EMPTY_TEXT;
        }
        ObjectLoader blob = reader.open(id);
        if (blob.getSize() > MAX_TEXT) {
            return BINARY;
        }
        byte[] bytes = blob.getCachedBytes();
        return RawText.isBinary(bytes, bytes.length, true) ? BINARY : new RawText(bytes);
    }
}
