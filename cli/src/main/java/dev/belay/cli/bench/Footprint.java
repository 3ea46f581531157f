package dev.belay.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The memory of process trees at one moment. Shared pages count once in all where the kernel shows the proportional size
 * (PSS); a process that does not show it counts with all that it maps (RSS), which is more, and is said.
 *
 * @param parts megabytes by what they are part of
 * @param shared processes that counted with their PSS
 * @param whole processes that counted with their RSS
 */
record Footprint(Map<String, Double> parts, int shared, int whole) {
    private static final double BYTES_PER_MB = 1e6;
    private static final int KIB = 1024;

    /** What a process tree holds, in bytes. */
    private record Held(long bytes, int shared, int whole) {
        static final Held NOTHING = new Held(0, 0, 0);

        Held and(Held other) {
            return new Held(bytes + other.bytes, shared + other.shared, whole + other.whole);
        }
    }

    /**
     * @param supervisors of the local start, by the name of what each keeps
     * @throws IOException when one of these has ended; a sum without it would be a lie
     */
    static Footprint of(Map<String, Long> supervisors) throws IOException {
        Map<String, Held> held = new LinkedHashMap<>();
        Held keeping = Held.NOTHING;
        for (String name : new String[] {"controller", "runner"}) {
            ProcessHandle supervisor = Optional.ofNullable(supervisors.get(name))
                    .flatMap(ProcessHandle::of)
                    .orElseThrow(() -> gone(name));
            ProcessHandle process = supervisor.children().findFirst().orElseThrow(() -> gone(name));
            keeping = keeping.and(of(supervisor.pid()));
            held.put(name, of(process.pid()));
            Held below = Held.NOTHING;
            try (Stream<ProcessHandle> all = process.descendants()) {
                for (ProcessHandle one : all.toList()) {
                    below = below.and(of(one.pid()));
                }
            }
            held.put(name.equals("controller") ? "database" : "sandboxes with the runner's launcher", below);
        }
        held.put("supervisors", keeping);
        Map<String, Double> parts = new LinkedHashMap<>();
        Held sum = Held.NOTHING;
        for (Map.Entry<String, Held> part : held.entrySet()) {
            parts.put(part.getKey(), part.getValue().bytes() / BYTES_PER_MB);
            sum = sum.and(part.getValue());
        }
        return new Footprint(parts, sum.shared(), sum.whole());
    }

    /** Of some processes, in one part. */
    static Footprint of(String part, List<Long> pids) throws IOException {
        Held sum = Held.NOTHING;
        for (long pid : pids) {
            sum = sum.and(of(pid));
        }
        return new Footprint(Map.of(part, sum.bytes() / BYTES_PER_MB), sum.shared(), sum.whole());
    }

    private static IOException gone(String name) {
        return new IOException("the " + name + " of the bench is not running any more");
    }

    /** Of one process, in megabytes. */
    static double of(ProcessHandle process) throws IOException {
        return of(process.pid()).bytes() / BYTES_PER_MB;
    }

    double megabytes() {
        return parts.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    String note() {
        StringBuilder note = new StringBuilder();
        if (whole == 0) {
            note.append("PSS of ").append(shared).append(" processes");
        } else {
            note.append("PSS of ")
                    .append(shared)
                    .append(" processes and RSS of ")
                    .append(whole);
            note.append(" whose PSS this user may not read");
        }
        String before = ": ";
        for (Map.Entry<String, Double> part : parts.entrySet()) {
            note.append(before).append(part.getKey()).append(' ').append(Report.figure(part.getValue()));
            before = ", ";
        }
        return note.toString();
    }

    private static Held of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            return new Held(kib(process.resolve("smaps_rollup"), "Pss:") * KIB, 1, 0);
        } catch (IOException notShown) {
            try {
                return new Held(kib(process.resolve("status"), "VmRSS:") * KIB, 0, 1);
            } catch (NoSuchFileException ended) {
                return Held.NOTHING;
            } catch (IOException unreadable) {
                if (!Files.exists(process)) {
                    return Held.NOTHING;
                }
                unreadable.addSuppressed(notShown);
                throw unreadable;
            }
        }
    }

    /** The number of a line of a file in /proc; 0 where the line is missing, as of a process that holds nothing. */
    static long kib(Path file, String line) throws IOException {
        for (String text : Files.readAllLines(file)) {
            if (text.startsWith(line)) {
                return Long.parseLong(
                        text.substring(line.length(), text.lastIndexOf(' ')).strip());
            }
        }
        return 0;
    }
}
