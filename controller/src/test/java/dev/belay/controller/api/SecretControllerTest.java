package dev.belay.controller.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.controller.tasks.Caller;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import io.micronaut.http.HttpRequest;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a value comes in, and how it does not. */
class SecretControllerTest {
    private static final String VALUE = "s3cr3t-of-somebody";

    private static StartedController controller;

    @BeforeAll
    static void start() {
        controller = StartedController.start();
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    /** A request whose body, or anything else of it, cannot be read. */
    private static HttpRequest<?> from(String peer) {
        return (HttpRequest<?>) Proxy.newProxyInstance(
                SecretControllerTest.class.getClassLoader(),
                new Class<?>[] {HttpRequest.class},
                (request, method, arguments) -> switch (method.getName()) {
                    case "getRemoteAddress" -> new InetSocketAddress(peer, 40_000);
                    case "isSecure" -> false;
                    default -> throw new AssertionError("it was asked for " + method);
                });
    }

    @Test
    void one_from_another_machine_in_the_clear_is_refused_before_it_is_read() {
        SecretController door = controller.bean(SecretController.class);

        BelayException refused = catchThrowableOfType(
                BelayException.class, () -> door.set(new Caller("local", "ada"), "NPM_TOKEN", from("203.0.113.9")));

        assertThat(refused.code()).isEqualTo(ErrorCode.E_FORBIDDEN);
        assertThat(refused.what()).contains("a secret is not taken over a connection that others can read");
        assertThat(refused.next()).contains("ssh -L");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"" + VALUE + "\"",
                VALUE,
                "{\"value\":\"" + VALUE,
                "{\"value\":\"" + VALUE + "\" x}",
                "{\"value\":[\"" + VALUE + "\"]}",
                "{\"value\":{\"" + VALUE + "\":1}}",
                "{\"" + VALUE + "\":\"a.example\"}",
                "{\"value\":\"" + VALUE + "\",\"value\":\"" + VALUE + "\"}",
                "{\"value\":\"" + VALUE + "\\ud800\",\"hosts\":[\"a.example\"]}",
            })
    void a_body_that_is_none_is_refused_and_nothing_of_it_repeated(String body) {
        StartedController.Answer answer = controller.put("/v1/secrets/NPM_TOKEN", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
        assertThat(answer.body()).doesNotContain("s3cr3t");
    }

    @Test
    void a_body_beyond_what_the_largest_secret_takes_is_not_read_to_its_end() {
        StartedController.Answer answer =
                controller.put("/v1/secrets/NPM_TOKEN", "{\"value\":\"" + VALUE.repeat(4000) + "\"}");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).contains("32 KiB").doesNotContain("s3cr3t");
    }

    @Test
    void nobody_comes_in_without_the_token() {
        assertThat(controller
                        .send(java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                                        "http://127.0.0.1:" + controller.httpPort() + "/v1/secrets"))
                                .GET())
                        .code())
                .isEqualTo("E_SIGNED_OUT");
    }
}
