package dev.belay.cli.seam;

/** Reads a written conversation before anything is started; E_SCRIPT with line and column when it is none. */
@FunctionalInterface
public interface ScriptCheck {
    void check(String name, String text);
}
