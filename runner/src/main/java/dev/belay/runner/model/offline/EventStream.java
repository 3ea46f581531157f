package dev.belay.runner.model.offline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events, each in a chunk of its own. */
final class EventStream implements EventSink {
    /**
     * @param named whether the wire names the type of an event beside its data
     * @param newline how its lines end
     */
    record Form(boolean named, String newline) {}

    private final ChunkedBody body;
    private final Form form;

    EventStream(ChunkedBody body, Form form) {
        this.body = body;
        this.form = form;
    }

    @Override
    public void event(String type, String data) throws IOException {
        String name = form.named() ? "event: " + type + form.newline() : "";
        write(name + "data: " + data + form.newline() + form.newline());
    }

    @Override
    public void comment() throws IOException {
        write(": still here" + form.newline() + form.newline());
    }

    private void write(String text) throws IOException {
        body.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
