package dev.belay.controller.heads;

import dev.belay.controller.Timings;
import dev.belay.controller.events.EventLog;
import dev.belay.controller.runners.Commands;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.MoveHeadCommand;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.RevertCommand;
import dev.belay.proto.v1.Snapshot;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Rollback, revert, undo and redo: by the runner while it works, by the controller alone once the task has ended. */
@Singleton
public final class HeadMoves {
    private final TaskQueries tasks;
    private final Snapshots snapshots;
    private final StepsOfHead steps;
    private final EventLog log;
    private final EndedHeads ended;
    private final Commands commands;
    private final OneAtATime turns;
    private final Timings timings;

    HeadMoves(
            TaskQueries tasks,
            Snapshots snapshots,
            StepsOfHead steps,
            EventLog log,
            EndedHeads ended,
            Commands commands,
            OneAtATime turns,
            Timings timings) {
        this.tasks = tasks;
        this.snapshots = snapshots;
        this.steps = steps;
        this.log = log;
        this.ended = ended;
        this.commands = commands;
        this.turns = turns;
        this.timings = timings;
    }

    public Operation rollback(Caller caller, String given, String to, boolean dryRun)
            throws IOException, InterruptedException {
        TaskRow named = tasks.named(caller, given);
        try (OneAtATime.Turn turn = turns.take(named, "a rollback")) {
            TaskRow task = tasks.byId(caller, named.id());
            return move(caller, task, "rollback", snapshots.named(caller, task, to), dryRun);
        }
    }

    /** Undoes one step alone. */
    public Operation revert(Caller caller, String given, String step, boolean dryRun)
            throws IOException, InterruptedException {
        TaskRow named = tasks.named(caller, given);
        try (OneAtATime.Turn turn = turns.take(named, "a revert")) {
            TaskRow task = tasks.byId(caller, named.id());
            boolean atRest = isAtRest(task);
            if (!atRest) {
                refuseBeforeWork(task);
            }
            StepsOfHead.Step undone = steps.named(caller, task, step);
            return atRest
                    ? ended.revert(caller, task, undone, dryRun)
                    : ask(
                            task,
                            command(caller, task)
                                    .setRevert(RevertCommand.newBuilder()
                                            .setUndone(undone.undone())
                                            .setBefore(undone.before())
                                            .setExpectedHeadStep(refuseBeforeWork(task))
                                            .setDryRun(dryRun)
                                            .setOperationNumber(task.operations() + 1)));
        }
    }

    public Operation undo(Caller caller, String given) throws IOException, InterruptedException {
        TaskRow named = tasks.named(caller, given);
        try (OneAtATime.Turn turn = turns.take(named, "an undo")) {
            TaskRow task = tasks.byId(caller, named.id());
            String to = history(caller, task)
                    .undo()
                    .orElseThrow(() -> BelayException.of(
                            ErrorCode.E_NOTHING_TO_UNDO,
                            "there is nothing to undo in " + task.shortId(),
                            "the controller's operation log has no step or rollback that is not undone",
                            "belay snapshots " + task.shortId()));
            return move(caller, task, "undo", snapshots.named(caller, task, to), false);
        }
    }

    public Operation redo(Caller caller, String given) throws IOException, InterruptedException {
        TaskRow named = tasks.named(caller, given);
        try (OneAtATime.Turn turn = turns.take(named, "a redo")) {
            TaskRow task = tasks.byId(caller, named.id());
            String to = history(caller, task)
                    .redo()
                    .orElseThrow(() -> BelayException.of(
                            ErrorCode.E_NOTHING_TO_REDO,
                            "there is nothing to redo in " + task.shortId(),
                            "the controller's operation log has no undo that was not followed by other work",
                            "belay snapshots " + task.shortId()));
            return move(caller, task, "redo", snapshots.named(caller, task, to), false);
        }
    }

    /** A step or a command that left the project's files as they were is nothing that a person would take back. */
    private UndoHistory history(Caller caller, TaskRow task) {
        Map<String, String> trees = new HashMap<>();
        log.trees(caller, task.id()).forEach((step, tree) -> trees.put(TaskRow.snapshotId(step), tree));
        return UndoHistory.of(log.operations(caller, task.id()).stream()
                .filter(operation -> !Set.of("step", "exec").contains(operation.getKind())
                        || !Objects.equals(trees.get(operation.getFrom()), trees.get(operation.getTo())))
                .map(operation -> new UndoHistory.Move(operation.getKind(), operation.getFrom(), operation.getTo()))
                .toList());
    }

    private Operation move(Caller caller, TaskRow task, String kind, Snapshot to, boolean dryRun)
            throws IOException, InterruptedException {
        if (isAtRest(task)) {
            return ended.move(caller, task, kind, to, dryRun);
        }
        int head = refuseBeforeWork(task);
        return ask(
                task,
                command(caller, task)
                        .setMoveHead(MoveHeadCommand.newBuilder()
                                .setKind(kind)
                                .setTo(to)
                                .setExpectedHeadStep(head)
                                .setDryRun(dryRun)
                                .setOperationNumber(task.operations() + 1)));
    }

    /** No runner has its files at work. */
    private static boolean isAtRest(TaskRow task) {
        return task.stage().terminal() || (task.stage().parked() && task.headStep() != null);
    }

    /** The step of a live task's head. */
    private static int refuseBeforeWork(TaskRow task) {
        Stage stage = task.stage();
        Integer head = task.headStep();
        if (!stage.live() || head == null) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    task.shortId() + " has not begun to work",
                    "the controller has it as " + task.state() + ", with no snapshot to leave",
                    "belay attach " + task.shortId());
        }
        return head;
    }

    private static Command.Builder command(Caller caller, TaskRow task) {
        return Command.newBuilder().setTask(task.id()).setEpoch(task.epoch()).setActor(caller.actor());
    }

    private Operation ask(TaskRow task, Command.Builder command) throws InterruptedException {
        CommandResult result = commands.call(task, task.runner(), command.build(), timings.moveHead(), output -> {});
        return result.getOperation();
    }
}
