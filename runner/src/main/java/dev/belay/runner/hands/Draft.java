package dev.belay.runner.hands;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of a patch as they are and as they are to be. Nothing is written here; the sandbox is only read. */
final class Draft {
    /** What is held of files at once. */
    private static final long MOST_BYTES = 64L << 20;

    private final Hand hand;
    private final TaskMemory memory;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long held;

    Draft(Hand hand, TaskMemory memory) {
        this.hand = hand;
        this.memory = memory;
    }

    /** One file. */
    static final class Entry {
        final String path;
        /** As it was when the draft was begun. */
        final Hand.FileStatus status;

        final byte @Nullable [] before;
        /** As it is to be; null for no file. */
        byte @Nullable [] after;
        /** What the model has seen of it, with the lines that its patch names. */
        final List<byte[]> seen = new ArrayList<>();
        /** It has read of it, and the file is still as it was then. */
        boolean read;
        /** It has read all of it, and the file is still as it was then. */
        boolean whole;
        /** The file that this one is to be in place of. */
        @Nullable Entry from;

        Entry(String path, Hand.FileStatus status, byte @Nullable [] before) {
            this.path = path;
            this.status = status;
            this.before = before;
            this.after = before;
        }

        /** All that is known of the other is known of this one. */
        void takeFrom(Entry other) {
            from = other;
            after = other.after;
            read = other.read;
            whole = other.whole;
            seen.addAll(other.seen);
        }

        boolean isChanged() {
            return !Arrays.equals(before, after);
        }

        /** Whether it goes to another place, as far as anybody can tell afterwards. */
        boolean isMovedFrom(Entry other) {
            return from == other && other.before != null && other.after == null;
        }
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    Entry open(String path) throws BadCallException, HandException, InterruptedException {
        Entry known = entries.get(path);
        if (known != null) {
            return known;
        }
        Hand.FileStatus status = hand.status(path);
        if (status.kind().equals("absent")) {
            return enter(new Entry(path, status, null));
        }
        FilePaths.requireFile(PatchText.TOOL, hand, path, status);
        held += status.size();
        if (status.size() > Hand.MAX_CONTENT || held > MOST_BYTES) {
            throw new BadCallException(
                    "%s: %s has %,d bytes; at most %,d can be patched, and files of %,d with one patch. Use Bash (sed, perl)."
                            .formatted(
                                    PatchText.TOOL,
                                    SandboxPath.display(path),
                                    status.size(),
                                    Hand.MAX_CONTENT,
                                    MOST_BYTES));
        }
        return enter(
                new Entry(path, status, hand.read(path, 0, Hand.MAX_CONTENT).bytes()));
    }

    /** Where there is no file, and can be one. */
    Entry openNew(String path) throws BadCallException, HandException, InterruptedException {
        Entry entry = open(path);
        byte[] there = entry.after;
        if (there != null && there.length > 0) {
            throw new BadCallException(
                    "%s: %s exists; \"*** Update File\" changes a file, \"*** Add File\" and \"*** Move to\" only make one."
                            .formatted(PatchText.TOOL, SandboxPath.display(path)));
        }
        for (String above = parent(path); !above.isEmpty(); above = parent(above)) {
            Entry drafted = entries.get(above);
            String kind = drafted != null && drafted.after != null
                    ? "file"
                    : hand.status(above).kind();
            if (kind.equals("directory")) {
                break;
            }
            if (!kind.equals("absent")) {
                throw new BadCallException("%s: %s cannot be made: %s is no directory."
                        .formatted(PatchText.TOOL, SandboxPath.display(path), SandboxPath.display(above)));
            }
        }
        return entry;
    }

    private Entry enter(Entry entry) {
        TaskMemory.Seen seen = memory.seen(entry.path);
        boolean nothing = entry.before == null || entry.before.length == 0;
        entry.read = nothing;
        entry.whole = nothing;
        if (seen != null) {
            boolean same = seen.sameAs(entry.status);
            entry.read |= same;
            entry.whole |= same && seen.whole();
            entry.seen.addAll(seen.parts());
        }
        entries.put(entry.path, entry);
        return entry;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
