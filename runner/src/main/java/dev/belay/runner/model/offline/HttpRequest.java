package dev.belay.runner.model.offline;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One request as it came.
 *
 * @param target the path with its query
 * @param headers by name in lower case; one that came twice has both values
 * @param keepAlive whether another one may follow on the same connection
 */
record HttpRequest(String method, String target, Map<String, String> headers, String body, boolean keepAlive) {
    HttpRequest {
        headers = Map.copyOf(headers);
    }

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The value in the query, or the empty string. */
    String query(String name) {
        int query = target.indexOf('?');
        for (String pair : (query < 0 ? "" : target.substring(query + 1)).split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return decoded(pair.substring(name.length() + 1));
            }
        }
        return "";
    }

    /** The header's value, or the empty string. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** What follows {@code Bearer}, or the empty string. */
    String bearer() {
        String value = header("authorization");
        return value.regionMatches(true, 0, "Bearer ", 0, 7)
                ? value.substring(7).strip()
                : "";
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            return value;
        }
    }
}
