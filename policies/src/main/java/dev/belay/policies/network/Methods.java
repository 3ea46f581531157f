package dev.belay.policies.network;

import dev.belay.policies.language.PatternException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The methods of a rule on requests.
 *
 * @param words in the order of the alphabet, each once; none means every method
 */
public record Methods(List<String> words) {
    public static final Methods EVERY = new Methods(List.of());
    /** How {@link #EVERY} is written. */
    public static final String STAR = "*";

    private static final String FIX = "write methods as they are sent: [GET, HEAD]";
    private static final Pattern WORD = Pattern.compile("[A-Z][A-Z0-9_-]{0,31}");
    private static final Pattern SENT = Pattern.compile("[!#$%&'*+.^_`|~A-Za-z0-9-]{1,64}");

    public Methods {
        words = words.stream().distinct().sorted().toList();
    }

    /** {@code GET,HEAD}, or {@code *}. */
    static Methods parse(String text) throws PatternException {
        if (text.equals(STAR)) {
            return EVERY;
        }
        List<String> words = List.of(text.split(",", -1));
        int at = 0;
        for (String word : words) {
            try {
                check(word);
            } catch (PatternException wrong) {
                throw wrong.further(at);
            }
            at += word.length() + 1;
        }
        return new Methods(words);
    }

    /** Whether a rule may name it. What nobody has heard of may be some server's own. */
    public static void check(String word) throws PatternException {
        String upper = word.strip().toUpperCase(Locale.ROOT);
        if (word.indexOf(',') >= 0 || word.strip().indexOf(' ') >= 0) {
            throw wrong(word, "is more than one method", FIX);
        }
        if (!WORD.matcher(upper).matches()) {
            throw wrong(word, "is not a method", FIX);
        }
        if (upper.equals("ANY") || upper.equals("ALL")) {
            throw wrong(word, "is not a method", "leave `methods` out: then every one is meant");
        }
        if (upper.equals("CONNECT")) {
            throw wrong(
                    word,
                    "opens a tunnel, and what goes through it is not seen",
                    "allow or deny the whole host instead");
        }
        if (!word.equals(upper)) {
            throw wrong(word, "is not a method, which is in capital letters", "write " + upper);
        }
    }

    private static PatternException wrong(String word, String what, String fix) {
        return new PatternException(0, Said.quoted(word) + " " + what, fix);
    }

    /** Whether anything that is sent can be called so. */
    static boolean isSent(String method) {
        return SENT.matcher(method).matches();
    }

    boolean permits(String method) {
        return words.isEmpty() || words.contains(method);
    }

    /** Some servers take a method in any letter case. */
    boolean forbids(String method) {
        return words.isEmpty() || words.contains(method.toUpperCase(Locale.ROOT));
    }

    boolean covers(Methods other) {
        return words.isEmpty() || !other.words.isEmpty() && words.containsAll(other.words);
    }

    @Override
    public String toString() {
        return words.isEmpty() ? STAR : String.join(",", words);
    }
}
