package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request that the server was sent.
 *
 * @param path with its query
 * @param headers by name in lower case
 */
public record Seen(String method, String path, Map<String, String> headers, String body, Instant arrival) {
    public Seen {
        headers = Map.copyOf(headers);
    }

    /** For a file of one line each. */
    public Json json() {
        Json.ObjectBuilder all = Json.object();
        new TreeMap<>(headers).forEach(all::put);
        return Json.object()
                .put("arrival", arrival.toString())
                .put("method", method)
                .put("path", path)
                .put("headers", all.build())
                .put("body", body)
                .build();
    }
}
