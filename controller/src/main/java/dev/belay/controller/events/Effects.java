package dev.belay.controller.events;

import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.OperationRecorded;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.TurnEnded;
import dev.belay.proto.v1.Warning;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an event does to its task, in the transaction that appends it. An event that the rules do not allow does nothing;
 * a warning takes its place in the log, so that the log never says what is not so and the runner is never stuck.
 */
final class Effects {
    private static final Pattern SNAPSHOT = Pattern.compile("s(\\d{1,9})");
    private static final Set<String> HEAD_MOVES = Set.of("rollback", "revert", "undo", "redo");

    /** Of one turn. */
    private static final double MOST_USD = 1e6;

    private static final long MOST_TOKENS = 1_000_000_000;

    private Effects() {}

    static Event apply(TaskEdit task, Event event, @Nullable Stage decided, boolean ofRunner) {
        return switch (event.getBodyCase()) {
            case TASK_STATE -> state(task, event, decided);
            case TURN_START -> {
                task.turns = Math.max(task.turns, event.getTurn());
                Messages.given(task, event);
                yield event;
            }
            case TURN_END -> {
                spent(task, event.getTurnEnd());
                yield event;
            }
            case TOOL_CALL -> {
                task.steps = Math.max(task.steps, event.getStep());
                task.lastStep = Math.max(task.lastStep, event.getStep());
                yield event;
            }
            case SNAPSHOT_CREATED -> snapshot(task, event);
            case OPERATION -> operation(task, event);
            case PERSON_MESSAGE, TASK_FORK ->
                ofRunner ? refused(event, "a " + event.getBodyCase() + ", which is not for a runner to say") : event;
            case MODEL_BRIEFED,
                    MODEL_NOTED,
                    CONTEXT_PRUNED,
                    CONTEXT_COMPACTED,
                    MODEL_MESSAGE,
                    TOOL_RESULT,
                    POLICY_DENIED,
                    SNAPSHOT_FAILED,
                    WARNING,
                    SETUP_START,
                    SETUP_END,
                    BODY_NOT_SET -> event;
        };
    }

    /** What no turn can have taken is a runner's mistake, and counts as nothing. */
    private static void spent(TaskEdit task, TurnEnded turn) {
        if (turn.getCostUnknown()) {
            task.costUnknown = true;
        } else if (turn.getCostUsd() > 0 && turn.getCostUsd() < MOST_USD) {
            task.costMicrousd += Math.round(turn.getCostUsd() * 1e6);
        }
        task.tokensIn += tokens(turn.getTokensIn());
        task.tokensOut += tokens(turn.getTokensOut());
    }

    private static long tokens(long said) {
        return said > 0 && said < MOST_TOKENS ? said : 0;
    }

    private static Event state(TaskEdit task, Event event, @Nullable Stage decided) {
        TaskStateChanged change = event.getTaskState();
        Optional<Stage> next = decided == null ? Stage.reported(change.getTo()) : Optional.of(decided);
        if (next.isEmpty() || !task.stage.mayBecome(next.get())) {
            return refused(event, "a change from " + task.stage.word() + " to " + change.getTo() + " was reported");
        }
        if (next.get() == Stage.WAITING && TaskEdit.waitingFor(change).isEmpty()) {
            return refused(event, "the runner waits without saying for what, or for what this version does not know");
        }
        TaskStateChanged.Builder said = change.toBuilder().setFrom(task.stage.shown());
        // The first of all is no change.
        if (task.stage == Stage.QUEUED && next.get() == Stage.QUEUED) {
            said.clearFrom();
        }
        if (said.getRunner().isEmpty() && next.get() != Stage.QUEUED) {
            said.setRunner(task.runner);
        }
        task.enter(next.get(), change, TaskView.time(event.getAt()));
        return event.toBuilder().setTaskState(said).build();
    }

