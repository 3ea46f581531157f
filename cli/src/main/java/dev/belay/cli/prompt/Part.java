package dev.belay.cli.prompt;

import java.util.Locale;

/**
 * A piece of what a model was sent.
 *
 * @param turn that it came into the conversation with; 0 is before any
 * @param step of a call and its result, otherwise 0
 * @param chars what it adds to what is sent: less than {@code text} has where other parts hold some of that too
 */
record Part(Kind kind, long turn, long step, String text, long chars) {
    enum Kind {
        SYSTEM,
        TOOLS,
        PROMPT,
        /** A person said it after the prompt. */
        PERSON,
        /** Belay said it beside the model's own calls. */
        NOTE,
        ANSWER,
        CALL,
        /** The answer in its provider's own form: reasoning, signatures. */
        OWN,
        RESULT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Part(Kind kind, long turn, long step, String text) {
        this(kind, turn, step, text, text.length());
    }

    Part saying(String other) {
        return new Part(kind, turn, step, other);
    }
}
