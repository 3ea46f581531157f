package dev.belay.controller.postgres;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads an .xz file of one stream with the LZMA2 filter alone, as the PostgreSQL archive is one. It exists because
 * neither the JDK nor a minimal Debian can: there the program {@code xz} is optional. The checksum of every block is
 * compared.
 */
final class XzInputStream extends InputStream {
    private static final byte[] MAGIC = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
    private static final byte[] FOOTER = {'Y', 'Z'};
    private static final int LZMA2 = 0x21;
    private static final int LARGEST_DICTIONARY = 64 << 20;
    private static final int CRC64 = 4;
    private static final long CRC64_POLYNOMIAL = 0xC96C5795D7870F42L;
    private static final long[] CRC64_TABLE = crc64Table();

    private final CountingStream in;
    private boolean ended;
    private boolean inBlock;
    private Lzma2 block;
    private long blockStart;
    private long crc;

    XzInputStream(InputStream source) throws IOException {
        in = new CountingStream(source);
        byte[] magic = new byte[MAGIC.length];
        in.readFully(magic);
        int flags = in.data().readUnsignedShort();
        in.skip(4);
        if (!Arrays.equals(magic, MAGIC) || flags != CRC64) {
            throw new IOException("this is no .xz file with a CRC64");
        }
        block = new Lzma2(in.data(), 4096);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inBlock) {
                startBlock();
                continue;
            }
            int n = block.read(out, offset, length);
            if (n >= 0) {
                for (int i = offset; i < offset + n; i++) {
                    crc = CRC64_TABLE[(int) (crc ^ out[i]) & 0xff] ^ (crc >>> 8);
                }
                return n;
            }
            endBlock();
        }
        return -1;
    }

    private void startBlock() throws IOException {
        blockStart = in.count;
        int size = in.data().readUnsignedByte();
        if (size == 0) {
            // The index says again what was read; of what follows only the mark at the very end is of interest.
            byte[] rest = in.data().readAllBytes();
            int end = rest.length;
            if (end < 2 || rest[end - 2] != FOOTER[0] || rest[end - 1] != FOOTER[1]) {
                throw new EOFException("the .xz file is cut short");
            }
            ended = true;
            return;
        }
        byte[] header = new byte[size * 4 + 3];
        in.readFully(header);
        DataInputStream fields = new DataInputStream(new ByteArrayInputStream(header));
        int flags = fields.readUnsignedByte();
        if ((flags & 0x3f) != 0) {
            throw new IOException("the .xz file uses more filters than LZMA2");
        }
        for (int sizes = (flags >> 6 & 1) + (flags >> 7 & 1); sizes > 0; sizes--) {
            while ((fields.readUnsignedByte() & 0x80) != 0) {
                continue;
            }
        }
        if (fields.readUnsignedByte() != LZMA2 || fields.readUnsignedByte() != 1) {
            throw new IOException("the .xz file uses another filter than LZMA2");
        }
        int bits = fields.readUnsignedByte();
        long dictionary = (2L | bits & 1) << (bits / 2 + 11);
        if (bits > 40 || dictionary > LARGEST_DICTIONARY) {
            throw new IOException("the .xz file wants a dictionary of " + dictionary + " bytes");
        }
        block = new Lzma2(in.data(), (int) dictionary);
        crc = -1;
        inBlock = true;
    }

    private void endBlock() throws IOException {
        while ((in.count - blockStart) % 4 != 0) {
            in.data().readByte();
        }
        long said = Long.reverseBytes(in.data().readLong());
        if (said != ~crc) {
            throw new IOException("the .xz file is damaged: its checksum differs");
        }
        inBlock = false;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static long[] crc64Table() {
        long[] table = new long[256];
        for (int b = 0; b < 256; b++) {
            long r = b;
            for (int i = 0; i < 8; i++) {
                r = (r & 1) == 1 ? (r >>> 1) ^ CRC64_POLYNOMIAL : r >>> 1;
            }
            table[b] = r;
        }
        return table;
    }

    /** Blocks are padded to four bytes, so their length must be known. */
    private static final class CountingStream extends InputStream {
        private final InputStream source;
        private final DataInputStream data = new DataInputStream(this);
        private long count;

        CountingStream(InputStream source) {
            this.source = source;
        }

        DataInputStream data() {
            return data;
        }

        void readFully(byte[] bytes) throws IOException {
            data.readFully(bytes);
        }

        @Override
        public int read() throws IOException {
            int b = source.read();
            if (b >= 0) {
                count++;
            }
            return b;
        }

        @Override
        public int read(byte[] out, int offset, int length) throws IOException {
            int n = source.read(out, offset, length);
            count += Math.max(n, 0);
            return n;
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
