package dev.belay.policies.network;

import dev.belay.policies.language.PatternException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hosts and ports: {@code example.com}, {@code *.example.com:443}, {@code [2001:db8::1]:8000-8010}. A star stands for one
 * or more whole labels, never for the name behind it itself, never for an address.
 */
public final class HostPattern {
    enum Reach {
        EXACT,
        BELOW,
        ANY
    }

    private final Reach reach;
    private final String name;
    private final Ports ports;
    private final String text;

    HostPattern(Reach reach, @Nullable HostName name, Ports ports) {
        this.reach = reach;
        this.name = name == null ? "" : name.text();
        this.ports = ports;
        String hosts = name == null ? "" : name.bracketed();
        this.text = switch (reach) {
                    case EXACT -> hosts;
                    case BELOW -> "*." + hosts;
                    case ANY -> "*";
                }
                + ports.text();
    }

    /** One that may grant: it names hosts, and without a port it means 443 and 80. */
    public static HostPattern parse(String text) throws PatternException {
        return new HostPatternParser(text, true).pattern();
    }

    /** One that only takes away: it may mean every host, and without a port it means any. */
    public static HostPattern parseAny(String text) throws PatternException {
        return new HostPatternParser(text, false).pattern();
    }

    public boolean matches(HostName host, int port) {
        return ports.contains(port)
                && switch (reach) {
                    case EXACT -> host.text().equals(name);
                    case BELOW -> isBelow(host);
                    case ANY -> true;
                };
    }

    /** Whether everything that the other names is among what this one does. False is no proof that something is not. */
    public boolean covers(HostPattern other) {
        return ports.covers(other.ports)
                && switch (reach) {
                    case EXACT -> other.reach == Reach.EXACT && other.name.equals(name);
                    case BELOW ->
                        other.reach == Reach.BELOW && other.name.equals(name)
                                || other.reach != Reach.ANY
                                        && other.name.endsWith("." + name)
                                        && other.name.indexOf(':') < 0;
                    case ANY -> true;
                };
    }

    /** Whether there may be a host and a port that both name. False is proof that there is none. */
    public boolean overlaps(HostPattern other) {
        return ports.overlaps(other.ports)
                && (reach == Reach.ANY
                        || other.reach == Reach.ANY
                        || name.equals(other.name) && reach == other.reach
                        || reach == Reach.BELOW && other.name.endsWith("." + name)
                        || other.reach == Reach.BELOW && name.endsWith("." + other.name));
    }

    private boolean isBelow(HostName host) {
        int dot = host.text().length() - name.length() - 1;
        return !host.isAddress()
                && dot > 0
                && host.text().charAt(dot) == '.'
                && host.text().endsWith(name);
    }

    /** The one host that it names, if it does. */
    public Optional<String> oneHost() {
        return reach == Reach.EXACT ? Optional.of(name) : Optional.empty();
    }

    public int firstPort() {
        return ports.first();
    }

    public int lastPort() {
        return ports.last();
    }

    Reach reach() {
        return reach;
    }

    /** What matches exactly, or what stands behind the star; empty for every host. */
    String name() {
        return name;
    }

    Ports ports() {
        return ports;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HostPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
