package dev.belay.proto.json;

import java.io.Serial;

/** The text is not the JSON that was expected; the message names the place. */
public final class JsonException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }
}
