package dev.belay.policies.language;

/** Why somebody wrote a rule, as it may stand in a policy. */
public final class Reasons {
    private static final int MOST = 900;

    private Reasons() {}

    /** On one line, of bounded length, with nothing in it that cannot be seen. */
    public static String shown(String reason) {
        String line = reason.strip().replaceAll("\\s+", " ");
        StringBuilder shown = new StringBuilder();
        line.codePoints().limit(MOST).map(Quoted::visible).forEach(shown::appendCodePoint);
        return shown.append(line.codePointCount(0, line.length()) > MOST ? "..." : "")
                .toString();
    }
}
