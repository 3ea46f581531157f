package dev.belay.controller.postgres;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Decodes a sequence of LZMA2 chunks, as specified for the .xz format. */
final class Lzma2 {
    private static final int PROBABILITY_HALF = 1024;
    private static final int LITERAL_STATES = 7;

    private final DataInputStream in;

    // The window of what was decoded last; [flushed, at) was not handed out yet.
    private final byte[] window;
    private int flushed;
    private int at;
    private int full;
    private int limit;
    private int pendingLength;
    private int pendingDistance;

    // The chunk at hand.
    private int chunkLeft;
    private boolean compressed;
    private boolean ended;
    private boolean needsDictionary = true;
    private boolean needsProperties = true;

    // The range coder over the chunk's bytes.
    private final byte[] input = new byte[1 << 16];
    private int inputAt;
    private int range;
    private int code;

    // The model.
    private int lc;
    private int lp;
    private int positionMask;
    private int state;
    private int rep0;
    private int rep1;
    private int rep2;
    private int rep3;
    private short[][] literals = new short[0][];
    private final short[][] isMatch = new short[12][16];
    private final short[] isRep = new short[12];
    private final short[] isRep0 = new short[12];
    private final short[] isRep1 = new short[12];
    private final short[] isRep2 = new short[12];
    private final short[][] isRep0Long = new short[12][16];
    private final short[][] distanceSlots = new short[4][64];
    private final short[][] distanceSpecial = {
        new short[2],
        new short[2],
        new short[4],
        new short[4],
        new short[8],
        new short[8],
        new short[16],
        new short[16],
        new short[32],
        new short[32]
    };
    private final short[] distanceAlign = new short[16];
    private final Lengths matchLengths = new Lengths();
    private final Lengths repLengths = new Lengths();

    private static final class Lengths {
        final short[] choice = new short[2];
        final short[][] low = new short[16][8];
        final short[][] mid = new short[16][8];
        final short[] high = new short[256];

        void reset() {
            Arrays.fill(choice, (short) PROBABILITY_HALF);
            fill(low);
            fill(mid);
            Arrays.fill(high, (short) PROBABILITY_HALF);
        }
    }

    Lzma2(DataInputStream in, int dictionary) {
        this.in = in;
        this.window = new byte[(Math.max(dictionary, 4096) + 15) & ~15];
    }

    /** Answers how many bytes it wrote, at least one, or -1 at the end. */
    int read(byte[] out, int offset, int length) throws IOException {
        while (!ended) {
            if (chunkLeft == 0) {
                nextChunk();
                continue;
            }
            int most = Math.min(chunkLeft, length);
            limit = window.length - at <= most ? window.length : at + most;
            if (compressed) {
                decode();
            } else {
                int n = limit - at;
                in.readFully(window, at, n);
                at += n;
                full = Math.max(full, at);
            }
            int n = at - flushed;
            System.arraycopy(window, flushed, out, offset, n);
            if (at == window.length) {
                at = 0;
            }
            flushed = at;
            chunkLeft -= n;
            if (chunkLeft == 0 && pendingLength > 0) {
                throw new IOException("an LZMA2 chunk is longer than it says");
            }
            return n;
        }
        return -1;
    }

    private void nextChunk() throws IOException {
        int control = in.readUnsignedByte();
        if (control == 0) {
            ended = true;
            return;
        }
        if (control >= 0xE0 || control == 1) {
            needsDictionary = false;
            needsProperties = needsProperties || control == 1;
            full = at = flushed = 0;
            window[window.length - 1] = 0;
        } else if (needsDictionary) {
            throw new IOException("LZMA2 data begin without a dictionary");
        }
        if (control < 0x80) {
            if (control > 2) {
                throw new IOException("an LZMA2 chunk is of an unknown kind");
            }
            compressed = false;
            chunkLeft = in.readUnsignedShort() + 1;
            return;
        }
        compressed = true;
        chunkLeft = ((control & 0x1f) << 16) + in.readUnsignedShort() + 1;
        int size = in.readUnsignedShort() + 1;
        if (control >= 0xC0) {
            properties(in.readUnsignedByte());
            needsProperties = false;
            resetModel();
        } else if (needsProperties) {
            throw new IOException("LZMA2 data begin without properties");
        } else if (control >= 0xA0) {
            resetModel();
        }
        if (size < 5 || in.readUnsignedByte() != 0) {
            throw new IOException("an LZMA2 chunk is damaged");
        }
        code = in.readInt();
        range = -1;
        inputAt = 0;
        in.readFully(input, 0, size - 5);
    }

    private void properties(int packed) throws IOException {
        int pb = packed / 45;
        lp = packed % 45 / 9;
        lc = packed % 45 % 9;
        if (packed > 224 || lc + lp > 4) {
            throw new IOException("LZMA2 properties are out of range");
        }
        positionMask = (1 << pb) - 1;
        literals = new short[1 << (lc + lp)][0x300];
    }

    private void resetModel() {
        state = 0;
        rep0 = rep1 = rep2 = rep3 = 0;
        fill(literals);
        fill(isMatch);
        for (short[] one : new short[][] {isRep, isRep0, isRep1, isRep2, distanceAlign}) {
            Arrays.fill(one, (short) PROBABILITY_HALF);
        }
        fill(isRep0Long);
        fill(distanceSlots);
        fill(distanceSpecial);
        matchLengths.reset();
        repLengths.reset();
    }

