package dev.belay.controller.tasks;

import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Ids that nobody can guess and that can be read aloud: a letter, a dash, 20 characters of Crockford's base 32. */
@Singleton
public final class Ids {
    static final int LENGTH = 20;
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final Pattern PREFIX = Pattern.compile("[" + ALPHABET + "]{1," + LENGTH + "}");
    private static final int SHORTEST = 4;

    private final SecureRandom random = new SecureRandom();

    public String task() {
        return "t-" + characters();
    }

    public String project() {
        return "p-" + characters();
    }

    public String message() {
        return "m-" + characters();
    }

    public String command() {
        return "c-" + characters();
    }

    public String visit() {
        return "v-" + characters();
    }

    private String characters() {
        StringBuilder out = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            out.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return out.toString();
    }

    /** The stored form of what a person typed for a task, a prefix of its id; nothing when no id begins so. */
    static Optional<String> taskPrefix(String given) {
        String characters = given.toLowerCase(Locale.ROOT);
        if (characters.startsWith("t-")) {
            characters = characters.substring(2);
        }
        return PREFIX.matcher(characters).matches() ? Optional.of("t-" + characters) : Optional.empty();
    }

    /** Whether this is an id as it is stored, and no beginning of one. */
    static boolean isWhole(String given) {
        return given.length() == 2 + LENGTH
                && given.startsWith("t-")
                && PREFIX.matcher(given.substring(2)).matches();
    }

    /** The shortest prefix of {@code id} that neither neighbour in the order of ids has. */
    static String shortest(String id, String before, String after) {
        int length = Math.max(2 + SHORTEST, 1 + Math.max(common(id, before), common(id, after)));
        return id.substring(0, Math.min(length, id.length()));
    }

    private static int common(String one, String other) {
        int length = 0;
        while (length < one.length() && length < other.length() && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }
}
