package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is let in, on every wire. */
@Timeout(60)
class KeysTest {
    private OfflineServer server;
    private Asking client;

    @BeforeEach
    void start() throws IOException {
        server = OfflineServer.start(Scripts.work());
        client = new Asking(server);
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void no_key_is_refused(TestWire wire) throws Exception {
        Map<String, String> headers = new HashMap<>(wire.headers());
        headers.remove(wire.keyHeader);

        HttpResponse<String> answer = client.post(wire.path, headers, wire.question());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(Json.parse(answer.body()).get("error").text("message")).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_wrong_key_is_refused(TestWire wire) throws Exception {
        Map<String, String> headers = new HashMap<>(wire.headers());
        headers.computeIfPresent(wire.keyHeader, (_, value) -> value.replace("k", OfflineServer.WRONG_KEY));

        HttpResponse<String> answer = client.post(wire.path, headers, wire.question());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).containsAnyOf("authentication_error", "invalid_api_key", "UNAUTHENTICATED");
    }

    @Test
    void a_key_may_come_in_the_other_places_that_are_allowed() throws Exception {
        TestWire gemini = TestWire.GEMINI;
        Map<String, String> bearer = Map.of(
                "authorization", "Bearer k", "content-type", "application/json", "anthropic-version", "2023-06-01");

        assertThat(client.post(gemini.path + "&key=k", Map.of("content-type", "application/json"), gemini.question())
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.post("/v1/messages", bearer, TestWire.MESSAGES.question())
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void a_body_that_is_not_called_json_is_refused(TestWire wire) throws Exception {
        Map<String, String> headers = new HashMap<>(wire.headers());
        headers.put("content-type", "text/plain");

        assertThat(client.post(wire.path, headers, wire.question()).statusCode())
                .isEqualTo(415);
    }
}
