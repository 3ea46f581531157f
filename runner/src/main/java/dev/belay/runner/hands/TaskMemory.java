package dev.belay.runner.hands;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tools remember of one task: where Bash stands, what the model has seen of which file, and the next free number
 * for an output file. Bounded: the longest unseen files are forgotten, and must then be read again.
 */
final class TaskMemory {
    /** Where outputs too long to show are kept, inside the sandbox. */
    static final String SCRATCH = "/tmp/belay";

    private static final int FILES = 4096;
    private static final long BYTES = 8L << 20;

    private final Map<String, Seen> files = new LinkedHashMap<>(16, 0.75f, true);
    private long held;
    private String directory = Hand.HOME;
    private int outputs;
    private int backgrounds;

    /**
     * What the model has seen of a file.
     *
     * @param whole all of it, or it wrote it
     * @param through every line up to this one, when not whole
     * @param parts the bytes of the pages it saw, when not whole
     */
    record Seen(boolean whole, long through, List<byte[]> parts, long size, long mtimeNanos) {
        Seen {
            parts = List.copyOf(parts);
        }

        boolean sameAs(Hand.FileStatus now) {
            return size == now.size() && mtimeNanos == now.mtimeNanos();
        }

        private long bytes() {
            return parts.stream().mapToLong(part -> part.length).sum();
        }
    }

    synchronized @Nullable Seen seen(String path) {
        return files.get(path);
    }

    synchronized void sawWhole(String path, Hand.FileStatus status) {
        put(path, new Seen(true, 0, List.of(), status.size(), status.mtimeNanos()));
    }

    /** @return whether, with the pages before it, all of the file has now been seen */
    synchronized boolean sawPage(
            String path, Hand.FileStatus status, long firstLine, long lastLine, boolean end, byte[] bytes) {
        Seen before = files.get(path);
        Seen same = before != null && before.sameAs(status) ? before : null;
        if (same != null && same.whole()) {
            return true;
        }
        long through = same == null ? 0 : same.through();
        if (firstLine <= through + 1) {
            through = Math.max(through, lastLine);
            if (end) {
                sawWhole(path, status);
                return true;
            }
        }
        List<byte[]> parts = new ArrayList<>(before == null ? List.of() : before.parts());
        parts.add(bytes);
        put(path, new Seen(false, through, parts, status.size(), status.mtimeNanos()));
        return false;
    }

    /** After an edit by the model: what it had seen it has still seen, and what it put in. */
    synchronized void edited(String path, Hand.FileStatus status, byte[] inserted) {
        Seen before = files.get(path);
        if (before == null || before.whole()) {
            sawWhole(path, status);
            return;
        }
        List<byte[]> parts = new ArrayList<>(before.parts());
        parts.add(inserted);
        put(path, new Seen(false, 0, parts, status.size(), status.mtimeNanos()));
    }

    /** After a patch by the model of a file that it has not seen all of. */
    synchronized void sawParts(String path, Hand.FileStatus status, List<byte[]> parts) {
        put(path, new Seen(false, 0, parts, status.size(), status.mtimeNanos()));
    }

    private void put(String path, Seen now) {
        Seen before = files.put(path, now);
        held += now.bytes() - (before == null ? 0 : before.bytes());
        while (files.size() > FILES || (held > BYTES && files.size() > 1)) {
            String eldest = files.keySet().iterator().next();
            Seen gone = files.remove(eldest);
            held -= gone == null ? 0 : gone.bytes();
        }
    }

    synchronized String directory() {
        return directory;
    }

    synchronized void standIn(String place) {
        directory = place;
    }

    synchronized String nextOutput() {
        return SCRATCH + "/out-" + ++outputs + ".txt";
    }

    synchronized int nextBackground() {
        return ++backgrounds;
    }
}
