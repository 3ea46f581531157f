package dev.belay.policies.git;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.network.HostName;
import dev.belay.proto.bounds.SecretText;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository behind smart HTTP: {@code fetch https://git.example/acme/shop.git},
 * {@code push https://git.example:8443/acme/shop.git with GIT_TOKEN as x-access-token}.
 *
 * @param host in its plain spelling
 * @param path begins with a slash; without {@code .git} at its end
 * @param push whether it may be pushed to as well
 * @param secret what the gateway signs in with; nothing of it is in the sandbox
 * @param user whom it signs in as
 */
public record Remote(String host, int port, String path, boolean push, Optional<String> secret, String user) {
    public static final String USUAL_USER = "x-access-token";

    private static final int HTTPS = 443;
    private static final Pattern TEXT = Pattern.compile("(fetch|push) https://([^/\\s@]+)(/[A-Za-z0-9._~/-]+)"
            + "(?: with ([A-Z][A-Z0-9_]*)(?: as ([A-Za-z0-9._@+-]{1,64}))?)?");
    private static final Pattern AUTHORITY = Pattern.compile("([^:\\[\\]]+|\\[[0-9a-fA-F:.]+])(?::([0-9]{1,5}))?");

    public static Remote parse(String text) throws PatternException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || matcher.group(4) != null && !SecretText.isName(matcher.group(4))) {
            throw bad(text);
        }
        Matcher authority = AUTHORITY.matcher(matcher.group(2));
        String path = matcher.group(3);
        if (!authority.matches() || path.contains("//") || path.contains("/.") || path.endsWith("/")) {
            throw bad(text);
        }
        HostName host = HostName.of(authority.group(1)).orElseThrow(() -> bad(text));
        int port = authority.group(2) == null ? HTTPS : Integer.parseInt(authority.group(2));
        if (port < 1 || port > 65_535) {
            throw bad(text);
        }
        return new Remote(
                host.text(),
                port,
                path.endsWith(".git") ? path.substring(0, path.length() - 4) : path,
                matcher.group(1).equals("push"),
                Optional.ofNullable(matcher.group(4)),
                Optional.ofNullable(matcher.group(5)).orElse(USUAL_USER));
    }

    private static PatternException bad(String text) {
        return new PatternException(
                0, Quoted.of(text) + " names no repository", "write https://git.example/acme/shop.git");
    }

    /** {@code https://git.example:8443/acme/shop.git}. */
    public String url() {
        return "https://" + authority() + path + ".git";
    }

    /** Whether a request for this path, without its query, is about this repository. */
    public boolean holds(String requestPath) {
        return requestPath.startsWith(path + "/") || requestPath.startsWith(path + ".git/");
    }

    /** {@code git.example}, {@code git.example:8443}. */
    public String authority() {
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == HTTPS ? bracketed : bracketed + ":" + port;
    }

    @Override
    public String toString() {
        return (push ? "push " : "fetch ")
                + url()
                + secret.map(name -> " with " + name + (user.equals(USUAL_USER) ? "" : " as " + user))
                        .orElse("");
    }
}
