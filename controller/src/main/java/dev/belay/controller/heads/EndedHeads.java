package dev.belay.controller.heads;

import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.packs.History;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.EntryChange;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.OperationRecorded;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Moves the result of a task that has ended or stands: a compare-and-swap of its head, and entries in its log. No files move. */
@Singleton
final class EndedHeads {
    private static final int FILES = 1000;
    private static final int TYPE = 0xf000;

    private final Jdbi jdbi;
    private final Snapshots snapshots;
    private final History history;
    private final PackStore packs;
    private final Feed feed;
    private final Clock clock;

    EndedHeads(Jdbi jdbi, Snapshots snapshots, History history, PackStore packs, Feed feed, Clock clock) {
        this.jdbi = jdbi;
        this.snapshots = snapshots;
        this.history = history;
        this.packs = packs;
        this.feed = feed;
        this.clock = clock;
    }

    Operation move(Caller caller, TaskRow task, String kind, Snapshot to, boolean dryRun) throws IOException {
        Snapshot from = snapshots.named(caller, task, "head");
        List<EntryChange> changes = from.getCommit().equals(to.getCommit())
                ? List.of()
                : history.changes(task.scope(), from.getCommit(), to.getCommit())
                        .getEntriesList();
        Operation operation = Operation.newBuilder()
                .setId("o" + (task.operations() + 1))
                .setNumber(task.operations() + 1)
                .setKind(kind)
                .setFrom("s" + from.getStep())
                .setTo("s" + to.getStep())
                .setActor(caller.actor())
                .setAt(TaskView.time(clock.instant()))
                .addAllFiles(changes.stream()
                        .limit(FILES)
                        .map(EndedHeads::fileChange)
                        .toList())
                .setFilesChanged(changes.size())
                .build();
        if (dryRun) {
            return operation;
        }
        Operation recorded = jdbi.inTransaction(handle -> {
            TaskEdit edit = TaskEdit.lock(handle, caller.tenant(), task.id())
                    .filter(locked -> Objects.equals(locked.head(), task.headStep()) && locked.stage() == task.stage())
                    .orElseThrow(() -> moved(task));
            Event event = edit.append(
                    Event.newBuilder()
                            .setActor(caller.actor())
                            .setOperation(OperationRecorded.newBuilder().setOperation(operation))
                            .build(),
                    0,
                    clock.instant());
            edit.save();
            return event.getOperation().getOperation();
        });
        feed.changed(task.id());
        return recorded;
    }

    /** The result without one step: a snapshot that nobody's files held yet, and the head on it. */
    Operation revert(Caller caller, TaskRow task, StepsOfHead.Step step, boolean dryRun) throws IOException {
        Snapshot from = snapshots.named(caller, task, "head");
        Instant now = clock.instant();
        int number = task.lastStep() + 1;
        History.Undone undone = history.undo(
                task.scope(),
                new History.Undo(
                        task.id(),
                        task.shortId(),
                        step.undone().getId(),
                        step.undone().getCommit(),
                        step.before().getCommit(),
                        from.getCommit(),
                        step.newest().getCommit(),
                        step.base().getCommit(),
                        number,
                        now));
        Snapshot made = undone.snapshot().toBuilder()
                .addAllFiles(undone.changes().getEntriesList().stream()
                        .limit(FILES)
                        .map(EndedHeads::fileChange)
                        .toList())
                .build();
        Operation operation = Operation.newBuilder()
                .setId("o" + (task.operations() + 1))
                .setNumber(task.operations() + 1)
                .setKind("revert")
                .setFrom(from.getId())
                .setTo(dryRun ? "" : made.getId())
                .setReverts(made.getReverts())
                .setActor(caller.actor())
                .setAt(made.getAt())
                .addAllFiles(made.getFilesList())
                .setFilesChanged(made.getFilesChanged())
                .addAllNotRestored(made.getNotRevertedList())
                .build();
        if (dryRun) {
            return operation;
        }
        // Without a row that names it, the pack is of no consequence.
        packs.put(task.scope(), new ByteArrayInputStream(undone.pack()), Optional.of(made.getPackSha256()));
        jdbi.useTransaction(handle -> {
            TaskEdit edit = TaskEdit.lock(handle, caller.tenant(), task.id())
                    .filter(locked -> Objects.equals(locked.head(), task.headStep())
                            && locked.before().lastStep() == task.lastStep())
                    .orElseThrow(() -> moved(task));
            edit.append(
                    Event.newBuilder()
                            .setStep(number)
                            .setActor(caller.actor())
                            .setSnapshotCreated(SnapshotCreated.newBuilder().setSnapshot(made))
                            .build(),
                    0,
                    now);
            edit.save();
        });
        feed.changed(task.id());
        return operation;
    }

    static FileChange fileChange(EntryChange change) {
        return FileChange.newBuilder()
                .setPath(change.getPath())
                .setStatus(status(change))
                .setLinesAdded(change.getLinesAdded())
                .setLinesRemoved(change.getLinesRemoved())
                .setBinary(change.getBinary())
                .build();
    }

    private static String status(EntryChange change) {
        if (change.getOldMode() == 0) {
            return "A";
        }
        if (change.getNewMode() == 0) {
            return "D";
        }
        boolean sameType = (change.getOldMode() & TYPE) == (change.getNewMode() & TYPE);
        boolean sameBytes = change.getOldBlob().equals(change.getNewBlob());
        return sameType && !sameBytes ? "M" : "T";
    }

    private static BelayException moved(TaskRow task) {
        return BelayException.of(
                ErrorCode.E_HEAD_MOVED,
                "the head of " + task.shortId() + " moved meanwhile",
                "the controller compares it before it moves it",
                "belay snapshots " + task.shortId());
    }
}
