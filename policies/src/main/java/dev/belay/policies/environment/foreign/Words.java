package dev.belay.policies.environment.foreign;

/** Texts as words of a shell's command line. */
final class Words {
    private Words() {}

    /** As it is where a shell would read it so, or else in quotes. */
    static String of(String text) {
        return !text.isEmpty() && text.chars().allMatch(Words::isPlain) ? text : quoted(text);
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static boolean isPlain(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_./:=@%+,-".indexOf(c) >= 0;
    }
}
