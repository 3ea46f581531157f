package dev.belay.cli.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param silence how long the server may say nothing
 * @param repeatable sending it twice is the same as sending it once
 */
public record Request(
        String method,
        String path,
        Map<String, String> headers,
        @Nullable Body body,
        Duration silence,
        boolean repeatable) {
    private static final Duration USUAL_SILENCE = Duration.ofSeconds(30);

    /** Opened anew for every try. */
    public interface Body {
        InputStream open() throws IOException;

        long length() throws IOException;
    }

    public static Request get(String path) {
        return new Request("GET", path, Map.of(), null, USUAL_SILENCE, true);
    }

    public static Request post(String path, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        Body body = new Body() {
            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }

            @Override
            public long length() {
                return bytes.length;
            }
        };
        return new Request("POST", path, Map.of("Content-Type", "application/json"), body, USUAL_SILENCE, false);
    }

    /** Repeatable by what it means. */
    public static Request put(String path, String json) {
        Request posted = post(path, json);
        return new Request("PUT", path, posted.headers, posted.body, posted.silence, true);
    }

    public static Request delete(String path) {
        return new Request("DELETE", path, Map.of(), null, USUAL_SILENCE, false);
    }

    public static Request postFile(String path, Path file, String type) {
        Body body = new Body() {
            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }

            @Override
            public long length() throws IOException {
                return Files.size(file);
            }
        };
        return new Request("POST", path, Map.of("Content-Type", type), body, USUAL_SILENCE, false);
    }

    public Request with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Request(method, path, all, body, silence, repeatable);
    }

    public Request silentFor(Duration longest) {
        return new Request(method, path, headers, body, longest, repeatable);
    }

    public Request repeatably() {
        return new Request(method, path, headers, body, silence, true);
    }
}
