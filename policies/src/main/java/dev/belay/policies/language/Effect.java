package dev.belay.policies.language;

import java.util.Locale;

/** What a rule does with what it matches. The order is the precedence, everywhere: a denial wins, then a question. */
public enum Effect {
    DENY,
    ASK,
    ALLOW;

    /** The key that such rules stand under in a policy file. */
    public String key() {
        return switch (this) {
            case DENY -> "restricted";
            case ASK -> "ask";
            case ALLOW -> "allowed";
        };
    }

    /** As it stands in front of a rule in messages: {@code RESTRICTED}. */
    public String heading() {
        return key().toUpperCase(Locale.ROOT);
    }
}
