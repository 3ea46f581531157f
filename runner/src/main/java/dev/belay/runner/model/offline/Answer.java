package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.io.IOException;

/** One turn, as a wire says it. */
interface Answer {
    /** For who did not ask for a stream. */
    Json whole();

    void stream(EventSink out, Pause pause) throws IOException, InterruptedException;

    /** What the service sends when it is overloaded in the middle of the stream. */
    void fail(EventSink out) throws IOException;
}
