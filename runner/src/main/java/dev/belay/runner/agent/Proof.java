package dev.belay.runner.agent;

import dev.belay.proto.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What becomes of a model's word that it is done: the check is run, as a step of its own. A model whose work does not hold is
 * told so once; when it says the same again and the check still fails, the task has failed. Where no file was changed there
 * is nothing to check.
 */
public final class Proof {
    /** What its step is called in the log. */
    public static final String TOOL = "check";

    private static final String FAILED =
            "You said that you are done. This project's check was run after your last change, and it does not pass:";
    private static final String MEND =
            "Mend what it shows, and end when it passes. Do not weaken the check. If it cannot pass here for a reason that"
                    + " is not your work, end and say which.";

    private static final int CANNOT_EXECUTE = 126;
    private static final int NOT_FOUND = 127;

    private final Optional<Check> check;
    private final StepRecord record;
    private final ToolOutputMark mark;
    private final InstantSource clock;
    private boolean told;
    private Optional<Result> result = Optional.empty();

    /** What a check came to. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** What it needs is not in the sandbox. */
        CANNOT_RUN,
        NOT_NEEDED
    }

    /** @param step 0 where it was not run */
    public record Result(Check check, Outcome outcome, OptionalInt exitCode, String output, int step) {}

    /** What follows for the task. */
    enum Judgement {
        HOLDS,
        /** The model has been told, with its next turn. */
        TOLD,
        FAILS
    }

    /** @param told whether the model was told of a failure by an earlier run */
    public Proof(Optional<Check> check, StepRecord record, ToolOutputMark mark, boolean told, InstantSource clock) {
        this.check = check;
        this.record = record;
        this.mark = mark;
        this.told = told;
        this.clock = clock;
    }

    public static Proof none(StepRecord record, InstantSource clock) {
        return new Proof(Optional.empty(), record, ToolOutputMark.NONE, false, clock);
    }

    /** The last one. */
    public Optional<Result> result() {
        return result;
    }

    /** @param mayMend whether the model would do anything about it */
    Judgement judge(int turn, boolean mayMend)
            throws ToolsLostException, StepRecord.NoSnapshotException, InterruptedException {
        if (check.isEmpty()) {
            return Judgement.HOLDS;
        }
        if (!record.changed()) {
            result = Optional.of(new Result(check.get(), Outcome.NOT_NEEDED, OptionalInt.empty(), "", 0));
            return Judgement.HOLDS;
        }
        Result found = run(turn, check.get());
        result = Optional.of(found);
        if (found.outcome() != Outcome.FAILED) {
            return Judgement.HOLDS;
        }
        if (told || !mayMend) {
            return Judgement.FAILS;
        }
        told = true;
        record.tell(failed(found.check().command(), found.output(), mark));
        return Judgement.TOLD;
    }

    private Result run(int turn, Check asked)
            throws ToolsLostException, StepRecord.NoSnapshotException, InterruptedException {
        int step = record.nextStep(turn);
        ToolCall call = new ToolCall(
                TOOL + "-" + step,
                TOOL,
                Json.object()
                        .put("command", asked.command())
                        .put("detected", asked.detected())
                        .build());
        record.called(turn, step, call, asked.command(), "");
        var began = clock.instant();
        ToolOutcome outcome = asked.run();
        record.returned(turn, step, call, outcome, Duration.between(began, clock.instant()));
        record.snapshot(turn, step, call);
        return new Result(asked, outcome(asked, outcome), outcome.exitCode(), outcome.output(), step);
    }

    private static Outcome outcome(Check check, ToolOutcome came) {
        if (!came.isError()) {
            return Outcome.PASSED;
        }
        return isWithoutMeaning(check.detected(), came.exitCode(), came.timedOut())
                ? Outcome.CANNOT_RUN
                : Outcome.FAILED;
    }

    /** Of what nobody named: that it could not run here says nothing about the work. */
    public static boolean isWithoutMeaning(boolean detected, OptionalInt exitCode, boolean timedOut) {
        int code = exitCode.orElse(1);
        return detected && (code == NOT_FOUND || code == CANNOT_EXECUTE || timedOut);
    }

    /** What a model is told of a check that did not pass; the same words also where the task was moved in between. */
    public static String failed(String command, String output, ToolOutputMark mark) {
        return FAILED + " `" + command + "`\n\n" + mark.around(output) + "\n\n" + MEND;
    }
}
