package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.model.offline.Asking.Event;
import dev.belay.runner.model.offline.TestWire.Call;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which the server fails, as a client meets it. */
@Timeout(60)
class FaultsTest {
    @FunctionalInterface
    interface Use {
        void of(OfflineServer server, Asking client) throws Exception;
    }

    private static void with(Fault fault, Use use) throws Exception {
        with(FaultPlan.every(fault), use);
    }

    private static void with(FaultPlan plan, Use use) throws Exception {
        try (OfflineServer server = OfflineServer.start(Scripts.work(), plan);
                Asking client = new Asking(server)) {
            use.of(server, client);
        }
    }

    /** What was sent of a stream, up to where it broke. A client of HTTP may lose some of it when it breaks. */
    private static String broken(OfflineServer server, TestWire wire) throws Exception {
        try (RawClient raw = new RawClient(server)) {
            raw.post(wire, wire.question());
            String answer = raw.rest();
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").doesNotEndWith("\r\n0\r\n\r\n");
            return RawClient.unchunked(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }

    // ---- errors in place of an answer

    static Stream<Arguments> errors() {
        Fault tooLong = new Fault.Refusing.TooLong();
        Fault noQuota = new Fault.Refusing.NoQuota();
        Fault badKey = new Fault.Refusing.BadKey();
        return Stream.of(
                arguments(TestWire.MESSAGES, status(429), 429, "rate_limit_error"),
                arguments(TestWire.MESSAGES, status(500), 500, "api_error"),
                arguments(TestWire.MESSAGES, status(503), 503, "api_error"),
                arguments(TestWire.MESSAGES, status(529), 529, "overloaded_error"),
                arguments(TestWire.MESSAGES, status(402), 402, "billing_error"),
                arguments(TestWire.MESSAGES, tooLong, 400, "prompt is too long: 200001 tokens > 200000 maximum"),
                arguments(TestWire.MESSAGES, noQuota, 402, "billing_error"),
                arguments(TestWire.MESSAGES, badKey, 401, "authentication_error"),
                arguments(TestWire.RESPONSES, status(429), 429, "\"code\":\"rate_limit_exceeded\""),
                arguments(TestWire.RESPONSES, status(500), 500, "server_error"),
                arguments(TestWire.RESPONSES, status(402), 402, "insufficient_quota"),
                arguments(TestWire.RESPONSES, tooLong, 400, "\"code\":\"context_length_exceeded\""),
                arguments(TestWire.RESPONSES, noQuota, 429, "\"code\":\"insufficient_quota\""),
                arguments(TestWire.RESPONSES, badKey, 401, "\"code\":\"invalid_api_key\""),
                arguments(TestWire.CHAT, status(429), 429, "\"code\":\"rate_limit_exceeded\""),
                arguments(TestWire.CHAT, status(503), 503, "server_error"),
                arguments(TestWire.CHAT, tooLong, 400, "\"code\":\"context_length_exceeded\""),
                arguments(TestWire.CHAT, noQuota, 429, "\"type\":\"insufficient_quota\""),
                arguments(TestWire.GEMINI, status(429), 429, "RESOURCE_EXHAUSTED"),
                arguments(TestWire.GEMINI, status(500), 500, "INTERNAL"),
                arguments(TestWire.GEMINI, status(503), 503, "UNAVAILABLE"),
                arguments(TestWire.GEMINI, tooLong, 400, "input token count (1048577) exceeds"),
                arguments(TestWire.GEMINI, noQuota, 429, "RESOURCE_EXHAUSTED"),
                arguments(TestWire.GEMINI, badKey, 400, "API_KEY_INVALID"));
    }

    private static Fault status(int status) {
        return new Fault.Refusing.Status(status);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void an_error_has_the_shape_of_its_wire(TestWire wire, Fault fault, int status, String told) throws Exception {
        with(fault, (_, client) -> {
            HttpResponse<String> answer = client.post(wire, wire.question());

            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).contains(told);
            assertThat(Json.parse(answer.body()).get("error").text("message")).isNotEmpty();
            assertThat(answer.headers().firstValue("retry-after")).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource
    void an_error_says_when_to_come_back(TestWire wire) throws Exception {
        with(new Fault.Refusing.Status(429, OptionalInt.of(7)), (_, client) -> {
            HttpResponse<String> answer = client.post(wire, wire.question());

            assertThat(answer.headers().firstValue("retry-after")).hasValue("7");
            assertThat(answer.body().contains("\"retryDelay\":\"7s\"")).isEqualTo(wire == TestWire.GEMINI);
        });
    }

    @Test
    void only_the_planned_request_fails_and_its_connection_lives() throws Exception {
        TestWire wire = TestWire.CHAT;
        with(FaultPlan.NONE.at(2, status(500)), (_, client) -> {
            List<Integer> statuses = List.of(
                    client.post(wire, wire.question()).statusCode(),
                    client.post(wire, wire.question()).statusCode(),
                    client.post(wire, wire.question()).statusCode());

            assertThat(statuses).containsExactly(200, 500, 200);
        });
    }

    @Test
    void the_list_of_models_is_no_request_that_a_plan_counts() throws Exception {
        with(FaultPlan.NONE.at(1, status(500)), (_, client) -> {
            client.get("/v1/models", TestWire.MESSAGES.headers());

            assertThat(client.post(TestWire.MESSAGES, TestWire.MESSAGES.question())
                            .statusCode())
                    .isEqualTo(500);
        });
    }

    @Test
    void a_wrong_request_is_refused_whatever_was_planned() throws Exception {
        with(
                new Fault.Foreign.Closed(),
                (_, client) -> assertThat(client.post(TestWire.CHAT, "{}").statusCode())
                        .isEqualTo(400));
    }

    // ---- no answer of a model's service

    @ParameterizedTest
    @EnumSource
    void a_connection_ends_before_any_byte(TestWire wire) throws Exception {
        with(new Fault.Foreign.Closed(), (server, client) -> {
            assertThatThrownBy(() -> client.post(wire, wire.question())).isInstanceOf(IOException.class);
            assertThat(server.seen()).isNotEmpty();
        });
    }

    @Test
    void nothing_is_ever_said() throws Exception {
        with(new Fault.Foreign.Silence(), (server, _) -> {
            try (RawClient raw = new RawClient(server)) {
                raw.post(TestWire.MESSAGES, TestWire.MESSAGES.question());
                raw.awaitSeen(server, 1);

                assertThat(raw.available()).isZero();
                raw.endOutput();
                assertThat(raw.rest()).isEmpty();
            }
        });
    }

    @Test
    void a_redirect_points_elsewhere() throws Exception {
        with(new Fault.Foreign.Redirect("http://models.example/v1"), (server, client) -> {
            HttpResponse<String> answer = client.post(TestWire.CHAT, TestWire.CHAT.question());

            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(answer.headers().firstValue("location")).hasValue("http://models.example/v1");
            assertThat(server.seen()).hasSize(1);
        });
    }

    @Test
    void a_gateway_answers_in_html() throws Exception {
        with(new Fault.Foreign.Html(), (_, client) -> {
            HttpResponse<String> answer = client.post(TestWire.GEMINI, TestWire.GEMINI.question());

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("content-type")).hasValue("text/html");
            assertThat(answer.body()).startsWith("<html>");
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_was_asked_for_and_does_not_come(TestWire wire) throws Exception {
        with(new Fault.Foreign.Unstreamed(), (_, client) -> {
            HttpResponse<String> answer = client.post(wire, wire.question());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(Json.parse(answer.body()).print()).contains("I look at it first.");
        });
    }

    // ---- streams that go wrong

    @ParameterizedTest
    @EnumSource
    void a_stream_is_cut_after_some_events(TestWire wire) throws Exception {
        with(
                new Fault.Streaming.CutAfterEvents(4),
                (server, _) -> assertThat(Asking.events(broken(server, wire))).hasSize(4));
    }

    @Test
    void a_stream_is_cut_before_its_first_event() throws Exception {
        with(
                new Fault.Streaming.CutAfterEvents(0),
                (server, _) -> assertThat(broken(server, TestWire.CHAT)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_is_cut_in_the_middle_of_a_line(TestWire wire) throws Exception {
        with(
                new Fault.Streaming.CutAfterBytes(100),
                (server, _) -> assertThat(broken(server, wire)).hasSize(100));
    }

    @ParameterizedTest
    @EnumSource
    void a_service_is_overloaded_in_the_middle(TestWire wire) throws Exception {
        with(new Fault.Streaming.ErrorAfter(3), (_, client) -> {
            List<Event> events =
                    Asking.events(client.post(wire, wire.question()).body());

            assertThat(events).hasSize(4);
            assertThat(events.getLast().data())
                    .containsAnyOf("overloaded_error", "server_is_overloaded", "server_error", "UNAVAILABLE");
        });
    }

    @ParameterizedTest
    @EnumSource
    void one_event_is_no_json(TestWire wire) throws Exception {
        with(new Fault.Streaming.MalformedAfter(2), (_, client) -> {
            List<Event> events =
                    Asking.events(client.post(wire, wire.question()).body());

            assertThat(events.get(1).json()).isInstanceOf(Json.Obj.class);
            assertThatThrownBy(() -> events.get(2).json()).isInstanceOf(JsonException.class);
            assertThat(events.get(3).json()).isInstanceOf(Json.Obj.class);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_has_no_end_until_the_client_ends_it(TestWire wire) throws Exception {
        with(new Fault.Streaming.Endless(), (server, _) -> {
            try (RawClient raw = new RawClient(server)) {
                raw.post(wire, wire.question());

                String begin = new String(raw.read(200_000), StandardCharsets.UTF_8);

                String first = wire == TestWire.MESSAGES ? "\"The \"" : "\"I \"";
                assertThat(begin.split(first, -1).length).isGreaterThan(200);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_falls_silent_in_the_middle(TestWire wire) throws Exception {
        with(new Fault.Streaming.SilenceAfter(2), (server, _) -> {
            try (RawClient raw = new RawClient(server)) {
                raw.post(wire, wire.question());
                raw.readUntil("data: ", 2);

                raw.endOutput();

                assertThat(raw.rest()).doesNotContain("data: ").doesNotEndWith("0\r\n\r\n");
            }
        });
    }

    @Test
    void a_fault_of_streams_leaves_a_whole_answer_as_it_is() throws Exception {
        TestWire wire = TestWire.CHAT;
        with(
                new Fault.Streaming.CutAfterEvents(1),
                (_, client) -> assertThat(client.post(wire, wire.unstreamed(wire.question()))
                                .body())
                        .contains("I look at it first."));
    }

    // ---- words that go wrong

    static Stream<Arguments> endings() {
        Fault cut = new Fault.Speaking.LengthLimit();
        Fault declined = new Fault.Speaking.Declined();
        Fault filtered = new Fault.Speaking.Filtered();
        return Stream.of(
                arguments(TestWire.MESSAGES, cut, "max_tokens", "I look at "),
                arguments(TestWire.MESSAGES, declined, "refusal", "I cannot help with that."),
                arguments(TestWire.MESSAGES, filtered, "refusal", "I look at "),
                arguments(TestWire.RESPONSES, cut, "incompletemax_output_tokens", "I look at "),
                arguments(TestWire.RESPONSES, declined, "completed", "I cannot help with that."),
                arguments(TestWire.RESPONSES, filtered, "incompletecontent_filter", "I look at "),
                arguments(TestWire.CHAT, cut, "length", "I look at "),
                arguments(TestWire.CHAT, declined, "stop", "I cannot help with that."),
                arguments(TestWire.CHAT, filtered, "content_filter", "I look at "),
                arguments(TestWire.GEMINI, cut, "MAX_TOKENS", "I look at "),
                arguments(TestWire.GEMINI, declined, "SAFETY", ""),
                arguments(TestWire.GEMINI, filtered, "PROHIBITED_CONTENT", ""));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void an_answer_ends_before_its_end(TestWire wire, Fault fault, String ending, String text) throws Exception {
        with(fault, (_, client) -> {
            Heard heard = client.hear(wire, wire.question());

            assertThat(heard.ending()).isEqualTo(ending);
            assertThat(heard.text()).isEqualTo(text);
            assertThat(heard.calls()).isEmpty();
        });
    }

    @Test
    void a_declining_model_says_so_in_a_place_of_its_own() throws Exception {
        with(new Fault.Speaking.Declined(), (_, client) -> {
            assertThat(client.post(TestWire.CHAT, TestWire.CHAT.question()).body())
                    .contains("\"refusal\":\"I \"");
            assertThat(client.post(TestWire.RESPONSES, TestWire.RESPONSES.question())
                            .body())
                    .contains("response.refusal.delta", "\"type\":\"refusal\"");
        });
    }

    @ParameterizedTest
    @EnumSource(names = "GEMINI", mode = EnumSource.Mode.EXCLUDE)
    void an_answer_without_words_is_cut_in_its_call(TestWire wire) throws Exception {
        try (OfflineServer server =
                        OfflineServer.start(Scripts.twins(), FaultPlan.every(new Fault.Speaking.LengthLimit()));
                Asking client = new Asking(server)) {
            Heard heard = client.hear(wire, wire.question());

            assertThat(heard.calls())
                    .extracting(Call::arguments)
                    .containsExactly(Scripts.MAKE.substring(0, (Scripts.MAKE.length() + 1) / 2));
            assertThat(heard.ending()).isIn("max_tokens", "incompletemax_output_tokens", "length");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "GEMINI", mode = EnumSource.Mode.EXCLUDE)
    void the_arguments_of_a_call_are_no_json(TestWire wire) throws Exception {
        with(new Fault.Speaking.BrokenArguments(), (_, client) -> {
            Heard heard = client.hear(wire, wire.question());

            assertThatThrownBy(() -> Json.parse(heard.calls().getFirst().arguments()))
                    .isInstanceOf(JsonException.class);
            assertThat(heard.calls().getLast().arguments()).isEqualTo(Scripts.READ);
            assertThat(heard.ending()).isIn("tool_use", "completed", "tool_calls");
        });
    }

    @Test
    void gemini_shows_no_broken_call_and_says_that_there_was_one() throws Exception {
        with(new Fault.Speaking.BrokenArguments(), (_, client) -> {
            Heard heard = client.hear(TestWire.GEMINI, TestWire.GEMINI.question());

            assertThat(heard.calls()).isEmpty();
            assertThat(heard.ending()).isEqualTo("MALFORMED_FUNCTION_CALL");
        });
    }

    @ParameterizedTest
    @EnumSource
    void the_arguments_of_a_call_are_huge(TestWire wire) throws Exception {
        with(new Fault.Speaking.BigArguments(2), (_, client) -> {
            Heard heard = client.hear(wire, wire.question());

            Json arguments = Json.parse(heard.calls().getFirst().arguments());
            assertThat(arguments.text("command")).startsWith("make test ").hasSize(2 << 20);
            assertThat(arguments.number("timeout")).isEqualTo(120);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_tool_is_called_in_the_wrong_case(TestWire wire) throws Exception {
        with(new Fault.Speaking.WrongCase(), (_, client) -> {
            Heard heard = client.hear(wire, wire.question());

            assertThat(heard.calls()).extracting(Call::name).containsExactly("bash", "Read");
        });
    }
}
