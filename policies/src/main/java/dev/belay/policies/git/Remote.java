package dev.belay.policies.git;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.network.HostName;
import dev.belay.proto.bounds.SecretText;
import java.util.ArrayList;
import java.util.List;
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

    private static final Pattern TEXT = Pattern.compile("(fetch|push) (\\S+)(?: with (\\S+)(?: as (\\S+))?)?");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9._@+-]{1,64}");

    public static Remote parse(String text) throws PatternException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new PatternException(
                    0, "this names no repository", "write fetch https://git.example/acme/shop.git with GIT_TOKEN");
        }
        Optional<String> secret = Optional.ofNullable(matcher.group(3));
        if (secret.isPresent() && !SecretText.isName(secret.get())) {
            throw new PatternException(
                    matcher.start(3), "this names no secret", "write its name in capital letters, GIT_TOKEN");
        }
        String user = Optional.ofNullable(matcher.group(4)).orElse(USUAL_USER);
        if (!isUser(user)) {
            throw new PatternException(
                    matcher.start(4), Quoted.of(user) + " is nobody's name at a server", "write " + USUAL_USER);
        }
        try {
            return at(matcher.group(2), matcher.group(1).equals("push"), secret, user);
        } catch (PatternException wrong) {
            throw wrong.further(matcher.start(2));
        }
    }

    /**
     * @param url as people clone from
     * @throws PatternException which says nothing of a password that stands in it
     */
    public static Remote at(String url, boolean push, Optional<String> secret, String user) throws PatternException {
        Address address = Address.parse(url);
        return new Remote(address.host(), address.port(), address.path(), push, secret, user);
    }

    /** Whether the gateway can sign in as it: no colon, which ends a name there. */
    public static boolean isUser(String text) {
        return USER.matcher(text).matches();
    }

    /** {@code https://git.example:8443/acme/shop.git}. */
    public String url() {
        return "https://" + authority() + path + ".git";
    }

    /** Whether a request for this path, without its query, is about this repository. */
    public boolean holds(String requestPath) {
        return requestPath.startsWith(path + "/") || requestPath.startsWith(path + ".git/");
    }

    /** @param saidHost as the sandbox called it */
    public boolean isAt(String saidHost, int saidPort) {
        return port == saidPort
                && HostName.of(saidHost)
                        .filter(said -> said.text().equals(host))
                        .isPresent();
    }

    /** Whether whoever may use this may use the other; what the gateway signs in with is another question. */
    public boolean covers(Remote other) {
        return isSameRepository(other) && (push || !other.push);
    }

    public boolean isSameRepository(Remote other) {
        return host.equals(other.host) && port == other.port && path.equals(other.path);
    }

    /** Of what git asks of it: the method and the path. */
    private record Asked(String method, String path) {}

    private List<Asked> asked() {
        List<Asked> all = new ArrayList<>();
        for (String spelling : List.of(path + ".git", path)) {
            all.add(new Asked("GET", spelling + "/info/refs"));
            all.add(new Asked("POST", spelling + "/git-upload-pack"));
            if (push) {
                all.add(new Asked("POST", spelling + "/git-receive-pack"));
            }
        }
        return all;
    }

    /** What a git asks of it, as rules on requests: {@code GET git.example:443/acme/shop.git/info/refs}. */
    public List<String> requests() {
        return asked().stream()
                .map(one -> one.method() + " " + hostAndPort() + one.path())
                .toList();
    }

    /**
     * Whether git itself asks this of it; nothing else that a host may have below a repository's name, and no push where it
     * is only fetched from.
     *
     * @param target as it is sent, with its query
     */
    public boolean isAsked(String target) {
        int query = target.indexOf('?');
        String wanted = query < 0 ? target : target.substring(0, query);
        return asked().stream().anyMatch(one -> one.path().equals(wanted));
    }

    /** Of {@link #requests} the one that every fetch makes in the spelling that a task is told. */
    public String fetching() {
        return "POST " + hostAndPort() + path + ".git/git-upload-pack";
    }

    /** {@code git.example}, {@code git.example:8443}. */
    public String authority() {
        return port == Address.HTTPS ? bracketed() : hostAndPort();
    }

    /** {@code git.example:443}: as a pattern of hosts, this one alone. */
    public String hostAndPort() {
        return bracketed() + ":" + port;
    }

    private String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    @Override
    public String toString() {
        return (push ? "push " : "fetch ")
                + url()
                + secret.map(name -> " with " + name + (user.equals(USUAL_USER) ? "" : " as " + user))
                        .orElse("");
    }
}
