package dev.belay.policies.network;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern.Reach;
import java.util.Set;

/** Reads one pattern. What people paste instead of one, an address of a page, is met with the pattern that they meant. */
final class HostPatternParser {
    private static final int LONGEST = 300;
    /** Under these, in a country's domain, names belong to strangers of each other. */
    private static final Set<String> SHARED =
            Set.of("ac", "co", "com", "edu", "gob", "gov", "go", "mil", "ne", "net", "nom", "or", "org", "sch");

    private final String text;
    private final boolean grants;

    HostPatternParser(String text, boolean grants) {
        this.text = text;
        this.grants = grants;
    }

    HostPattern pattern() throws PatternException {
        if (text.isEmpty()) {
            throw new PatternException(0, "no host is named", "write a host, example.com");
        }
        if (text.length() > LONGEST) {
            throw wrong(LONGEST, "is longer than any host's name", "write one host, example.com");
        }
        refuseAddressOfPage();
        int end = endOfHost();
        String host = text.substring(0, end);
        Ports ports = ports(end);
        if (host.equals("*")) {
            if (grants) {
                throw wrong(0, "would allow every host", "name the hosts, *.example.com or api.example.com");
            }
            return new HostPattern(Reach.ANY, null, ports);
        }
        if (host.startsWith("*.")) {
            return new HostPattern(Reach.BELOW, below(host.substring(2)), ports);
        }
        return new HostPattern(Reach.EXACT, name(host), ports);
    }

    private void refuseAddressOfPage() throws PatternException {
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            throw wrong(0, "begins with a scheme", "write " + meant());
        }
        int user = text.indexOf('@');
        if (user >= 0) {
            throw wrong(user, "names a user", "write " + meant());
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/' && AddressText.v4(text.substring(0, i)).isPresent()) {
                throw wrong(i, "is a range of addresses", "write each address, " + text.substring(0, i) + ":443");
            }
            if (c == '/' || c == '?' || c == '#') {
                throw wrong(
                        i,
                        "has a path, and a host has none",
                        "write " + meant() + "; its paths stand under `paths` in .belay/policy.yaml");
            }
        }
    }

    /** The host, and the port that the rest of an address of a page says; where that is no pattern, an example. */
    private String meant() {
        int scheme = text.indexOf("://");
        String rest = scheme < 0 ? text : text.substring(scheme + 3);
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String host = rest.substring(rest.lastIndexOf('@', end) + 1, end);
        String port = scheme < 0 ? "" : text.startsWith("http:") ? ":80" : text.startsWith("https:") ? ":443" : "";
        boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
        try {
            return new HostPatternParser(hasPort ? host : host + port, true)
                    .pattern()
                    .toString();
        } catch (PatternException neither) {
            return "a host and a port, example.com:443";
        }
    }

    private int endOfHost() throws PatternException {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) {
                throw wrong(text.length(), "has no closing bracket", "write [2001:db8::1]:443");
            }
            return close + 1;
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
            throw wrong(
                    0,
                    AddressText.v6(text).isPresent() ? "is an IPv6 address without brackets" : "has several ports",
                    AddressText.v6(text).isPresent() ? "write [" + text + "]:443" : "write one pattern for each port");
        }
        return colon < 0 ? text.length() : colon;
    }

    private Ports ports(int at) throws PatternException {
        if (at == text.length()) {
            return grants ? Ports.WEB : Ports.ANY;
        }
        if (text.charAt(at) != ':') {
            throw wrong(at, "goes on behind the bracket", "write [2001:db8::1]:443");
        }
        return Ports.parse(text.substring(at + 1), text, at + 1);
    }

    private HostName below(String rest) throws PatternException {
        HostName name = name(rest);
        if (name.isAddress()) {
            throw wrong(0, "has a star before an address", "write each address, " + name.bracketed());
        }
        int dot = name.text().indexOf('.');
        if (grants && (dot < 0 || isShared(name.text(), dot))) {
            throw wrong(0, "would allow the hosts of strangers", "name whose they are, *.example." + name.text());
        }
        return name;
    }

    /** {@code co.uk} and the like: a second label that countries give to everybody. */
    private static boolean isShared(String name, int dot) {
        return name.length() - dot == 3 && SHARED.contains(name.substring(0, dot));
    }

    private HostName name(String host) throws PatternException {
        int star = host.indexOf('*');
        if (star >= 0) {
            throw wrong(
                    text.indexOf(host) + star,
                    "has a star that is not its whole first label",
                    "write *.example.com for the hosts below a name, or each host");
        }
        HostName name = HostName.of(host).orElse(null);
        if (name == null) {
            throw wrong(text.indexOf(host), "does not name a host", remedy(host));
        }
        return name;
    }

    private static String remedy(String host) {
        if (host.isEmpty()) {
            return "write a host before the port, example.com:443";
        }
        if (!host.chars().allMatch(c -> c <= 0x7f)) {
            return "write the name as it is sent, in letters of ASCII: xn--...";
        }
        if (host.startsWith("[")) {
            return "write an IPv6 address without a zone, [2001:db8::1]:443";
        }
        if (HostName.readsAsNumber(host)) {
            return "write an address as four decimal numbers, 192.0.2.1";
        }
        return "write letters, digits, hyphens and dots: api.example.com";
    }

    private PatternException wrong(int at, String what, String fix) {
        return new PatternException(at, Said.quoted(text) + " " + what, fix);
    }
}
