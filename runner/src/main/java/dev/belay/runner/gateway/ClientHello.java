package dev.belay.runner.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first message of TLS, in as many records as it comes.
 *
 * @param bytes as they came, to be sent on unchanged
 * @param name of the server; hostile text; empty where none is said
 * @param hidden another name is inside, which only the server can read
 */
record ClientHello(byte[] bytes, String name, boolean hidden) {
    static final int HANDSHAKE = 0x16;

    private static final int MOST = 64 * 1024;
    private static final int MOST_IN_RECORD = 16 * 1024;
    private static final int MESSAGE_HEAD = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    static ClientHello read(Wire in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int wanted = MESSAGE_HEAD;
        while (message.size() < wanted) {
            byte[] head = in.exactly(5);
            int length = (head[3] & 0xff) << 8 | head[4] & 0xff;
            require(head[0] == HANDSHAKE && head[1] == 3 && length > 0 && length <= MOST_IN_RECORD);
            byte[] record = in.exactly(length);
            bytes.writeBytes(head);
            bytes.writeBytes(record);
            message.writeBytes(record);
            require(bytes.size() <= MOST && record.length == length);
            if (message.size() >= MESSAGE_HEAD) {
                int start = ByteBuffer.wrap(message.toByteArray()).getInt();
                require(start >>> 24 == CLIENT_HELLO);
                wanted = MESSAGE_HEAD + (start & 0xffffff);
            }
        }
        require(message.size() == wanted);
        return parsed(bytes.toByteArray(), ByteBuffer.wrap(message.toByteArray(), MESSAGE_HEAD, wanted - MESSAGE_HEAD));
    }

    /** Empty: it goes where the target was judged for. */
    Optional<Egress.Denial> denial(Target target) {
        if (hidden) {
            return Optional.of(OwnDenials.hiddenName());
        }
        // An address has no name to say.
        boolean same = name.isEmpty()
                ? HostText.address(target.host()).isPresent()
                : HostText.canonical(name).orElse("").equals(target.host());
        return same ? Optional.empty() : Optional.of(OwnDenials.otherName(name));
    }

    private static ClientHello parsed(byte[] bytes, ByteBuffer body) throws BadMessageException {
        String name = "";
        boolean named = false;
        boolean hidden = false;
        try {
            skip(body, 2 + 32);
            skip(body, body.get() & 0xff);
            skip(body, body.getShort() & 0xffff);
            skip(body, body.get() & 0xff);
            if (body.hasRemaining()) {
                require((body.getShort() & 0xffff) == body.remaining());
            }
            while (body.hasRemaining()) {
                int type = body.getShort() & 0xffff;
                int length = body.getShort() & 0xffff;
                ByteBuffer extension = body.slice(body.position(), length);
                skip(body, length);
                if (type == SERVER_NAME) {
                    require(!named);
                    named = true;
                    name = serverName(extension);
                }
                hidden |= type == ENCRYPTED_CLIENT_HELLO;
            }
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
            throw malformed();
        }
        return new ClientHello(bytes, name, hidden);
    }

    /** One name, of the one kind that there is. */
    private static String serverName(ByteBuffer extension) throws BadMessageException {
        require((extension.getShort() & 0xffff) == extension.remaining() && extension.get() == 0);
        byte[] name = new byte[extension.getShort() & 0xffff];
        require(name.length > 0 && name.length == extension.remaining());
        extension.get(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private static void skip(ByteBuffer buffer, int count) {
        buffer.position(buffer.position() + count);
    }

    private static void require(boolean wellFormed) throws BadMessageException {
        if (!wellFormed) {
            throw malformed();
        }
    }

    private static BadMessageException malformed() {
        return new BadMessageException("the client hello is malformed");
    }
}
