package dev.belay.runner.hands;

import dev.belay.runner.agent.ToolOutcome;
import java.util.List;

/** One tool: the fields it knows, and what it does with them. */
interface Tool {
    String name();

    List<Field> fields();

    ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException;

    /** The field that says what a call is about. */
    String subject();

    /** @param required a call without it is wrong */
    record Field(String name, Kind kind, boolean required) {
        static Field required(String name, Kind kind) {
            return new Field(name, kind, true);
        }

        static Field optional(String name, Kind kind) {
            return new Field(name, kind, false);
        }
    }

    enum Kind {
        STRING("a string"),
        INTEGER("a whole number"),
        BOOLEAN("true or false");

        final String words;

        Kind(String words) {
            this.words = words;
        }
    }
}
