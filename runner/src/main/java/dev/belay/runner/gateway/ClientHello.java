package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The server's name in the first message of TLS. */
final class ClientHello {
    private ClientHello() {}

    /** The record's type byte has been read. */
    static Target target(BoundedInput in) throws IOException {
        byte[] head = in.read(4);
        if (head.length < 4) {
            return Target.unreadable(Protocol.UNKNOWN);
        }
        ByteBuffer record = ByteBuffer.wrap(in.read((head[2] & 0xff) << 8 | head[3] & 0xff));
        try {
            return Target.named(serverName(record), 0, Protocol.TLS, "");
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Target.unreadable(Protocol.TLS);
        }
    }

    private static String serverName(ByteBuffer record) {
        if (record.get() != 1) {
            return "";
        }
        skip(record, 3 + 2 + 32);
        skip(record, record.get() & 0xff);
        skip(record, record.getShort() & 0xffff);
        skip(record, record.get() & 0xff);
        record.getShort();
        while (record.remaining() >= 4) {
            int type = record.getShort();
            int length = record.getShort() & 0xffff;
            if (type == 0) {
                skip(record, 3);
                byte[] name = new byte[record.getShort() & 0xffff];
                record.get(name);
                return new String(name, StandardCharsets.ISO_8859_1);
            }
            skip(record, length);
        }
        return "";
    }

    private static void skip(ByteBuffer buffer, int count) {
        buffer.position(buffer.position() + count);
    }
}
