package dev.belay.controller.packs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.Deflater;

/** Packs as a hostile sender would make them. */
final class HandmadePack {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int objects;

    HandmadePack() {
        out.writeBytes("PACK".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {0, 0, 0, 2, 0, 0, 0, 0});
    }

    /** Answers the object's offset. */
    int whole(int type, byte[] content) {
        return entry(type, content.length, new byte[0], deflate(content));
    }

    int lying(int type, long size, byte[] content) {
        return entry(type, size, new byte[0], deflate(content));
    }

    int deltaOf(int base, byte[] delta) {
        long back = out.size() - base;
        byte[] link = new byte[10];
        int at = link.length;
        link[--at] = (byte) (back & 0x7f);
        while ((back >>= 7) != 0) {
            link[--at] = (byte) (0x80 | (--back & 0x7f));
        }
        byte[] used = new byte[link.length - at];
        System.arraycopy(link, at, used, 0, used.length);
        return entry(6, delta.length, used, deflate(delta));
    }

    int deltaOf(String baseId, byte[] delta) {
        return entry(7, delta.length, HexFormat.of().parseHex(baseId), deflate(delta));
    }

    private int entry(int type, long size, byte[] link, byte[] data) {
        int offset = out.size();
        int first = (type << 4) | (int) (size & 15);
        size >>>= 4;
        while (size != 0) {
            out.write(first | 0x80);
            first = (int) (size & 0x7f);
            size >>>= 7;
        }
        out.write(first);
        out.writeBytes(link);
        out.writeBytes(data);
        objects++;
        return offset;
    }

    byte[] build() {
        return build(objects);
    }

    byte[] build(int claimed) {
        try {
            byte[] pack = out.toByteArray();
            ByteBuffer.wrap(pack).putInt(8, claimed);
            byte[] sum = MessageDigest.getInstance("SHA-1").digest(pack);
            return ByteBuffer.allocate(pack.length + 20).put(pack).put(sum).array();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A delta that copies the first {@code copy} bytes of its base and then adds {@code tail}. */
    static byte[] delta(int baseSize, int copy, byte[] tail) {
        ByteArrayOutputStream delta = new ByteArrayOutputStream();
        varint(delta, baseSize);
        varint(delta, copy + tail.length);
        for (int at = 0; at < copy; ) {
            int n = Math.min(copy - at, 0xffffff);
            delta.write(0xff);
            delta.writeBytes(new byte[] {
                (byte) at,
                (byte) (at >> 8),
                (byte) (at >> 16),
                (byte) (at >> 24),
                (byte) n,
                (byte) (n >> 8),
                (byte) (n >> 16)
            });
            at += n;
        }
        for (int at = 0; at < tail.length; at += 127) {
            int n = Math.min(127, tail.length - at);
            delta.write(n);
            delta.write(tail, at, n);
        }
        return delta.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        while (value >= 0x80) {
            out.write((int) (value & 0x7f) | 0x80);
            value >>>= 7;
        }
        out.write((int) value);
    }

    private static byte[] deflate(byte[] content) {
        Deflater deflater = new Deflater(1);
        deflater.setInput(content);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[65536];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }
}
