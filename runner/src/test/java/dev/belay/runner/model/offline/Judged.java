package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Map;

/** A server and a client of it that speaks one wire. */
final class Judged implements AutoCloseable {
    private final TestWire wire;
    private final OfflineServer server;
    private final Asking client;

    Judged(TestWire wire) {
        this.wire = wire;
        try {
            this.server = OfflineServer.start(Scripts.work());
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
        this.client = new Asking(server);
    }

    /**
     * One request that is wrong in one thing.
     *
     * @param body with single quotes for double ones
     * @param told what the refusal must say
     */
    record Wrong(String what, String body, int status, String told) {
        static Wrong of(String what, String body, String told) {
            return new Wrong(what, body, 400, told);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** The body of the refusal. */
    Json refused(Wrong wrong) throws Exception {
        HttpResponse<String> answer = post(wrong.body().replace('\'', '"'));

        Json body = Json.parse(answer.body());
        assertThat(body.get("error").text("message")).contains(wrong.told());
        assertThat(answer.statusCode()).isEqualTo(wrong.status());
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        return body;
    }

    /** @param body with single quotes for double ones */
    int status(String body) throws Exception {
        return post(body.replace('\'', '"')).statusCode();
    }

    HttpResponse<String> post(String body) throws Exception {
        return client.post(wire, body);
    }

    HttpResponse<String> post(String path, Map<String, String> headers, String body) throws Exception {
        return client.post(path, headers, body);
    }

    Heard hear(String body) throws Exception {
        return client.hear(wire, body);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
