package dev.belay.controller.api;

import com.google.protobuf.Message;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.proto.json.ProtoJson;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.ServerHttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads what people send, bounded, and names what is wrong with it. */
final class RequestBody {
    private static final int JSON_BYTES = 4 << 20;
    private static final int SECRET_BYTES = 32 << 10;

    private RequestBody() {}

    static <B extends Message.Builder> B json(HttpRequest<?> request, B builder) throws IOException {
        return json(request, builder, document -> {});
    }

    /** {@code first} may refuse the document with a better name than a field's type gives. */
    static <B extends Message.Builder> B json(HttpRequest<?> request, B builder, Consumer<Json> first)
            throws IOException {
        String text = text(request, JSON_BYTES, "4 MiB");
        if (text.isBlank()) {
            return builder;
        }
        try {
            first.accept(Json.parse(text));
            return ProtoJson.read(text, builder);
        } catch (JsonException wrong) {
            throw bad(String.valueOf(wrong.getMessage())).causedBy(wrong);
        }
    }

    /** For what nobody is to read again: whatever is wrong with it, nothing of it is repeated. */
    static <B extends Message.Builder> B secret(HttpRequest<?> request, B builder) throws IOException {
        String text = text(request, SECRET_BYTES, "32 KiB");
        try {
            return ProtoJson.read(text, builder);
        } catch (JsonException repeats) {
            throw bad("it is not what this path takes");
        }
    }

    private static String text(HttpRequest<?> request, int most, String inWords) throws IOException {
        byte[] bytes;
        try (InputStream in = stream(request)) {
            bytes = in.readNBytes(most + 1);
        }
        if (bytes.length > most) {
            throw new TooLarge("the request is larger than " + inWords);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw bad("it is not UTF-8").causedBy(notText);
        }
    }

    /** The body as it comes. */
    static InputStream stream(HttpRequest<?> request) {
        if (request instanceof ServerHttpRequest<?> server) {
            return server.byteBody().move().toInputStream();
        }
        throw new IllegalStateException("a request without a body to read: " + request.getClass());
    }

    private static BelayException bad(String why) {
        return BelayException.of(
                ErrorCode.E_BAD_REQUEST, "the request's JSON cannot be used", "the controller: " + why, "");
    }

    /** Answered by 413. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLarge(String message) {
            super(message);
        }
    }
}
