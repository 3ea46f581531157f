package dev.belay.policies.codex;

import java.util.List;

/** {@code name(key = value)}. */
record Call(int at, String name, List<Argument> arguments) {
    /** @param name empty where it was given by its position */
    record Argument(int at, String name, Value value) {}

    Call {
        arguments = List.copyOf(arguments);
    }
}
