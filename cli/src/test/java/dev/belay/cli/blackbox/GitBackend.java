package dev.belay.cli.blackbox;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Repositories by git's own server program, through the gateway interface that it has.
 *
 * @param push whether it takes what is pushed
 */
record GitBackend(Path repositories, boolean push) {
    void answer(HttpExchange exchange, String path) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        builder.environment().clear();
        builder.environment()
                .putAll(Map.ofEntries(
                        Map.entry("PATH", Sh.PATH),
                        Map.entry("GIT_PROJECT_ROOT", repositories.toString()),
                        Map.entry("GIT_HTTP_EXPORT_ALL", "1"),
                        Map.entry("GIT_CONFIG_NOSYSTEM", "1"),
                        Map.entry("REQUEST_METHOD", exchange.getRequestMethod()),
                        Map.entry("PATH_INFO", path),
                        Map.entry("QUERY_STRING", text(exchange.getRequestURI().getRawQuery())),
                        Map.entry("CONTENT_TYPE", header(exchange, "Content-Type")),
                        Map.entry("HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding")),
                        Map.entry("GIT_PROTOCOL", header(exchange, "Git-Protocol"))));
        if (push) {
            builder.environment().put("REMOTE_USER", "somebody");
        }
        Process process = builder.start();
        try (var to = process.getOutputStream()) {
            exchange.getRequestBody().transferTo(to);
        }
        InputStream answer = new ByteArrayInputStream(process.getInputStream().readAllBytes());
        String type = "text/plain";
        int status = 200;
        for (String line = line(answer); !line.isEmpty(); line = line(answer)) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("Status:")) {
                status = Integer.parseInt(value.substring(0, 3));
            } else if (line.startsWith("Content-Type:")) {
                type = value;
            }
        }
        byte[] body = answer.readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static String header(HttpExchange exchange, String name) {
        return text(exchange.getRequestHeaders().getFirst(name));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