    private static Event snapshot(TaskEdit task, Event event) {
        Snapshot given = event.getSnapshotCreated().getSnapshot();
        Snapshot snapshot =
                given.hasAt() ? given : given.toBuilder().setAt(event.getAt()).build();
        if (snapshot.getCommit().isEmpty()
                || !SnapshotRows.insert(
                        task.handle, task.before.tenant(), task.before.id(), task.epoch, event.getActor(), snapshot)) {
            return refused(event, "a second snapshot of step " + snapshot.getStep() + ", or a malformed one, was sent");
        }
        Integer from = task.headStep;
        int step = snapshot.getStep();
        task.lastSnapshot = step;
        task.lastStep = Math.max(task.lastStep, step);
        head(task, snapshot);
        if (snapshot.getKind().equals("step") || snapshot.getKind().equals("exec")) {
            int number = ++task.operations;
            OperationRows.insert(
                    task.handle,
                    task.before.tenant(),
                    task.before.id(),
                    from,
                    step,
                    Operation.newBuilder()
                            .setId("o" + number)
                            .setNumber(number)
                            .setKind(snapshot.getKind())
                            .setFrom(TaskRow.snapshotId(from))
                            .setTo("s" + step)
                            .setActor(Plain.text(event.getActor(), 200))
                            .setAt(snapshot.getAt())
                            .addAllFiles(snapshot.getFilesList())
                            .setFilesChanged(snapshot.getFilesChanged())
                            .build());
        }
        return event.toBuilder()
                .setSnapshotCreated(SnapshotCreated.newBuilder()
                        .setSnapshot(snapshot.toBuilder().setId("s" + step).setHead(true)))
                .build();
    }

    /** The operation that a snapshot is, which is logged beside it: so that neither is there without the other. */
    static Optional<Event> meant(Event event, @Nullable Integer headBefore) {
        Snapshot made = event.getSnapshotCreated().getSnapshot();
        if (!event.hasSnapshotCreated() || !made.getKind().equals("revert")) {
            return Optional.empty();
        }
        return Optional.of(event.toBuilder()
                .setOperation(OperationRecorded.newBuilder()
                        .setOperation(Operation.newBuilder()
                                .setKind("revert")
                                .setFrom(TaskRow.snapshotId(headBefore))
                                .setTo(made.getId())
                                .setReverts(made.getReverts())
                                .setActor(Plain.text(event.getActor(), 200))
                                .setAt(made.getAt())
                                .addAllFiles(made.getFilesList())
                                .setFilesChanged(made.getFilesChanged())
                                .addAllNotRestored(made.getNotRevertedList())))
                .build());
    }

    private static Event operation(TaskEdit task, Event event) {
        Operation given = event.getOperation().getOperation();
        Optional<Integer> to = step(given.getTo());
        Optional<Snapshot> target =
                to.flatMap(step -> SnapshotRows.find(task.handle, task.before.tenant(), task.before.id(), step));
        if (target.isEmpty() || !HEAD_MOVES.contains(given.getKind())) {
            return refused(event, "an operation to " + given.getTo() + ", which has no snapshot, was reported");
        }
        Integer from = step(given.getFrom()).orElse(task.headStep);
        int number = ++task.operations;
        Operation numbered = given.toBuilder()
                .setId("o" + number)
                .setNumber(number)
                .setFrom(TaskRow.snapshotId(from))
                .setAt(given.hasAt() ? given.getAt() : event.getAt())
                .build();
        OperationRows.insert(
                task.handle,
                task.before.tenant(),
                task.before.id(),
                from,
                target.get().getStep(),
                numbered);
        head(task, target.get());
        return event.toBuilder()
                .setOperation(OperationRecorded.newBuilder().setOperation(numbered))
                .build();
    }

    private static void head(TaskEdit task, Snapshot snapshot) {
        task.headStep = snapshot.getStep();
        task.filesChanged = snapshot.getTotalFilesChanged();
        task.linesAdded = snapshot.getTotalLinesAdded();
        task.linesRemoved = snapshot.getTotalLinesRemoved();
    }

    /** The number of {@code s4}. */
    static Optional<Integer> step(String snapshot) {
        Matcher matcher = SNAPSHOT.matcher(snapshot);
        return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    private static Event refused(Event event, String what) {
        return event.toBuilder()
                .setWarning(Warning.newBuilder()
                        .setCode("W_REFUSED_EVENT")
                        .setText("the controller did not take an event of the runner: " + what))
                .build();
    }
}
