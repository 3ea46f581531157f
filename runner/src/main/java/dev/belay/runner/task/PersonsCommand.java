package dev.belay.runner.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ExecEnded;
import dev.belay.proto.v1.ExecResult;
import dev.belay.proto.v1.MoveHeadCommand;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.OperationRecorded;
import dev.belay.proto.v1.RevertCommand;
import dev.belay.proto.v1.RunCommand;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.agent.StepRecord;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.task.Place.Moment;
import dev.belay.runner.task.Place.Moved;
import dev.belay.runner.task.Place.Ran;
import dev.belay.runner.task.Place.Taken;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/** Carries out one command on a live task, between two steps, and answers it. */
final class PersonsCommand {
    private final Command command;
    private final Replies replies;
    private final Journal journal;
    private final Place place;
    private final TaskRecord record;

    PersonsCommand(Command command, Replies replies, Journal journal, Place place, TaskRecord record) {
        this.command = command;
        this.replies = replies;
        this.journal = journal;
        this.place = place;
        this.record = record;
    }

    void carryOut() throws InterruptedException {
        try {
            switch (command.getBodyCase()) {
                case MOVE_HEAD -> replies.result(CommandResult.newBuilder().setOperation(move(command.getMoveHead())));
                case RUN -> replies.result(CommandResult.newBuilder().setExec(run(command.getRun())));
                case REVERT -> replies.result(CommandResult.newBuilder().setOperation(revert(command.getRevert())));
                case CANCEL, PAUSE, MESSAGE, BODY_NOT_SET ->
                    replies.result(refused(
                            ErrorCode.E_BAD_REQUEST,
                            "unknown command",
                            "this runner is older than the controller",
                            ""));
            }
        } catch (IOException | StepRecord.NoSnapshotException | BelayException failure) {
            replies.result(CommandResult.newBuilder().setFailed(Problems.of(failure)));
        }
    }

    private Operation move(MoveHeadCommand move) throws IOException, InterruptedException {
        // A rollback names where to go, and waited for the step at work; undo and redo mean what they were computed
        // from.
        boolean wentOn = move.getKind().equals("rollback") && record.head() > move.getExpectedHeadStep();
        if (!wentOn && move.getExpectedHeadStep() != record.head()) {
            throw headMoved(move.getExpectedHeadStep());
        }
        Snapshot to = move.getTo();
        Moved moved = place.move(to, move.getDryRun() ? 0 : record.takeStep(), move.getDryRun(), this::taken);
        Operation.Builder operation = Operation.newBuilder()
                .setId("o" + move.getOperationNumber())
                .setNumber(move.getOperationNumber())
                .setKind(move.getKind())
                .setFrom("s" + record.head())
                .setTo(to.getId())
                .setActor(command.getActor())
                .setAt(journal.now())
                .addAllFiles(moved.files())
                .setFilesChanged(moved.filesChanged())
                .addAllNotRestored(moved.notRestored());
        if (move.getDryRun()) {
            return operation.build();
        }
        moved.safety().ifPresent(safety -> operation.setFrom(safety.snapshot().getId()));
        record.headIs(to);
        journal.write(
                Event.newBuilder().setOperation(OperationRecorded.newBuilder().setOperation(operation)),
                record.turn(),
                to.getStep(),
                command.getActor());
        FilesMoved.words(operation.build()).ifPresent(record::tell);
        return operation.build();
    }

    /** At once, also where the command then fails. Of a revert's own the controller writes the operation that it means. */
    private void taken(Taken taken) {
        boolean safety = taken.snapshot().getKind().equals("safety");
        record.written(taken, record.turn(), safety ? "runner" : command.getActor());
    }

    private BelayException headMoved(int expected) {
        return BelayException.of(
                ErrorCode.E_HEAD_MOVED,
                "the task went on to s" + record.head() + " meanwhile",
                "runner: the command was meant for s" + expected,
                "run the same command again");
    }

