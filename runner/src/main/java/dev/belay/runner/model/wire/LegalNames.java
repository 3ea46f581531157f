package dev.belay.runner.model.wire;

import java.util.HashSet;
import java.util.Set;

/**
 * Ids of calls and names of tools that another form's answer brought, as every provider takes them: letters, digits,
 * {@code _} and {@code -}, and no id twice in a conversation. What stands earlier never changes by what comes later.
 */
final class LegalNames {
    private static final int LONGEST_NAME = 64;

    private final Set<String> taken = new HashSet<>();

    /** An id that is written as it is. */
    void keep(String id) {
        taken.add(id);
    }

    String id(String id) {
        String legal = id.isEmpty() ? "call" : legal(id);
        String free = legal;
        for (int n = 2; !taken.add(free); n++) {
            free = legal + "-" + n;
        }
        return free;
    }

    static String tool(String name) {
        String legal = legal(name);
        String begun = legal.isEmpty() || !Character.isLetter(legal.charAt(0)) ? "_" + legal : legal;
        return begun.substring(0, Math.min(begun.length(), LONGEST_NAME));
    }

    private static String legal(String text) {
        return text.replaceAll("[^a-zA-Z0-9_-]", "_");
    }
}
