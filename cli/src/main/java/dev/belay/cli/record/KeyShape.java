package dev.belay.cli.record;

import java.util.Optional;

/** How keys look that well-known services give out. A short beginning of one is not worth a refusal. */
enum KeyShape {
    ANTHROPIC("sk-ant-", 8),
    OPENAI("sk-", 16),
    GOOGLE("AIza", 20),
    GITHUB_PERSON("ghp_", 16),
    GITHUB_APP("gho_", 16),
    GITHUB_USER("ghu_", 16),
    GITHUB_SERVER("ghs_", 16),
    GITHUB_REFRESH("ghr_", 16),
    GITHUB_FINE("github_pat_", 16),
    AWS("AKIA", 16),
    AWS_SESSION("ASIA", 16),
    SLACK_BOT("xoxb-", 10),
    SLACK_PERSON("xoxp-", 10);

    private static final String PEM_BEGIN = "-----BEGIN ";
    private static final String PEM_END = "PRIVATE KEY";
    /** Between the two stands the kind of key. */
    private static final int PEM_KIND = 40;

    private final String prefix;
    private final int least;

    KeyShape(String prefix, int least) {
        this.prefix = prefix;
        this.least = least;
    }

    /** For a message, without the key itself: {@code a key that begins with AKIA}. */
    static Optional<String> in(String text) {
        for (KeyShape shape : values()) {
            if (shape.isIn(text)) {
                return Optional.of("what looks like a key: " + shape.prefix + "…");
            }
        }
        return hasPrivateKey(text) ? Optional.of("a private key") : Optional.empty();
    }

    private boolean isIn(String text) {
        int at = text.indexOf(prefix);
        while (at >= 0) {
            int end = at + prefix.length();
            while (end < text.length() && isOfKey(text.charAt(end))) {
                end++;
            }
            if (begins(text, at) && end - at - prefix.length() >= least) {
                return true;
            }
            at = text.indexOf(prefix, at + 1);
        }
        return false;
    }

    /** Inside a word, as in task-…, it is none; the letter of an escape, as in {@code \n}, is no part of a word. */
    private static boolean begins(String text, int at) {
        return at == 0 || !isOfKey(text.charAt(at - 1)) || (at > 1 && text.charAt(at - 2) == '\\');
    }

    private static boolean hasPrivateKey(String text) {
        int at = text.indexOf(PEM_BEGIN);
        while (at >= 0) {
            int end = text.indexOf(PEM_END, at);
            if (end >= 0 && end - at <= PEM_KIND) {
                return true;
            }
            at = text.indexOf(PEM_BEGIN, at + 1);
        }
        return false;
    }

    private static boolean isOfKey(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
