package dev.belay.controller.api;

import com.google.protobuf.Message;
import dev.belay.controller.problems.Problems;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Problem;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What leaves: JSON written by ProtoJson, problems, and streams. */
final class Answers {
    private static final MediaType PROBLEM = MediaType.of("application/problem+json");

    private Answers() {}

    static MutableHttpResponse<byte[]> json(Message message) {
        return HttpResponse.ok(bytes(message)).contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    static MutableHttpResponse<byte[]> problem(BelayException error) {
        return problem(Problems.of(error));
    }

    static MutableHttpResponse<byte[]> problem(Problem problem) {
        return HttpResponse.<byte[]>status(HttpStatus.valueOf(problem.getStatus()))
                .body(bytes(problem))
                .contentType(PROBLEM);
    }

    static MutableHttpResponse<InputStream> stream(InputStream content, String type) {
        return HttpResponse.ok(content)
                .contentType(MediaType.of(type))
                .header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff");
    }

    private static byte[] bytes(Message message) {
        return (ProtoJson.write(message).print() + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
