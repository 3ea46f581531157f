package dev.belay.policies.network;

import dev.belay.policies.language.PatternException;

/** Requests by method, host and path: {@code GET,HEAD api.example.com/repos/acme/**}, {@code * *.example.com:443/admin}. */
public record RequestPattern(Methods methods, HostPattern host, PathGlob path) {
    /** One that may grant: of its host that is true which is of a {@link HostPattern} that may. */
    public static RequestPattern parse(String text) throws PatternException {
        return parse(text, true);
    }

    /** One that only takes away. */
    public static RequestPattern parseAny(String text) throws PatternException {
        return parse(text, false);
    }

    /** What a rule on a whole host speaks of. */
    public static RequestPattern every(HostPattern host) {
        return new RequestPattern(Methods.EVERY, host, PathGlob.EVERY);
    }

    private static RequestPattern parse(String text, boolean grants) throws PatternException {
        int blank = text.indexOf(' ');
        int slash = text.indexOf('/', blank + 1);
        if (blank <= 0 || slash < 0) {
            throw new PatternException(
                    0, Said.quoted(text) + " names no request", "write GET,HEAD api.example.com/repos/acme/**");
        }
        Methods methods = Methods.parse(text.substring(0, blank));
        String host = text.substring(blank + 1, slash);
        HostPattern hosts;
        try {
            hosts = grants ? HostPattern.parse(host) : HostPattern.parseAny(host);
        } catch (PatternException wrong) {
            throw wrong.further(blank + 1);
        }
        try {
            return new RequestPattern(methods, hosts, PathGlob.parse(text.substring(slash)));
        } catch (PatternException wrong) {
            throw wrong.further(slash);
        }
    }

    boolean permits(String method, RequestPath.Plain at) {
        return methods.permits(method) && path.permits(at);
    }

    boolean forbids(String method, RequestPath.Plain at) {
        return methods.forbids(method) && path.forbids(at);
    }

    /**
     * Whether this, as a prohibition, leaves nothing of the other's methods and paths; the hosts are not looked at. False is
     * no proof that it leaves something.
     */
    public boolean coversAtHost(RequestPattern other) {
        return methods.covers(other.methods) && path.covers(other.path);
    }

    /** Whether whoever may ask for all of this may ask for all of the other. False is no proof that something is more. */
    public boolean permitsAll(RequestPattern other) {
        return host.covers(other.host)
                && methods.covers(other.methods)
                && (path.equals(PathGlob.EVERY) || path.toString().equals(other.path.toString()));
    }

    /** The same for two patterns that mean the same as prohibitions. */
    public String canonical() {
        return methods + " " + host + path.folded();
    }

    /** Without the host, for who works under it: {@code GET, HEAD of /repos/acme/**}. */
    public String inWords() {
        String asked = methods.words().isEmpty() ? "every method" : String.join(", ", methods.words());
        return path.equals(PathGlob.EVERY) ? asked : asked + " of " + path;
    }

    @Override
    public String toString() {
        return methods + " " + host + path;
    }
}
