package dev.belay.policies.json;

import java.io.Serial;

/** The text is no JSON. */
public final class JsonSyntaxException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int at;
    private final String fix;

    JsonSyntaxException(int at, String what, String fix) {
        super(what);
        this.at = at;
        this.fix = fix;
    }

    public int at() {
        return at;
    }

    public String fix() {
        return fix;
    }
}
