package dev.belay.controller.packs;

import com.google.protobuf.Timestamp;
import dev.belay.controller.packs.History.Undo;
import dev.belay.controller.packs.History.Undone;
import dev.belay.proto.snapshot.RevertRefused;
import dev.belay.proto.snapshot.SnapshotCommit;
import dev.belay.proto.snapshot.State;
import dev.belay.proto.snapshot.StepRevert;
import dev.belay.proto.v1.ChangeSet;
import dev.belay.proto.v1.EntryChange;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/** Undoes a step of a task that has ended, in git objects alone: there are no files to change. */
final class StepUndo {
    private StepUndo() {}

    static Undone of(ObjectReader reader, Undo step) throws IOException {
        ObjectId now = ObjectId.fromString(step.now());
        State present = SnapshotCommit.read(reader, now);
        StepRevert.Outcome.Done done = RevertRefused.orDone(
                StepRevert.of(
                        reader,
                        present,
                        SnapshotCommit.read(reader, ObjectId.fromString(step.after())),
                        SnapshotCommit.read(reader, ObjectId.fromString(step.before()))),
                step.shortId(),
                step.name(),
                "the controller");
        State state = done.state();
        List<ObjectId> parents = new ArrayList<>(List.of(now));
        ObjectId newest = ObjectId.fromString(step.newest());
        if (!newest.equals(now)) {
            parents.add(newest);
        }
        PackBytes pack = new PackBytes(reader);
        done.objects().into(pack);
        ObjectId commit = SnapshotCommit.write(
                pack, state, new SnapshotCommit.Marks(step.task(), step.step(), 0, "revert", ""), parents, step.at());
        byte[] bytes = pack.bytes();
        ObjectReader merged = done.objects().over(reader);
        ChangeSet changes =
                RepositoryHistory.entries(merged, present.work(), state.work()).build();
        State base = SnapshotCommit.read(reader, ObjectId.fromString(step.base()));
        ChangeSet total =
                RepositoryHistory.entries(merged, base.work(), state.work()).build();
        return new Undone(
                Snapshot.newBuilder()
                        .setId("s" + step.step())
                        .setStep(step.step())
                        .setCommit(commit.name())
                        .setTree(state.work().name())
                        .setKind("revert")
                        .setFilesChanged(changes.getEntriesCount())
                        .setLinesAdded(added(changes))
                        .setLinesRemoved(removed(changes))
                        .setAt(Timestamp.newBuilder()
                                .setSeconds(step.at().getEpochSecond())
                                .setNanos(step.at().getNano()))
                        .addAllNotCaptured(state.meta().notCaptured())
                        .setPackSha256(PackBytes.sha256(bytes))
                        .setParentCommit(now.name())
                        .setTotalFilesChanged(total.getEntriesCount())
                        .setTotalLinesAdded(added(total))
                        .setTotalLinesRemoved(removed(total))
                        .setReverts(step.name())
                        .addAllNotReverted(done.left())
                        .build(),
                changes,
                total,
                bytes);
    }

    private static int added(ChangeSet changes) {
        return changes.getEntriesList().stream()
                .mapToInt(EntryChange::getLinesAdded)
                .sum();
    }

    private static int removed(ChangeSet changes) {
        return changes.getEntriesList().stream()
                .mapToInt(EntryChange::getLinesRemoved)
                .sum();
    }
}
