package dev.belay.runner.hands;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One message of the channel: type, id, length, payload, big-endian. What each type means stands in hand.pl. */
record Frame(char type, int id, byte[] payload) {
    static final int HEADER = 9;
    static final int MAX_PAYLOAD = 8 << 20;
    private static final byte[] NOTHING = new byte[0];

    Frame(char type, int id) {
        this(type, id, NOTHING);
    }

    static Frame count(char type, int id, int bytes) {
        return new Frame(type, id, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    byte[] encoded() {
        return ByteBuffer.allocate(HEADER + payload.length)
                .put((byte) type)
                .putInt(id)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** The length is checked before anything of the payload is read, and memory grows only with bytes that came. */
    static Frame read(DataInputStream in) throws IOException {
        char type = (char) in.readUnsignedByte();
        int id = in.readInt();
        int length = in.readInt();
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new HandException("a frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] payload = length == 0 ? NOTHING : in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException();
        }
        return new Frame(type, id, payload);
    }

    ByteBuffer fields(int length) throws HandException {
        if (payload.length != length) {
            throw new HandException("a frame '" + type + "' of the wrong length");
        }
        return ByteBuffer.wrap(payload);
    }

    /** The bytes after the first {@code from}. */
    byte[] tail(int from) throws HandException {
        if (payload.length < from) {
            throw new HandException("a frame '" + type + "' that is too short");
        }
        return java.util.Arrays.copyOfRange(payload, from, payload.length);
    }

    HandException refusal() throws HandException {
        byte[] text = tail(4);
        int errno = ByteBuffer.wrap(payload).getInt();
        if (errno <= 0 || errno > 4095) {
            throw new HandException("a refusal with the errno " + errno);
        }
        return new HandException(PlainText.line(SandboxPath.decode(text), 200), errno);
    }
}
