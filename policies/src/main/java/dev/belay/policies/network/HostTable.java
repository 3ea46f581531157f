package dev.belay.policies.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules of one effect, found by the host: a look-up for each of its labels, however many rules there are.
 *
 * @param <R> a rule
 */
final class HostTable<R> {
    private record Entry<R>(HostPattern pattern, R rule) {}

    private final Map<String, List<Entry<R>>> exact = new HashMap<>();
    private final Map<String, List<Entry<R>>> below = new HashMap<>();
    private final List<Entry<R>> any = new ArrayList<>();

    void add(HostPattern pattern, R rule) {
        Entry<R> entry = new Entry<>(pattern, rule);
        switch (pattern.reach()) {
            case EXACT ->
                exact.computeIfAbsent(pattern.name(), _ -> new ArrayList<>()).add(entry);
            case BELOW ->
                below.computeIfAbsent(pattern.name(), _ -> new ArrayList<>()).add(entry);
            case ANY -> any.add(entry);
        }
    }

    boolean isEmpty() {
        return exact.isEmpty() && below.isEmpty() && any.isEmpty();
    }

    /** Of several that match, the one that names the host most closely. */
    Optional<R> find(HostName host, int port) {
        return all(host, port).findFirst();
    }

    /** Those that match, the one that names the host most closely first. */
    Stream<R> all(HostName host, int port) {
        return near(host).stream()
                .flatMap(List::stream)
                .filter(entry -> entry.pattern().ports().contains(port))
                .map(Entry::rule);
    }

    /** Whether there is a rule about the host, on whatever port. */
    boolean knows(HostName host) {
        return !near(host).isEmpty();
    }

    private List<List<Entry<R>>> near(HostName host) {
        List<List<Entry<R>>> near = new ArrayList<>(2);
        List<Entry<R>> same = exact.get(host.text());
        if (same != null) {
            near.add(same);
        }
        if (!host.isAddress() && !below.isEmpty()) {
            String name = host.text();
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                List<Entry<R>> above = below.get(name.substring(dot + 1));
                if (above != null) {
                    near.add(above);
                }
            }
        }
        if (!any.isEmpty()) {
            near.add(any);
        }
        return near;
    }
}
