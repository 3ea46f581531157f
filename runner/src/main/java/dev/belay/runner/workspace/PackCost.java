package dev.belay.runner.workspace;

import dev.belay.runner.workspace.PushedObjects.UnreadableException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * What it would take to unpack a pack, found out without doing so: a few bytes of it can stand for gigabytes, and what is not a
 * whole blob is unpacked in memory.
 */
final class PackCost {
    static final int MOST_OBJECTS = 100_000;
    /** In memory at once. */
    static final long MOST_HELD = 48L << 20;
    /** All that is read through, whether or not it is kept. */
    static final long MOST_UNPACKED = 2L << 30;

    private static final int HEADER = 12;
    private static final int HASH = 20;
    /** Of two lengths, before a delta's orders. */
    private static final int DELTA_HEAD = 20;

    /** @param base its index; −1 for none in this pack that is known by its place */
    private record Entry(int base, long size) {}

    private final ByteBuffer pack;
    private final ObjectReader known;
    private final Inflater inflater = new Inflater();
    private final byte[] piece = new byte[16 << 10];
    private final Map<Integer, Integer> places = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final byte[] head = new byte[DELTA_HEAD];
    private long unpacked;
    /** Of deltas whose base is named by its hash: nobody knows yet in which order they are unpacked. */
    private long loose;

    private boolean looseInside;
    private long largest;

    private PackCost(ByteBuffer pack, ObjectReader known) {
        this.pack = pack;
        this.known = known;
    }

    /**
     * @param known what a delta of the pack may be made on, beside the pack
     * @throws UnreadableException where it would take too much, or is no pack
     */
    static void check(Path file, ObjectReader known) throws IOException {
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
                    .asByteBuffer();
            PackCost cost = new PackCost(bytes, known);
            try {
                cost.check();
            } finally {
                cost.inflater.end();
            }
        }
    }

    private void check() throws IOException {
        if (pack.remaining() < HEADER + HASH || pack.getInt() != 0x5041434b) {
            throw new UnreadableException("it has no pack");
        }
        pack.getInt();
        int count = pack.getInt();
        if (count < 0 || count > MOST_OBJECTS) {
            throw new UnreadableException("it has more than " + MOST_OBJECTS + " objects");
        }
        for (int index = 0; index < count; index++) {
            places.put(pack.position(), index);
            entries.add(entry());
        }
        if (held() > MOST_HELD) {
            throw new UnreadableException("it would take more than " + (MOST_HELD >> 20) + " MiB of memory to unpack");
        }
    }

    private Entry entry() throws IOException {
        int start = pack.position();
        int first = next();
        int type = first >> 4 & 7;
        long size = first & 15;
        int shift = 4;
        for (int more = first; (more & 0x80) != 0; shift += 7) {
            more = next();
            if (shift > 32) {
                throw broken();
            }
            size |= (more & 0x7fL) << shift;
        }
        int base = -1;
        ObjectId named = ObjectId.zeroId();
        if (type == Constants.OBJ_OFS_DELTA) {
            base = places.getOrDefault((int) Math.clamp(start - distance(), -1, start), -1);
            if (base < 0) {
                throw broken();
            }
        } else if (type == Constants.OBJ_REF_DELTA) {
            byte[] hash = new byte[HASH];
            for (int at = 0; at < HASH; at++) {
                hash[at] = (byte) next();
            }
            named = ObjectId.fromRaw(hash);
        }
        inflate(size);
        if (type != Constants.OBJ_OFS_DELTA && type != Constants.OBJ_REF_DELTA) {
            largest = Math.max(largest, size);
            if (type != Constants.OBJ_BLOB && size > MOST_HELD) {
                throw new UnreadableException("an object of it is too large");
            }
            return new Entry(-1, size);
        }
        long result = result();
        count(result);
        if (type == Constants.OBJ_REF_DELTA) {
            loose += result + size + external(named);
        }
        return new Entry(base, result + size);
    }

    /** Of a base outside of the pack. */
    private long external(ObjectId named) throws IOException {
        try {
            long size = known.getObjectSize(named, ObjectReader.OBJ_ANY);
            count(size);
            return size;
        } catch (MissingObjectException inside) {
            looseInside = true;
            return 0;
        }
    }

    /** A base stays in memory as long as something else is made on it, too. */
    private long held() {
        int[] children = new int[entries.size()];
        entries.stream().filter(entry -> entry.base() >= 0).forEach(entry -> children[entry.base()]++);
        long[] above = new long[entries.size()];
        long most = 0;
        for (int index = 0; index < above.length; index++) {
            Entry entry = entries.get(index);
            if (entry.base() >= 0) {
                Entry base = entries.get(entry.base());
                above[index] = above[entry.base()] + (children[entry.base()] > 1 ? base.size() : 0);
                most = Math.max(most, above[index] + base.size() + entry.size());
            }
        }
        return most + loose + (looseInside ? largest : 0);
    }

    private long distance() throws UnreadableException {
        int next = next();
        long distance = next & 0x7f;
        while ((next & 0x80) != 0) {
            next = next();
            distance = (distance + 1 << 7) + (next & 0x7f);
            if (distance > Integer.MAX_VALUE) {
                throw broken();
            }
        }
        return distance;
    }

    /** Leaves the first bytes in {@link #head}. */
    private void inflate(long size) throws IOException {
        inflater.reset();
        inflater.setInput(pack.slice());
        long left = size;
        try {
            while (!inflater.finished()) {
                int got = inflater.inflate(piece);
                if (got == 0 && (inflater.needsInput() || inflater.needsDictionary()) && !inflater.finished()) {
                    throw broken();
                }
                if (left == size) {
                    System.arraycopy(piece, 0, head, 0, Math.min(got, DELTA_HEAD));
                }
                left -= got;
                count(got);
                if (left < 0) {
                    throw broken();
                }
            }
        } catch (DataFormatException bad) {
            throw broken();
        }
        if (left != 0) {
            throw broken();
        }
        pack.position(pack.position() + (int) inflater.getBytesRead());
    }

    /** What the delta says that it makes; whoever unpacks it holds it to that. */
    private long result() throws UnreadableException {
        int[] at = {0};
        length(at);
        long result = length(at);
        if (result > MOST_HELD) {
            throw new UnreadableException("an object of it is too large");
        }
        return result;
    }

    private long length(int[] at) throws UnreadableException {
        long length = 0;
        for (int shift = 0; shift < 35 && at[0] < DELTA_HEAD; shift += 7) {
            int next = head[at[0]++];
            length |= (next & 0x7fL) << shift;
            if ((next & 0x80) == 0) {
                return length;
            }
        }
        throw broken();
    }

    private void count(long bytes) throws UnreadableException {
        unpacked += bytes;
        if (unpacked > MOST_UNPACKED) {
            throw new UnreadableException("it is more than " + (MOST_UNPACKED >> 20) + " MiB unpacked");
        }
    }

    private int next() throws UnreadableException {
        if (!pack.hasRemaining()) {
            throw broken();
        }
        return pack.get() & 0xff;
    }

    private static UnreadableException broken() {
        return new UnreadableException("its pack is broken");
    }
}
