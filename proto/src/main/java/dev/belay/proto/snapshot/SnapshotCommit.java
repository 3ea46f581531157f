package dev.belay.proto.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevWalk;

/** A snapshot as a commit, whose tree has {@code work/}, {@code git/}, {@code objects/} and {@code meta.json}. */
public final class SnapshotCommit {
    private SnapshotCommit() {}

    /** What the commit's message says of a snapshot. */
    public record Marks(String task, int step, int turn, String kind, String tool) {}

    public static ObjectId write(ObjectSink sink, State state, Marks marks, List<ObjectId> parents, Instant at)
            throws IOException {
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(root(sink, state));
        commit.setParentIds(parents);
        PersonIdent belay = new PersonIdent("Belay", "belay@belay.invalid", at, ZoneOffset.UTC);
        commit.setAuthor(belay);
        commit.setCommitter(belay);
        commit.setEncoding(StandardCharsets.UTF_8);
        commit.setMessage("s" + marks.step() + (marks.tool().isEmpty() ? "" : ": " + line(marks.tool()))
                + "\n\nBelay-Task: " + line(marks.task())
                + "\nBelay-Step: " + marks.step()
                + "\nBelay-Turn: " + marks.turn()
                + "\nBelay-Tool: " + line(marks.tool())
                + "\nBelay-Kind: " + line(marks.kind()) + "\n");
        return sink.add(Constants.OBJ_COMMIT, commit.build());
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static ObjectId root(ObjectSink sink, State state) throws IOException {
        if (state.work().equals(Constants.EMPTY_TREE_ID)) {
            sink.add(Constants.OBJ_TREE, new byte[0]);
        }
        ByteArrayOutputStream root = new ByteArrayOutputStream();
        if (state.git().mode() != 0) {
            TreeBytes.append(root, "git", state.git().mode(), state.git().id());
        }
        TreeBytes.append(
                root,
                "meta.json",
                0100644,
                sink.add(Constants.OBJ_BLOB, state.meta().json()));
        if (!state.objects().equals(Constants.EMPTY_TREE_ID)) {
            TreeBytes.append(root, "objects", FileMode.TYPE_TREE, state.objects());
        }
        TreeBytes.append(root, "work", FileMode.TYPE_TREE, state.work());
        return sink.add(Constants.OBJ_TREE, root.toByteArray());
    }

    public static State read(ObjectReader objects, ObjectId commit) throws IOException {
        ObjectId work = Constants.EMPTY_TREE_ID;
        ObjectId made = Constants.EMPTY_TREE_ID;
        State.Slot git = State.Slot.NONE;
        Meta meta = Meta.gather();
        try (RevWalk walk = new RevWalk(objects)) {
            ObjectId root = walk.parseCommit(commit).getTree();
            for (TreeBytes.Item item : TreeBytes.items(TreeBytes.read(objects, root))) {
                switch (item.name()) {
                    case "work" -> work = item.id();
                    case "objects" -> made = item.id();
                    case "git" -> git = new State.Slot(item.mode(), item.id());
                    case "meta.json" ->
                        meta = Meta.parse(objects.open(item.id()).getCachedBytes());
                    default -> throw new IOException("not a snapshot: it holds " + item.name());
                }
            }
        }
        return new State(work, git, made, meta);
    }
}
