package dev.belay.runner.model.offline;

import java.io.IOException;

/** Where the events of one answer go. */
interface EventSink {
    /** @param type left out where the wire names none */
    void event(String type, String data) throws IOException;

    /** An event that carries a piece of the answer. */
    default void piece(String type, String data) throws IOException {
        event(type, data);
    }

    /** A line that says nothing but that the connection lives. */
    void comment() throws IOException;
}
