package dev.belay.runner.gateway;

/** How a reader knows where a body ends. */
sealed interface Framing {
    static Framing none() {
        return new Length(0);
    }

    record Length(long bytes) implements Framing {}

    record Chunked() implements Framing {}

    /** Of responses only. */
    record UntilClose() implements Framing {}

    default BodyReader reader(Wire in, GatewayLimits limits) {
        return switch (this) {
            case Length(long bytes) -> BodyReader.ofLength(in, bytes);
            case Chunked() -> new ChunkedBody(in, limits);
            case UntilClose() -> in::read;
        };
    }

    default BodyWriter writer(Wire out) {
        return this instanceof Length ? BodyWriter.plain(out) : BodyWriter.chunked(out);
    }

    /** The header that says so; a body until the close is sent on in chunks. */
    default String header() {
        return this instanceof Length(long bytes)
                ? "Content-Length: " + bytes + "\r\n"
                : "Transfer-Encoding: chunked\r\n";
    }
}
