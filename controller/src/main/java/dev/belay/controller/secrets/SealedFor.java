package dev.belay.controller.secrets;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whose a value is and where it may go. It is sealed with it, so that nobody who can write to the database gives it to
 * another tenant, calls it by another name or lets it go further.
 */
record SealedFor(String tenant, String name, List<String> hosts) {
    /** One sequence of bytes for each of them: every text is preceded by its length. */
    byte[] bytes(byte format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(format);
        text(bytes, tenant);
        text(bytes, name);
        number(bytes, hosts.size());
        hosts.stream().sorted().forEach(host -> text(bytes, host));
        return bytes.toByteArray();
    }

    private static void text(ByteArrayOutputStream bytes, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        number(bytes, encoded.length);
        bytes.writeBytes(encoded);
    }

    private static void number(ByteArrayOutputStream bytes, int number) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }
}
