package dev.belay.runner.agent;

/**
 * How a run of the loop ended.
 *
 * @param stopReason a stable word: {@code done}, {@code limit_turns}, {@code script_ended}, …
 * @param detail one sentence for people
 */
public record Ending(boolean succeeded, String stopReason, String detail) {
    static Ending done(String lastWords) {
        return new Ending(true, "done", lastWords);
    }

    static Ending failed(String stopReason, String detail) {
        return new Ending(false, stopReason, detail);
    }
}
