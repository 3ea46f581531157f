package dev.belay.runner.model.offline;

import java.util.OptionalInt;

/**
 * An error that is answered in place of what was asked.
 *
 * @param code the wire's own word for it; empty where it has none
 * @param parameter which part of the request it is about; empty where none is named
 * @param retryAfter seconds
 */
record Refusal(int status, String code, String parameter, String message, OptionalInt retryAfter) {
    Refusal(int status, String code, String parameter, String message) {
        this(status, code, parameter, message, OptionalInt.empty());
    }
}
