package dev.belay.cli.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads server-sent events. An event that was cut before its empty line never happened. */
public final class EventStream {
    private static final int MOST_BYTES = 16 << 20;

    private final InputStream in;

    public EventStream(InputStream in) {
        this.in = in;
    }

    /** The members of one event; absent ones are empty. */
    public record Message(String id, String event, String data) {}

    /** The next event, or nothing at the clean end of the stream. */
    public Optional<Message> next() throws IOException {
        String id = "";
        String event = "";
        StringBuilder data = null;
        while (true) {
            Optional<String> read = line();
            if (read.isEmpty()) {
                return Optional.empty();
            }
            String line = read.get();
            if (line.isEmpty()) {
                if (data != null) {
                    return Optional.of(new Message(id, event, data.toString()));
                }
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            if (value.startsWith(" ")) {
                value = value.substring(1);
            }
            switch (field) {
                case "id" -> id = value;
                case "event" -> event = value;
                case "data" ->
                    data = data == null
                            ? new StringBuilder(value)
                            : data.append('\n').append(value);
                default -> {
                    // A comment, or a field of a newer server.
                }
            }
        }
    }

    private Optional<String> line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        int c;
        while ((c = in.read()) >= 0) {
            if (c == '\n') {
                return Optional.of(bytes.toString(StandardCharsets.UTF_8));
            }
            if (c != '\r') {
                bytes.write(c);
            }
            if (bytes.size() > MOST_BYTES) {
                throw new IOException("an event is larger than " + MOST_BYTES + " bytes");
            }
        }
        return Optional.empty();
    }
}
