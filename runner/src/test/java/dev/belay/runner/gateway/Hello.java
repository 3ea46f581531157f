package dev.belay.runner.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Client hellos as bytes. */
final class Hello {
    private Hello() {}

    static byte[] named(String name) {
        return record(message(serverName(name)));
    }

    static byte[] nameless() {
        return record(message());
    }

    static byte[] record(byte[] part) {
        return ByteBuffer.allocate(part.length + 5)
                .put(new byte[] {0x16, 3, 1})
                .putShort((short) part.length)
                .put(part)
                .array();
    }

    static byte[] message(byte[]... extensions) {
        ByteBuffer body = ByteBuffer.allocate(4096);
        body.put(new byte[] {3, 3}).put(new byte[32]).put((byte) 0);
        body.putShort((short) 2).putShort((short) 0x1301).put(new byte[] {1, 0});
        body.putShort((short)
                Arrays.stream(extensions).mapToInt(bytes -> bytes.length).sum());
        for (byte[] extension : extensions) {
            body.put(extension);
        }
        return ByteBuffer.allocate(4 + body.position())
                .putInt(1 << 24 | body.position())
                .put(body.array(), 0, body.position())
                .array();
    }

    static byte[] serverName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return extension(
                0,
                ByteBuffer.allocate(bytes.length + 5)
                        .putShort((short) (bytes.length + 3))
                        .put((byte) 0)
                        .putShort((short) bytes.length)
                        .put(bytes)
                        .array());
    }

    static byte[] extension(int type, byte[] content) {
        return ByteBuffer.allocate(content.length + 4)
                .putShort((short) type)
                .putShort((short) content.length)
                .put(content)
                .array();
    }
}
