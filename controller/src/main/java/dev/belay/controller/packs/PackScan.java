package dev.belay.controller.packs;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jgit.lib.Constants;

/**
 * Reads a pack from end to end without keeping its contents, and refuses what would cost too much to resolve. After it,
 * the parser's memory and time are bounded by the limits, whatever the sender made.
 */
final class PackScan {
    private static final int TRAILER = 20;

    /** @param heldBytes the most that the parser keeps in memory at one time for the deltas of this pack */
    record Result(int objects, long heldBytes) {}

    private final PackLimits limits;
    private final DataInputStream in;
    private final long end;
    private final byte[] input = new byte[64 * 1024];
    private final byte[] output = new byte[64 * 1024];
    private final byte[] head = new byte[20];
    private int at;
    private int filled;
    /** Of input[0] in the file. */
    private long position;

    private long[] offsets = new long[1024];
    private int[] bases = new int[1024];
    private long[] sizes = new long[1024];
    private int[] depths = new int[1024];
    private byte[] types = new byte[1024];
    private int refDeltas;
    private long deltaBytes;
    private long inflated;
    private long resolved;

    private PackScan(DataInputStream in, long size, PackLimits limits) {
        this.in = in;
        this.end = size - TRAILER;
        this.limits = limits;
    }

    static Result of(Path pack, PackLimits limits) throws IOException {
        try (InputStream file = Files.newInputStream(pack)) {
            return new PackScan(new DataInputStream(new BufferedInputStream(file, 1 << 16)), Files.size(pack), limits)
                    .run();
        } catch (EOFException e) {
            throw PackRefused.because("it ends in the middle of an object").causedBy(e);
        } catch (DataFormatException e) {
            throw PackRefused.because("an object does not inflate").causedBy(e);
        }
    }

    private Result run() throws IOException, DataFormatException {
        if (end < 12) {
            throw PackRefused.because("it is too short to be a pack");
        }
        long magic = int32();
        long version = int32();
        long count = int32();
        if (magic != 0x5041434BL || version != 2) {
            throw PackRefused.because("it is not a git pack of version 2");
        }
        if (count == 0) {
            throw PackRefused.because("it holds no objects");
        }
        if (count > limits.maxObjects()) {
            throw PackRefused.tooMuch("its " + count + " objects", limits.maxObjects());
        }
        Inflater inflater = new Inflater();
        try {
            for (int i = 0; i < count; i++) {
                object(i, inflater);
            }
        } finally {
            inflater.end();
        }
        if (position + at != end) {
            throw PackRefused.because("bytes follow its last object");
        }
        return new Result((int) count, held((int) count));
    }

    private void object(int index, Inflater inflater) throws IOException, DataFormatException {
        long offset = position + at;
        int c = read();
        int type = (c >> 4) & 7;
        long size = c & 15;
        for (int shift = 4; (c & 0x80) != 0; shift += 7) {
            if (shift > 56) {
                throw PackRefused.because("an object's size is not a number");
            }
            c = read();
            size |= (long) (c & 0x7f) << shift;
        }
        grow(index);
        offsets[index] = offset;
        bases[index] = -1;
        switch (type) {
            case Constants.OBJ_COMMIT, Constants.OBJ_TREE, Constants.OBJ_BLOB, Constants.OBJ_TAG -> {
                types[index] = (byte) type;
                sizes[index] = checked(size, type);
                inflate(size, inflater);
            }
            case Constants.OBJ_OFS_DELTA -> {
                long back = offsetToBase();
                int base = Arrays.binarySearch(offsets, 0, index, offset - back);
                if (base < 0) {
                    throw PackRefused.because("a delta names a base that is no object of the pack");
                }
                bases[index] = base;
                types[index] = types[base];
                depths[index] = depths[base] + 1;
                delta(index, size, inflater);
            }
            case Constants.OBJ_REF_DELTA -> {
                for (int i = 0; i < Constants.OBJECT_ID_LENGTH; i++) {
                    read();
                }
                refDeltas++;
                types[index] = Constants.OBJ_BLOB;
                delta(index, size, inflater);
            }
            default -> throw PackRefused.because("an object has the unknown type " + type);
        }
    }

    private void delta(int index, long size, Inflater inflater) throws IOException, DataFormatException {
        if (depths[index] > limits.maxDeltaDepth()) {
            throw PackRefused.tooMuch("a chain of deltas", limits.maxDeltaDepth());
        }
        checked(size, types[index]);
        inflate(size, inflater);
        sizes[index] = checked(resultSize(), types[index]);
        deltaBytes += sizes[index] + size;
    }

