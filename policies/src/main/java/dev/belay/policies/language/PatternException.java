package dev.belay.policies.language;

import java.io.Serial;

/** A pattern that says nothing definite. Checked: whoever reads a policy names the place that it stands at. */
public final class PatternException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int at;
    private final String fix;

    /**
     * @param at the offending character, from 0
     * @param what one sentence that quotes the offending text
     * @param fix what to write instead
     */
    public PatternException(int at, String what, String fix) {
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

    /** The same, of a text that stands in another one. */
    public PatternException further(int by) {
        return new PatternException(at + by, String.valueOf(getMessage()), fix);
    }
}
