package dev.belay.runner.model.offline;

import java.io.IOException;
import java.io.Serial;

/** Lets a good stream through, up to the place where the fault is. */
final class FaultySink implements EventSink {
    /** The other parts of an answer that a fault needs. */
    interface Rest {
        /** What the service sends when it fails in the middle. */
        void fail(EventSink out) throws IOException;

        /** Returns when the client or the server has ended the connection. */
        void hold() throws IOException;
    }

    private final EventSink out;
    private final Fault.Streaming fault;
    private final Rest rest;
    private int events;

    FaultySink(EventSink out, Fault.Streaming fault, Rest rest) {
        this.out = out;
        this.fault = fault;
        this.rest = rest;
    }

    /** What has no event at all can fail too. */
    void begin() throws IOException {
        reach();
    }

    @Override
    public void event(String type, String data) throws IOException {
        boolean malformed = fault instanceof Fault.Streaming.MalformedAfter(int after) && after == events;
        out.event(type, malformed ? broken(data) : data);
        events++;
        reach();
    }

    @Override
    public void piece(String type, String data) throws IOException {
        event(type, data);
        while (fault instanceof Fault.Streaming.Endless) {
            out.event(type, data);
        }
    }

    @Override
    public void comment() throws IOException {
        out.comment();
    }

    private void reach() throws IOException {
        switch (fault) {
            case Fault.Streaming.CutAfterEvents(int after) when after == events -> throw new CutException();
            case Fault.Streaming.ErrorAfter(int after)
            when after == events -> {
                rest.fail(out);
                throw new FailedException();
            }
            case Fault.Streaming.SilenceAfter(int after)
            when after == events -> {
                rest.hold();
                throw new CutException();
            }
            default -> {}
        }
    }

    private static String broken(String data) {
        return data.substring(0, Pieces.boundary(data, data.length() / 2));
    }

    /** The stream has ended with an error, and in good order. */
    static final class FailedException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;
    }
}
