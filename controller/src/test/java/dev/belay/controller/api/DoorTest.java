package dev.belay.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.StartedController;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoorTest {
    private static StartedController controller;

    @BeforeAll
    static void start() {
        controller = StartedController.with(timings -> timings, Map.of("BELAY_PUBLIC_NAME", "belay.example.org"));
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    @Test
    void the_token_file_is_its_owners_alone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(controller.tokenFile())))
                .isEqualTo("rw-------");
        assertThat(controller.token()).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/version", "/health/live", "/health/ready"})
    void version_and_health_need_no_token(String path) {
        assertThat(anonymous(path).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/tasks", "/v1/status", "/v1/models", "/v1/nowhere", "/health", "/beans", "/v1/version/"})
    void everything_else_needs_one(String path) {
        StartedController.Answer answer = anonymous(path);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("E_SIGNED_OUT");
        assertThat(answer.json().number("exit_code")).isEqualTo(4);
    }

    private static StartedController.Answer anonymous(String path) {
        return controller.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + controller.httpPort() + path)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer wrong", "Basic abc", "Bearer ", "Bearer"})
    void a_wrong_token_is_none(String authorization) {
        assertThat(raw("GET", "/v1/status", "127.0.0.1", "Authorization: " + authorization + "\r\n"))
                .startsWith("HTTP/1.1 401");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "localhost, 200",
        "LOCALHOST:1234, 200",
        "[::1]:80, 200",
        "127.8.9.1, 200",
        "belay.example.org, 200",
        "evil.example.org, 403",
        "127.0.0.1.evil.org, 403",
        "localhost.evil.org, 403",
        "10.0.0.1, 403",
        "a@127.0.0.1, 403",
    })
    void only_names_of_the_controller_are_answered(String host, int status) {
        assertThat(raw("GET", "/v1/status", host, authorization())).startsWith("HTTP/1.1 " + status);
        if (status == 403) {
            assertThat(raw("GET", "/v1/version", host, ""))
                    .startsWith("HTTP/1.1 403")
                    .contains("E_FORBIDDEN");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1, 200",
        "http://evil.example.org, 403",
        "http://127.0.0.1:9, 403",
        "null, 403",
        "file://, 403",
    })
    void only_pages_of_the_controller_may_ask(String origin, int status) {
        assertThat(raw("GET", "/v1/status", "127.0.0.1", authorization() + "Origin: " + origin + "\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    private static String authorization() {
        return "Authorization: Bearer " + controller.token() + "\r\n";
    }

    private static String raw(String method, String path, String host, String headers) {
        return controller.raw(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers
                + "Connection: close\r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void an_unknown_path_is_a_problem() {
        StartedController.Answer answer = controller.get("/v1/nowhere");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.type()).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo("E_NOT_FOUND");
    }

    @Test
    void a_wrong_method_is_a_problem() {
        StartedController.Answer answer =
                controller.send(controller.request("/v1/tasks").DELETE());

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.type()).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"key\":1}", "{\"key\":\"a\",\"key\":\"b\"}", "nonsense"})
    void json_that_is_none_is_a_problem(String body) {
        StartedController.Answer answer = controller.post("/v1/projects", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
        assertThat(answer.json().text("detail")).isNotBlank();
    }

    @Test
    void a_body_that_is_no_text_is_a_problem() {
        assertThat(controller
                        .post("/v1/projects", new byte[] {'{', (byte) 0xff, '}'})
                        .code())
                .isEqualTo("E_BAD_REQUEST");
    }

    @Test
    void a_body_over_its_bound_is_refused() {
        StartedController.Answer answer = controller.post("/v1/tasks", new byte[(4 << 20) + 1]);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/tasks?limit=many", "/v1/tasks?all=perhaps"})
    void a_parameter_that_cannot_be_read_is_a_problem(String path) {
        StartedController.Answer answer = controller.get(path);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
    }

    @Test
    void the_status_says_which_database_and_that_no_runner_is_there() {
        StartedController.Answer answer = controller.get("/v1/status");

        assertThat(answer.json().text("database")).isEqualTo("external");
        assertThat(answer.json().text("database_version")).matches("\\d+\\.\\d+");
        assertThat(answer.json().get("runners").items()).isEmpty();
    }

    @Test
    void a_pack_is_stored_in_its_project() {
        StartedController.Answer answer =
                controller.post("/v1/projects/" + controller.project() + "/packs", new byte[3 << 20]);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().number("size")).isEqualTo(3 << 20);
        assertThat(controller.post("/v1/projects/p-none/packs", new byte[9]).code())
                .isEqualTo("E_NO_SUCH_PROJECT");
    }
}
