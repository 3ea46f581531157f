package dev.belay.runner.workspace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.eclipse.jgit.internal.storage.file.BasePackIndexWriter;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.transport.PackedObjectInfo;

/**
 * A git pack being written: whole objects, fast compression, no deltas. Nothing is visible before {@link #publish};
 * closing an unpublished one leaves no trace. Not for more than one thread.
 */
public final class ObjectPack implements AutoCloseable {
    /** What need not be written again. */
    public interface Known {
        boolean has(AnyObjectId id) throws IOException;
    }

    /** A pack on disk. */
    public record Sealed(String sha256, long size) {}

    private static final int HEADER = 12;
    private static final int TRAILER = 20;

    private final Path directory;
    private final Path file;
    private final Known known;
    private final OutputStream out;
    private final ObjectIdSubclassMap<PackedObjectInfo> written = new ObjectIdSubclassMap<>();
    private final List<PackedObjectInfo> entries = new ArrayList<>();
    private final Deflater deflater = new Deflater(1);
    private final CRC32 crc = new CRC32();
    private final byte[] compressed = new byte[32 * 1024];
    private final byte[] copied = new byte[64 * 1024];
    private final MessageDigest sha1 = digest("SHA-1");
    private byte[] checksum = new byte[0];
    private long position = HEADER;
    private boolean published;

    private ObjectPack(Path directory, Path file, Known known) throws IOException {
        this.directory = directory;
        this.file = file;
        this.known = known;
        this.out = new BufferedOutputStream(Files.newOutputStream(file), 128 * 1024);
        out.write(new byte[HEADER]);
    }

    /** Files that a killed writer left behind begin with this. */
    public static final String TEMPORARY = "tmp_belay_";

    public static ObjectPack create(Path directory, Known known) throws IOException {
        return new ObjectPack(directory, Files.createTempFile(directory, TEMPORARY, ".pack"), known);
    }

    public int objects() {
        return entries.size();
    }

    public ObjectId add(int type, byte[] bytes) throws IOException {
        ObjectId id = ObjectId.fromRaw(hash(type, bytes));
        if (wanted(id)) {
            begin(id, type, bytes.length);
            deflate(bytes, bytes.length);
            end();
        }
        return id;
    }

    /** @throws IOException when the content is not what {@code id} names */
    public void add(ObjectId id, int type, long size, InputStream content) throws IOException {
        if (!wanted(id)) {
            return;
        }
        begin(id, type, size);
        sha1.update(header(type, size));
        long left = size;
        while (left > 0) {
            int count = content.read(copied, 0, (int) Math.min(copied.length, left));
            if (count < 0) {
                throw new IOException("shorter than it was");
            }
            sha1.update(copied, 0, count);
            deflate(copied, count);
            left -= count;
        }
        end();
        if (!ObjectId.fromRaw(sha1.digest()).equals(id)) {
            throw new IOException("changed while it was read");
        }
    }

    /** Takes over every object of a pack that was written by this class, as its compressed bytes stand. */
    public void append(Path pack) throws IOException {
        PackIndex index = PackIndex.open(index(pack).toFile());
        long shift = position - HEADER;
        for (PackIndex.MutableEntry entry : index) {
            PackedObjectInfo info = new PackedObjectInfo(entry.toObjectId());
            info.setOffset(entry.getOffset() + shift);
            info.setCRC((int) index.findCRC32(info));
            if (written.contains(info)) {
                throw new IOException("an object would be twice in the pack: " + info.name());
            }
            written.add(info);
            entries.add(info);
        }
        try (InputStream in = Files.newInputStream(pack)) {
            in.skipNBytes(HEADER);
            long left = Files.size(pack) - HEADER - TRAILER;
            position += left;
            while (left > 0) {
                int count = in.read(copied, 0, (int) Math.min(copied.length, left));
                if (count < 0) {
                    throw new IOException("pack is cut: " + pack);
                }
                out.write(copied, 0, count);
                left -= count;
            }
        }
    }

    private boolean wanted(ObjectId id) throws IOException {
        return !written.contains(id) && !known.has(id);
    }

