package dev.belay.runner.task;

import dev.belay.policies.environment.Step;
import dev.belay.policies.language.Quoted;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.task.Place.Ran;
import java.util.List;

/**
 * A step of the set-up that did not do its work.
 *
 * @param output the end of what it printed
 */
record FailedSetUp(Step step, Ran ran, String output) {
    private static final int LINES = 3;

    /** {@code step `install` failed with exit code 1}. */
    private String what() {
        return "step " + Quoted.of(step.name())
                + (ran.timedOut()
                        ? " did not end within " + Stop.words(step.timeout())
                        : " failed with exit code " + ran.exitCode());
    }

    /** Why a task does not begin. */
    BelayException refusal(String task) {
        return BelayException.of(
                ErrorCode.E_SETUP,
                "the set-up failed: " + what() + ", " + step.spot(),
                lastLines(),
                "belay logs " + task + " shows all that it did; mend the step, and run it again");
    }

    private String lastLines() {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.isEmpty()
                ? "it printed nothing"
                : "it printed last: "
                        + String.join(" / ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }

    /** What is not here, for people and for a model: nothing that the step printed, which is nobody's word. */
    String missed() {
        return "the project's set-up was done again, because this sandbox is a new one, and " + what()
                + ": what it and later steps make beside the project's files is not here; a step has to be such that"
                + " it can be done twice";
    }
}
