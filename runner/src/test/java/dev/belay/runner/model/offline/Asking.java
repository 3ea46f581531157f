package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A client that knows no wire: it sends what it is given and takes events apart. */
final class Asking implements AutoCloseable {
    record Event(String type, String data) {
        Json json() {
            return Json.parse(data);
        }
    }

    private final OfflineServer server;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Asking(OfflineServer server) {
        this.server = server;
    }

    HttpResponse<String> post(String path, Map<String, String> headers, String body) throws Exception {
        return send(request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(TestWire wire, String body) throws Exception {
        return post(wire.path, wire.headers(), body);
    }

    HttpResponse<String> get(String path, Map<String, String> headers) throws Exception {
        return send(request(path, headers).GET());
    }

    /** Asks what must be answered by a whole stream. */
    TestWire.Heard hear(TestWire wire, String body) throws Exception {
        HttpResponse<String> answer = post(wire, body);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return wire.hear(events(answer.body()));
    }

    /** The events of a stream, comments left out. */
    static List<Event> events(String stream) {
        List<Event> all = new ArrayList<>();
        for (String block : stream.replace("\r\n", "\n").split("\n\n", -1)) {
            String type = "";
            String data = "";
            for (String line : block.split("\n", -1)) {
                if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                }
            }
            if (!data.isEmpty()) {
                all.add(new Event(type, data));
            }
        }
        return all;
    }

    private HttpRequest.Builder request(String path, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path));
        headers.forEach(request::header);
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