    private static void fill(short[][] probabilities) {
        for (short[] one : probabilities) {
            Arrays.fill(one, (short) PROBABILITY_HALF);
        }
    }

    private void decode() throws IOException {
        if (pendingLength > 0) {
            repeat(pendingDistance, pendingLength);
        }
        while (at < limit) {
            int position = at & positionMask;
            if (bit(isMatch[state], position) == 0) {
                literal();
            } else {
                int length = bit(isRep, state) == 0 ? match(position) : rep(position);
                repeat(rep0, length);
            }
        }
        normalize();
    }

    private void literal() {
        int before = back(0);
        short[] probabilities = literals[(before >> (8 - lc)) + ((at & ((1 << lp) - 1)) << lc)];
        int symbol = 1;
        if (state < LITERAL_STATES) {
            while (symbol < 0x100) {
                symbol = symbol << 1 | bit(probabilities, symbol);
            }
        } else {
            int match = back(rep0);
            int offset = 0x100;
            while (symbol < 0x100) {
                match <<= 1;
                int matchBit = match & offset;
                int bit = bit(probabilities, offset + matchBit + symbol);
                symbol = symbol << 1 | bit;
                offset &= (0 - bit) ^ ~matchBit;
            }
        }
        window[at++] = (byte) symbol;
        full = Math.max(full, at);
        state = state <= 3 ? 0 : state <= 9 ? state - 3 : state - 6;
    }

    private int match(int position) {
        state = state < LITERAL_STATES ? 7 : 10;
        rep3 = rep2;
        rep2 = rep1;
        rep1 = rep0;
        int length = length(matchLengths, position);
        int slot = tree(distanceSlots[Math.min(length - 2, 3)]);
        if (slot < 4) {
            rep0 = slot;
            return length;
        }
        int bits = (slot >> 1) - 1;
        rep0 = (2 | slot & 1) << bits;
        if (slot < 14) {
            rep0 |= reverseTree(distanceSpecial[slot - 4]);
        } else {
            rep0 |= direct(bits - 4) << 4;
            rep0 |= reverseTree(distanceAlign);
        }
        return length;
    }

    private int rep(int position) {
        if (bit(isRep0, state) == 0) {
            if (bit(isRep0Long[state], position) == 0) {
                state = state < LITERAL_STATES ? 9 : 11;
                return 1;
            }
        } else {
            int distance;
            if (bit(isRep1, state) == 0) {
                distance = rep1;
            } else {
                if (bit(isRep2, state) == 0) {
                    distance = rep2;
                } else {
                    distance = rep3;
                    rep3 = rep2;
                }
                rep2 = rep1;
            }
            rep1 = rep0;
            rep0 = distance;
        }
        state = state < LITERAL_STATES ? 8 : 11;
        return length(repLengths, position);
    }

    private int length(Lengths lengths, int position) {
        if (bit(lengths.choice, 0) == 0) {
            return tree(lengths.low[position]) + 2;
        }
        if (bit(lengths.choice, 1) == 0) {
            return tree(lengths.mid[position]) + 10;
        }
        return tree(lengths.high) + 18;
    }

    private void repeat(int distance, int length) throws IOException {
        if (distance < 0 || distance >= full) {
            throw new IOException("LZMA2 data point before their beginning");
        }
        int now = Math.min(limit - at, length);
        pendingLength = length - now;
        pendingDistance = distance;
        int from = at - distance - 1;
        if (from < 0) {
            from += window.length;
        }
        for (int i = 0; i < now; i++) {
            window[at++] = window[from++];
            if (from == window.length) {
                from = 0;
            }
        }
        full = Math.max(full, at);
    }

    private int back(int distance) {
        int from = at - distance - 1;
        return window[from < 0 ? from + window.length : from] & 0xff;
    }

    private void normalize() {
        if ((range & 0xFF000000) == 0) {
            code = code << 8 | input[inputAt++] & 0xff;
            range <<= 8;
        }
    }

    private int bit(short[] probabilities, int index) {
        normalize();
        int probability = probabilities[index];
        int bound = (range >>> 11) * probability;
        if (Integer.compareUnsigned(code, bound) < 0) {
            range = bound;
            probabilities[index] = (short) (probability + ((2048 - probability) >>> 5));
            return 0;
        }
        range -= bound;
        code -= bound;
        probabilities[index] = (short) (probability - (probability >>> 5));
        return 1;
    }

    private int tree(short[] probabilities) {
        int symbol = 1;
        while (symbol < probabilities.length) {
            symbol = symbol << 1 | bit(probabilities, symbol);
        }
        return symbol - probabilities.length;
    }

    private int reverseTree(short[] probabilities) {
        int symbol = 1;
        int result = 0;
        for (int i = 0; symbol < probabilities.length; i++) {
            int bit = bit(probabilities, symbol);
            symbol = symbol << 1 | bit;
            result |= bit << i;
        }
        return result;
    }

    private int direct(int count) {
        int result = 0;
        for (int i = 0; i < count; i++) {
            normalize();
            range >>>= 1;
            int t = (code - range) >>> 31;
            code -= range & (t - 1);
            result = result << 1 | (1 - t);
        }
        return result;
    }
}