    private long checked(long size, int type) {
        long limit = type == Constants.OBJ_BLOB ? limits.maxObjectBytes() : limits.maxTreeBytes();
        if (size < 0 || size > limit) {
            throw PackRefused.tooMuch("an object of " + size + " bytes", limit);
        }
        return size;
    }

    /** The second number at the head of a delta. */
    private long resultSize() {
        int i = 0;
        long value = 0;
        for (int part = 0; part < 2; part++) {
            value = 0;
            int shift = 0;
            int c;
            do {
                if (i == head.length || shift > 56) {
                    throw PackRefused.because("a delta has no sizes");
                }
                c = head[i++];
                value |= (long) (c & 0x7f) << shift;
                shift += 7;
            } while ((c & 0x80) != 0);
        }
        return value;
    }

    private void inflate(long size, Inflater inflater) throws IOException, DataFormatException {
        inflater.reset();
        Arrays.fill(head, (byte) 0);
        long got = 0;
        while (!inflater.finished()) {
            if (inflater.needsInput()) {
                if (at == filled) {
                    fill();
                }
                inflater.setInput(input, at, filled - at);
                at = filled;
            }
            int n = inflater.inflate(output, 0, output.length);
            if (inflater.needsDictionary()) {
                throw PackRefused.because("an object wants a zlib dictionary");
            }
            for (int i = 0; i < n && got + i < head.length; i++) {
                head[(int) got + i] = output[i];
            }
            got += n;
            if (got > size) {
                throw PackRefused.because("an object is longer than it says");
            }
        }
        at -= inflater.getRemaining();
        if (got != size) {
            throw PackRefused.because("an object is shorter than it says");
        }
        inflated += got;
        if (inflated > limits.maxInflatedBytes()) {
            throw PackRefused.tooMuch("what it inflates to", limits.maxInflatedBytes());
        }
    }

    /**
     * The parser goes through each tree of deltas depth first and keeps an object as long as it has children to come. An
     * object with one child is let go of when that child is made, one with several is kept below it.
     */
    private long held(int count) {
        int[] children = new int[count];
        for (int i = 0; i < count; i++) {
            resolved += sizes[i];
            if (bases[i] >= 0) {
                children[bases[i]]++;
            }
        }
        if (resolved > limits.maxResolvedBytes()) {
            throw PackRefused.tooMuch("what its deltas resolve to", limits.maxResolvedBytes());
        }
        long most = 0;
        long[] above = new long[count];
        for (int i = 0; i < count; i++) {
            int base = bases[i];
            if (base >= 0) {
                above[i] = above[base] + (children[base] > 1 ? sizes[base] : 0);
                most = Math.max(most, above[i] + sizes[base] + sizes[i]);
            }
        }
        // Whose base is only named by id can hang anywhere, so all of them are counted as held at once.
        long held = refDeltas == 0 ? most : most + deltaBytes;
        if (held > limits.maxHeldBytes()) {
            throw PackRefused.tooMuch("the memory that its deltas need", limits.maxHeldBytes());
        }
        return held;
    }

    private void grow(int index) {
        if (index == offsets.length) {
            int more = index * 2;
            offsets = Arrays.copyOf(offsets, more);
            bases = Arrays.copyOf(bases, more);
            sizes = Arrays.copyOf(sizes, more);
            depths = Arrays.copyOf(depths, more);
            types = Arrays.copyOf(types, more);
        }
    }

    private long offsetToBase() throws IOException {
        int c = read();
        long value = c & 0x7f;
        for (int i = 0; (c & 0x80) != 0; i++) {
            if (i > 8) {
                throw PackRefused.because("a delta's base is not a number");
            }
            c = read();
            value = ((value + 1) << 7) | (c & 0x7f);
        }
        return value;
    }

    private long int32() throws IOException {
        return ((long) read() << 24) | (read() << 16) | (read() << 8) | read();
    }

    private int read() throws IOException {
        if (at == filled) {
            fill();
        }
        return input[at++] & 0xff;
    }

    private void fill() throws IOException {
        position += filled;
        at = 0;
        filled = 0;
        long left = end - position;
        if (left <= 0) {
            throw new EOFException();
        }
        int n = in.read(input, 0, (int) Math.min(input.length, left));
        if (n <= 0) {
            throw new EOFException();
        }
        filled = n;
    }
}
