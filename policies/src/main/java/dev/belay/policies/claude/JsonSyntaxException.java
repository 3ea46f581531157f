package dev.belay.policies.claude;

import java.io.Serial;

/** The text is no JSON. */
final class JsonSyntaxException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int at;
    private final String fix;

    JsonSyntaxException(int at, String what, String fix) {
        super(what);
        this.at = at;
        this.fix = fix;
    }

    int at() {
        return at;
    }

    String fix() {
        return fix;
    }
}
