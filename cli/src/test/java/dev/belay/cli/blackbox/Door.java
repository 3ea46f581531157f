package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The controllers' interface for people, asked again while none answers: as a client behaves that has patience. */
record Door(String address, String token) {
    private static final int UNAVAILABLE = 503;
    private static final int READ_MILLIS = 60_000;

    private static final class Refused extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** Of a local system that runs. */
    static Door of(Belay belay) {
        try {
            return new Door(
                    "http://127.0.0.1:" + LocalSystem.of(belay).controller().number("http_port"),
                    Files.readString(belay.state().resolve("controller/token")).strip());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Json task(String id) {
        return Json.parse(get("/v1/tasks/" + id));
    }

    Json status() {
        return Json.parse(get("/v1/status"));
    }

    /** The id of the task; the same body is the same task, however often it is sent. */
    String submit(Json task) {
        return Json.parse(patiently("POST", "/v1/tasks", task.print())).text("id");
    }

    List<Json> events(String id) {
        return get("/v1/tasks/" + id + "/events?follow=false")
                .lines()
                .filter(line -> line.startsWith("data:"))
                .map(line -> Json.parse(line.substring("data:".length())))
                .toList();
    }

    List<Json> changes(String id) {
        return Json.parse(get("/v1/tasks/" + id + "/changes?from=base&to=head"))
                .get("entries")
                .items();
    }

    /** What the command printed where the task's files are. It changes nothing, and so it may be asked again. */
    String prints(String id, String shell) {
        Json command = Json.object()
                .put("argv", Json.array(List.of("sh", "-c", shell)))
                .build();
        StringBuilder out = new StringBuilder();
        LocalSystem.until("an answer from where the files of " + id + " are", () -> {
            out.setLength(0);
            boolean ended = false;
            for (String line : patiently("POST", "/v1/tasks/" + id + "/exec", command.print())
                    .lines()
                    .filter(each -> !each.isBlank())
                    .toList()) {
                Json said = Json.parse(line);
                out.append(bytes(said.text("stdout"))).append(bytes(said.text("stderr")));
                if (!said.get("failed").isNull()
                        && !said.get("failed").text("code").equals("E_UNREACHABLE")) {
                    throw new AssertionError(id + ": " + line);
                }
                if (!said.get("ended").isNull()) {
                    ended = true;
                    if (said.get("ended").number("exit_code") != 0) {
                        throw new AssertionError(id + ": " + line + "\n" + out);
                    }
                }
            }
            return ended;
        });
        return out.toString();
    }

    private static String bytes(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private String get(String path) {
        return patiently("GET", path, null);
    }

    private String patiently(String method, String path, @Nullable String body) {
        String[] answer = new String[1];
        LocalSystem.until("an answer to " + method + " " + path, () -> {
            try {
                answer[0] = once(method, path, body);
                return true;
            } catch (IOException away) {
                return false;
            }
        });
        return answer[0];
    }

    private String once(String method, String path, @Nullable String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setReadTimeout(READ_MILLIS);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        // One that is kept open may lead to a controller that died meanwhile; the question would be asked twice.
        connection.setRequestProperty("Connection", "close");
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        if (status == UNAVAILABLE) {
            throw new IOException("not now");
        }
        if (status >= 300) {
            throw new Refused(method + " " + path + " is " + status + ": "
                    + new String(connection.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        try (var in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (UncheckedIOException cut) {
            throw cut.getCause();
        }
    }
}
