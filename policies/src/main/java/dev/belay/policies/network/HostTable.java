package dev.belay.policies.network;

import dev.belay.policies.language.Clause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of one effect, found by the host: a look-up for each of its labels, however many rules there are. */
final class HostTable {
    private record Entry(HostPattern pattern, Clause clause) {}

    private final Map<String, List<Entry>> exact = new HashMap<>();
    private final Map<String, List<Entry>> below = new HashMap<>();
    private final List<Entry> any = new ArrayList<>();

    void add(HostPattern pattern, Clause clause) {
        Entry entry = new Entry(pattern, clause);
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
    Optional<Clause> find(HostName host, int port) {
        for (List<Entry> entries : near(host)) {
            for (Entry entry : entries) {
                if (entry.pattern().ports().contains(port)) {
                    return Optional.of(entry.clause());
                }
            }
        }
        return Optional.empty();
    }

    /** Whether there is a rule about the host, on whatever port. */
    boolean knows(HostName host) {
        return !near(host).isEmpty();
    }

    private List<List<Entry>> near(HostName host) {
        List<List<Entry>> near = new ArrayList<>(2);
        List<Entry> same = exact.get(host.text());
        if (same != null) {
            near.add(same);
        }
        if (!host.isAddress() && !below.isEmpty()) {
            String name = host.text();
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                List<Entry> above = below.get(name.substring(dot + 1));
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
