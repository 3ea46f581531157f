package dev.belay.controller.submit;

/** Whether a script can be played. */
@FunctionalInterface
public interface ScriptCheck {
    /**
     * How many turns it has.
     *
     * @throws dev.belay.proto.error.BelayException E_SCRIPT with line and column
     */
    int check(String name, String text);
}
