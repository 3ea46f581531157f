package dev.belay.runner.ports;

import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HandException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The ports on which something listens in a sandbox's own network, as the kernel tells whoever is inside. */
public final class Listening {
    private static final String[] TABLES = {"/proc/net/tcp", "/proc/net/tcp6"};
    /** What listens comes before all connections there. */
    private static final int MOST_BYTES = 256 << 10;

    private static final Pattern ADDRESS = Pattern.compile("([0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}");
    private static final int HIGHEST = 65535;
    private static final String LISTENS = "0A";

    private Listening() {}

    public static SortedSet<Integer> in(Hand hand) throws HandException {
        SortedSet<Integer> ports = new TreeSet<>();
        for (String table : TABLES) {
            // A kernel without IPv6 has no table of it.
            if (hand.status(table).kind().equals("file")) {
                byte[] bytes = hand.read(table, 0, MOST_BYTES).bytes();
                ports.addAll(in(new String(bytes, StandardCharsets.US_ASCII)));
            }
        }
        return Collections.unmodifiableSortedSet(ports);
    }

    /** Lines that are none of the kernel's say nothing: a hand's answer is not to be trusted. */
    static SortedSet<Integer> in(String table) {
        SortedSet<Integer> ports = new TreeSet<>();
        table.lines().skip(1).forEach(line -> {
            String[] fields = line.strip().split(" +", 5);
            if (fields.length == 5
                    && fields[3].equals(LISTENS)
                    && ADDRESS.matcher(fields[1]).matches()) {
                int port = Integer.parseInt(fields[1].substring(fields[1].length() - 4), 16);
                if (port > 0 && port <= HIGHEST) {
                    ports.add(port);
                }
            }
        });
        return ports;
    }
}
