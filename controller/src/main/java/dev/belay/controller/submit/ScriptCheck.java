package dev.belay.controller.submit;

/** Whether a script can be played. */
@FunctionalInterface
public interface ScriptCheck {
    /** @throws dev.belay.proto.error.BelayException E_SCRIPT with line and column */
    void check(String name, String text);
}