    private void begin(ObjectId id, int type, long size) throws IOException {
        PackedObjectInfo info = new PackedObjectInfo(id);
        info.setOffset(position);
        written.add(info);
        entries.add(info);
        crc.reset();
        deflater.reset();
        byte[] head = new byte[10];
        int length = 0;
        long rest = size >>> 4;
        head[length++] = (byte) ((rest > 0 ? 0x80 : 0) | (type << 4) | (int) (size & 0x0f));
        while (rest > 0) {
            long next = rest >>> 7;
            head[length++] = (byte) ((next > 0 ? 0x80 : 0) | (int) (rest & 0x7f));
            rest = next;
        }
        emit(head, length);
    }

    private void deflate(byte[] bytes, int length) throws IOException {
        deflater.setInput(bytes, 0, length);
        while (!deflater.needsInput()) {
            int count = deflater.deflate(compressed);
            emit(compressed, count);
        }
    }

    private void end() throws IOException {
        deflater.finish();
        while (!deflater.finished()) {
            emit(compressed, deflater.deflate(compressed));
        }
        entries.getLast().setCRC((int) crc.getValue());
    }

    private void emit(byte[] bytes, int length) throws IOException {
        crc.update(bytes, 0, length);
        out.write(bytes, 0, length);
        position += length;
    }

    /** Completes the pack's bytes, still under a temporary name; {@link #publish} puts them on disk. */
    public Sealed seal() throws IOException {
        out.close();
        MessageDigest sha256 = digest("SHA-256");
        try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
            whole.write(ByteBuffer.allocate(HEADER)
                    .put("PACK".getBytes(StandardCharsets.US_ASCII))
                    .putInt(2)
                    .putInt(entries.size())
                    .array());
            whole.seek(0);
            for (int count; (count = whole.read(copied)) > 0; ) {
                sha1.update(copied, 0, count);
                sha256.update(copied, 0, count);
            }
            checksum = sha1.digest();
            sha256.update(checksum);
            whole.write(checksum);
            return new Sealed(HexFormat.of().formatHex(sha256.digest()), whole.length());
        }
    }

    /** Makes the sealed pack part of its directory as {@code pack-NAME.pack}; the index comes last. */
    public Path publish(AnyObjectId name, Runnable beforeIndex) throws IOException {
        Path pack = directory.resolve("pack-" + name.name() + ".pack");
        Path index = index(file);
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(index))) {
            entries.sort(null);
            BasePackIndexWriter.createVersion(stream, 2).write(entries, checksum);
        }
        BareGit.sync(file, index);
        Files.move(file, pack, StandardCopyOption.ATOMIC_MOVE);
        try {
            beforeIndex.run();
            Files.move(index, index(pack), StandardCopyOption.ATOMIC_MOVE);
            BareGit.sync(directory);
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(index(pack));
            Files.deleteIfExists(pack);
            throw failed;
        }
        published = true;
        return pack;
    }

    /** Where the index of a pack is. */
    public static Path index(Path pack) {
        return pack.resolveSibling(pack.getFileName().toString().replaceFirst("\\.pack$", ".idx"));
    }

    /** The id that git gives to these bytes. */
    public static byte[] hash(int type, byte[] bytes) {
        MessageDigest digest = digest("SHA-1");
        digest.update(header(type, bytes.length));
        return digest.digest(bytes);
    }

    public static ObjectId hash(int type, long size, InputStream content) throws IOException {
        MessageDigest digest = digest("SHA-1");
        digest.update(header(type, size));
        byte[] buffer = new byte[64 * 1024];
        long left = size;
        while (left > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException("shorter than it was");
            }
            digest.update(buffer, 0, count);
            left -= count;
        }
        return ObjectId.fromRaw(digest.digest());
    }

    private static byte[] header(int type, long size) {
        return (Constants.typeString(type) + " " + size + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        deflater.end();
        out.close();
        if (!published) {
            Files.deleteIfExists(file);
            Files.deleteIfExists(index(file));
        }
    }
}
