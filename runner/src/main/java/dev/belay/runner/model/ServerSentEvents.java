package dev.belay.runner.model;

import dev.belay.runner.model.wire.WireException;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads a stream of server-sent events from bytes in pieces of any size. One event has at most {@value #MOST} bytes. */
final class ServerSentEvents {
    private static final int MOST = 16 << 20;

    /** Whoever is given the events. */
    interface Sink {
        void event(String type, String data) throws WireException;
    }

    private final Sink sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private boolean hasData;
    private boolean afterReturn;

    ServerSentEvents(Sink sink) {
        this.sink = sink;
    }

    void add(ByteBuffer bytes) throws WireException {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = next == '\r';
            if (next == '\n' || next == '\r') {
                lineEnded();
            } else {
                line.write(next);
                bounded();
            }
        }
    }

    /** What a server has not ended by an empty line counts too: some leave the last one out. */
    void end() throws WireException {
        if (line.size() > 0) {
            lineEnded();
        }
        dispatch();
    }

    private void lineEnded() throws WireException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
            dispatch();
            return;
        }
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + (text.startsWith(" ", colon + 1) ? 2 : 1));
        switch (field) {
            case "event" -> type = value;
            case "data" -> {
                data.append(hasData ? "\n" : "").append(value);
                hasData = true;
                bounded();
            }
            default -> {
                // A comment, or a field that is nothing to us.
            }
        }
    }

    private void dispatch() throws WireException {
        String named = type;
        String all = data.toString();
        boolean any = hasData;
        type = "";
        data.setLength(0);
        hasData = false;
        if (any) {
            sink.event(named, all);
        }
    }

    private void bounded() throws WireException {
        if (line.size() + data.length() > MOST) {
            throw new WireException(Trouble.BROKEN, "an event of the stream is larger than 16 MiB");
        }
    }
}
