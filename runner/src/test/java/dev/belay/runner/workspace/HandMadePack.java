package dev.belay.runner.workspace;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.DeflaterOutputStream;

/** A pack as git would not make it. */
final class HandMadePack {
    private static final int BLOB = 3;
    private static final int DELTA = 6;
    /** As many bytes as one order copies. */
    private static final int COPIED = 0xffff;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** @param count of objects, by its own words */
    HandMadePack(int count) {
        out.writeBytes(ByteBuffer.allocate(12)
                .putInt(0x5041434b)
                .putInt(2)
                .putInt(count)
                .array());
    }

    /** Where it is. */
    int blob(byte[] bytes) throws Exception {
        int place = out.size();
        head(BLOB, bytes.length);
        deflated(bytes);
        return place;
    }

    /** The first bytes of the base, over and over. */
    int copyOf(int base, int baseSize, int size) throws Exception {
        int place = out.size();
        ByteArrayOutputStream delta = new ByteArrayOutputStream();
        length(delta, baseSize);
        length(delta, size);
        int most = Math.min(COPIED, baseSize);
        for (int left = size; left > 0; left -= Math.min(left, most)) {
            int count = Math.min(left, most);
            delta.writeBytes(new byte[] {(byte) 0xb0, (byte) count, (byte) (count >> 8)});
        }
        head(DELTA, delta.size());
        offset(place - base);
        deflated(delta.toByteArray());
        return place;
    }

    byte[] end() throws Exception {
        out.writeBytes(MessageDigest.getInstance("SHA-1").digest(out.toByteArray()));
        return out.toByteArray();
    }

    private void head(int type, int size) {
        int left = size >> 4;
        out.write(type << 4 | size & 15 | (left > 0 ? 0x80 : 0));
        if (left > 0) {
            length(out, left);
        }
    }

    private static void length(ByteArrayOutputStream to, int length) {
        int left = length;
        for (; left > 0x7f; left >>= 7) {
            to.write(left & 0x7f | 0x80);
        }
        to.write(left);
    }

    private void offset(int distance) {
        byte[] digits = new byte[5];
        int at = digits.length - 1;
        digits[at] = (byte) (distance & 0x7f);
        for (int left = distance >> 7; left > 0; left >>= 7) {
            left--;
            digits[--at] = (byte) (left & 0x7f | 0x80);
        }
        out.write(digits, at, digits.length - at);
    }

    private void deflated(byte[] bytes) throws Exception {
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(new Uncloseable())) {
            deflated.write(bytes);
        }
    }

    private final class Uncloseable extends java.io.OutputStream {
        @Override
        public void write(int one) {
            out.write(one);
        }
    }
}