    private Operation revert(RevertCommand revert) throws IOException {
        // Like a rollback, it names what it means, and waited for the step at work.
        if (record.head() < revert.getExpectedHeadStep()) {
            throw headMoved(revert.getExpectedHeadStep());
        }
        Operation.Builder operation = Operation.newBuilder()
                .setId("o" + revert.getOperationNumber())
                .setNumber(revert.getOperationNumber())
                .setKind("revert")
                .setFrom("s" + record.head())
                .setActor(command.getActor())
                .setAt(journal.now())
                .setReverts(revert.getUndone().getId());
        if (revert.getDryRun()) {
            return told(operation, place.tryRevert(revert.getUndone(), revert.getBefore()));
        }
        int safetyStep = record.takeStep();
        Moment moment = new Moment(record.takeStep(), record.turn(), "revert", "");
        Moved moved = place.revert(revert.getUndone(), revert.getBefore(), safetyStep, moment, this::taken);
        moved.safety().ifPresent(taken -> operation.setFrom(taken.snapshot().getId()));
        Operation done = told(operation.setTo("s" + moment.step()), moved);
        FilesMoved.words(done).ifPresent(record::tell);
        return done;
    }

    private static Operation told(Operation.Builder operation, Moved moved) {
        return operation
                .addAllFiles(moved.files())
                .setFilesChanged(moved.filesChanged())
                .addAllNotRestored(moved.notRestored())
                .build();
    }

    private ExecResult run(RunCommand run) throws IOException, InterruptedException, StepRecord.NoSnapshotException {
        int step = record.takeStep();
        ToolCall call = TaskRecord.personsCommand(command.getId(), run.getArgvList());
        place.stepIs(record.turn(), step);
        journal.writeDurably(
                TaskRecord.called(call, String.join(" ", run.getArgvList()), ""),
                record.turn(),
                step,
                command.getActor());
        Heard heard = new Heard(replies);
        Ran ran = place.run(run.getArgvList(), Duration.ofSeconds(run.getTimeoutSeconds()), heard);
        journal.write(
                TaskRecord.returned(call, heard.outcome(ran), ran.took()), record.turn(), step, command.getActor());
        Taken taken = record.take(new Moment(step, record.turn(), "exec", "exec"), command.getActor());
        return ExecResult.newBuilder().setEnded(ended(ran, taken.snapshot())).build();
    }

    static ExecEnded ended(Ran ran, Snapshot snapshot) {
        return ExecEnded.newBuilder()
                .setExitCode(ran.exitCode())
                .setDurationMs(ran.took().toMillis())
                .setSnapshot(snapshot.getFilesChanged() > 0 ? snapshot.getId() : "")
                .setFilesChanged(snapshot.getFilesChanged())
                .build();
    }

    static CommandResult.Builder refused(ErrorCode code, String what, String why, String next) {
        return CommandResult.newBuilder().setFailed(Problems.of(BelayException.of(code, what, why, next)));
    }

    /** Passes a command's output on and keeps its beginning for the record. */
    static final class Heard implements Place.Output {
        private static final int KEPT = 8 << 10;

        private final Replies replies;
        private final java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();
        private long bytes;

        Heard(Replies replies) {
            this.replies = replies;
        }

        @Override
        public void stdout(byte[] chunk) {
            keep(chunk);
            replies.stdout(chunk);
        }

        @Override
        public void stderr(byte[] chunk) {
            keep(chunk);
            replies.stderr(chunk);
        }

        private synchronized void keep(byte[] chunk) {
            bytes += chunk.length;
            kept.write(chunk, 0, Math.min(chunk.length, KEPT - Math.min(KEPT, kept.size())));
        }

        synchronized ToolOutcome outcome(Ran ran) {
            String text =
                    kept.toString(java.nio.charset.StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "");
            return new ToolOutcome(
                    ran.exitCode() != 0,
                    OptionalInt.of(ran.exitCode()),
                    text,
                    "exit " + ran.exitCode(),
                    bytes,
                    ran.timedOut());
        }
    }
}
