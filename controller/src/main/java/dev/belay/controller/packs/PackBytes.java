package dev.belay.controller.packs;

import dev.belay.proto.snapshot.ObjectSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;

/** A small git pack, made in memory: whole objects, and of them only those that are not there already. */
final class PackBytes implements ObjectSink {
    private static final int LOW = 4;
    private static final int MORE = 7;

    private final ObjectReader held;
    private final ObjectInserter.Formatter hash = new ObjectInserter.Formatter();
    private final Set<ObjectId> written = new HashSet<>();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();

    PackBytes(ObjectReader held) {
        this.held = held;
    }

    @Override
    public ObjectId add(int type, byte[] bytes) throws IOException {
        ObjectId id = hash.idFor(type, bytes);
        if (held.has(id) || !written.add(id)) {
            return id;
        }
        int rest = bytes.length >>> LOW;
        int head = (type << LOW) | (bytes.length & 0x0f);
        while (rest > 0) {
            entries.write(head | 0x80);
            head = rest & 0x7f;
            rest >>>= MORE;
        }
        entries.write(head);
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream out = new DeflaterOutputStream(entries, fast)) {
            out.write(bytes);
        } finally {
            fast.end();
        }
        return id;
    }

    byte[] bytes() {
        byte[] body = ByteBuffer.allocate(12 + entries.size())
                .put("PACK".getBytes(StandardCharsets.US_ASCII))
                .putInt(2)
                .putInt(written.size())
                .put(entries.toByteArray())
                .array();
        byte[] checksum = digest("SHA-1").digest(body);
        return ByteBuffer.allocate(body.length + checksum.length)
                .put(body)
                .put(checksum)
                .array();
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest("SHA-256").digest(bytes));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
