package dev.belay.policies.network;

import dev.belay.policies.language.PatternException;

/**
 * The ports of a pattern.
 *
 * @param text as it stands behind the host, with its colon; empty for those of the web
 */
record Ports(String text, int first, int last) {
    private static final int MOST = 65_535;

    static final Ports ANY = new Ports(":*", 1, MOST);

    /** 443, and 80: nothing between them. */
    static final Ports WEB = new Ports("", 80, 443);

    /**
     * @param said what stands behind the colon
     * @param pattern the whole, for messages
     */
    static Ports parse(String said, String pattern, int at) throws PatternException {
        if (said.equals("*")) {
            return ANY;
        }
        int dash = said.indexOf('-');
        int first = port(dash < 0 ? said : said.substring(0, dash), pattern, at);
        int last = dash < 0 ? first : port(said.substring(dash + 1), pattern, at + dash + 1);
        if (last < first) {
            throw new PatternException(
                    at, Said.quoted(pattern) + " ends before it begins", "write " + last + "-" + first);
        }
        return new Ports(first == last ? ":" + first : ":" + first + "-" + last, first, last);
    }

    private static int port(String said, String pattern, int at) throws PatternException {
        int port = Decimal.of(said).orElse(0);
        if (port < 1 || port > MOST) {
            throw new PatternException(
                    at,
                    Said.quoted(said) + " in " + Said.quoted(pattern) + " is not a port",
                    "write one port as in example.com:443, a range as in example.com:8000-8010, or example.com:*"
                            + " for any; several ports are several patterns");
        }
        return port;
    }

    boolean covers(Ports other) {
        return text.isEmpty()
                ? other.equals(WEB) || other.first == other.last && contains(other.first)
                : first <= other.first && other.last <= last;
    }

    boolean overlaps(Ports other) {
        return text.isEmpty()
                ? other.contains(first) || other.contains(last)
                : other.text.isEmpty() ? other.overlaps(this) : first <= other.last && other.first <= last;
    }

    boolean contains(int port) {
        return text.isEmpty() ? port == first || port == last : port >= first && port <= last;
    }
}
