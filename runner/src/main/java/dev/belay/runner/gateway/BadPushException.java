package dev.belay.runner.gateway;

import java.io.IOException;
import java.util.Set;

/** A push whose commands cannot be read beyond doubt. Nothing of it goes on. */
final class BadPushException extends IOException {
    private static final long serialVersionUID = 1;

    private final String why;
    private final transient Set<String> capabilities;

    BadPushException(String why) {
        this(why, Set.of());
    }

    private BadPushException(String why, Set<String> capabilities) {
        super(why);
        this.why = why;
        this.capabilities = capabilities;
    }

    /** The client had said what it speaks. */
    BadPushException knowing(Set<String> said) {
        return new BadPushException(why, said);
    }

    /** One sentence without its full stop. */
    String why() {
        return why;
    }

    Set<String> capabilities() {
        return capabilities;
    }
}
