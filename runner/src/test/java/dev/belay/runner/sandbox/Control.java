package dev.belay.runner.sandbox;

/** How it is shown that an attempt's failure inside means something. */
sealed interface Control {
    /** The same command works without a sandbox, as the runner. */
    record Same() implements Control {}

    /** The same command works in fresh namespaces, of which the runner may make some and a sandbox may not. */
    record Apart() implements Control {}

    /** The same asked of something of one's own works: the command itself is right. */
    record Other(String command) implements Control {}

    /** Nothing can be shown without changing the machine, or without a right that nobody here has. */
    record None(String reason) implements Control {}

    default boolean given() {
        return !(this instanceof None);
    }

    /** As the table of THREATS.md says it. */
    default String told() {
        return switch (this) {
            case Same _ -> "same";
            case Apart _ -> "same, in fresh namespaces";
            case Other _ -> "on its own";
            case None none -> "none: " + none.reason();
        };
    }
}
