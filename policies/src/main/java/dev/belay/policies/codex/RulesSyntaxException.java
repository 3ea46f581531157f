package dev.belay.policies.codex;

import java.io.Serial;

/** The text is more than rules, or less. */
final class RulesSyntaxException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int at;
    private final String fix;

    RulesSyntaxException(int at, String what, String fix) {
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
