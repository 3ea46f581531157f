package dev.belay.policies.shell;

/** Texts as single words of a command line, whatever is in them. */
public final class OneWord {
    private OneWord() {}

    /** As it is where every shell would read it so, or else in quotes. */
    public static String of(String text) {
        return !text.isEmpty() && text.chars().allMatch(OneWord::isPlain) ? text : quoted(text);
    }

    /** In quotes, also where it needs none. */
    public static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static boolean isPlain(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_./:=@%+,-".indexOf(c) >= 0;
    }
}
