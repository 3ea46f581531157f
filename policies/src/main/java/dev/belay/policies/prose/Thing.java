package dev.belay.policies.prose;

import java.util.List;

/** What a permission names, before it is known as what. */
sealed interface Thing {
    /** In quotes, or a word that looks like no other word. */
    record Named(String text, boolean quoted) implements Thing {}

    record Commands(List<String> lines) implements Thing {}

    /** {@code Bash(npm test:*)}. */
    record Rule(String text) implements Thing {}

    /** A whole tool. */
    record Tool(String word) implements Thing {}
}
