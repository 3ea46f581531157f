package dev.belay.policies.git;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.network.HostName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a repository is: {@code https://git.example:8443/acme/shop.git}. What is wrong with it is told without what stands
 * before an {@code @} or behind a {@code ?}: people keep passwords there.
 */
record Address(String host, int port, String path) {
    static final int HTTPS = 443;

    private static final String SCHEME = "https://";
    private static final String EXAMPLE = "write https://git.example/acme/shop.git";
    private static final int MOST_PORT = 65_535;
    private static final int LONGEST_PATH = 255;
    private static final Pattern AUTHORITY = Pattern.compile("([^:\\[\\]]+|\\[[0-9a-fA-F:.]+])(?::([1-9][0-9]{0,4}))?");
    private static final Pattern PATH = Pattern.compile("(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");
    /** As people clone: {@code git@git.example:acme/shop.git}, {@code ssh://git@git.example:22/acme/shop.git}. */
    private static final Pattern SECURE_SHELL =
            Pattern.compile("(?:git@([A-Za-z0-9.-]+):|ssh://git@([A-Za-z0-9.-]+)(?::[0-9]+)?/)([A-Za-z0-9._~/-]+)");

    static Address parse(String text) throws PatternException {
        int user = text.lastIndexOf('@');
        if (user >= 0) {
            throw SECURE_SHELL.matcher(text).matches()
                    ? new PatternException(
                            0, Quoted.of(text.substring(user + 1)) + " is not behind https", instead(text))
                    : new PatternException(
                            0,
                            "the repository's address names a user",
                            "take out what stands before the `@`; what the gateway signs in with stands under"
                                    + " `secret`, by its name");
        }
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '?' || c == '#') {
                throw new PatternException(
                        at,
                        Quoted.of(text.substring(0, at)) + " goes on with a `" + c + "`, and a repository has none",
                        "end it there");
            }
        }
        if (!text.startsWith(SCHEME)) {
            throw new PatternException(0, Quoted.of(text) + " is not behind https", instead(text));
        }
        int slash = text.indexOf('/', SCHEME.length());
        if (slash < 0 || slash + 1 == text.length()) {
            throw new PatternException(text.length(), Quoted.of(text) + " names a host and no repository", EXAMPLE);
        }
        return located(text, text.substring(SCHEME.length(), slash), text.substring(slash));
    }

    private static Address located(String text, String authority, String path) throws PatternException {
        Matcher parts = AUTHORITY.matcher(authority);
        Optional<HostName> host = parts.matches() ? HostName.of(parts.group(1)) : Optional.empty();
        int port = host.isEmpty() || parts.group(2) == null ? HTTPS : Integer.parseInt(parts.group(2));
        if (host.isEmpty() || port > MOST_PORT) {
            throw new PatternException(
                    SCHEME.length(), Quoted.of(authority) + " of " + Quoted.of(text) + " names no host", EXAMPLE);
        }
        if (path.length() > LONGEST_PATH) {
            throw new PatternException(
                    SCHEME.length() + authority.length(),
                    Quoted.of(text) + " has a path of more than " + LONGEST_PATH + " characters",
                    EXAMPLE);
        }
        if (!PATH.matcher(path).matches()) {
            throw new PatternException(
                    SCHEME.length() + authority.length(),
                    Quoted.of(text) + " has a path that servers may read differently",
                    "write names of letters, digits, `.`, `_`, `~` and `-`, each behind one slash, and none that"
                            + " begins with a dot");
        }
        return new Address(host.get().text(), port, bare(path));
    }

    /** With {@code .git} and without, a server means the same. */
    private static String bare(String path) {
        return path.endsWith(".git") ? path.substring(0, path.length() - ".git".length()) : path;
    }

    /** The address that was probably meant, or an example. */
    private static String instead(String text) {
        Matcher shell = SECURE_SHELL.matcher(text);
        int scheme = text.indexOf("://");
        String meant = shell.matches()
                ? SCHEME + (shell.group(1) == null ? shell.group(2) : shell.group(1)) + "/" + shell.group(3)
                : SCHEME + (scheme < 0 ? text : text.substring(scheme + "://".length()));
        if (meant.equals(text)) {
            return EXAMPLE;
        }
        try {
            parse(meant);
            return "write " + meant;
        } catch (PatternException neither) {
            return EXAMPLE;
        }
    }
}
