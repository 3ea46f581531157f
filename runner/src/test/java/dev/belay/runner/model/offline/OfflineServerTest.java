package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Asking.Event;
import dev.belay.runner.model.offline.TestWire.Call;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The server as a client that behaves meets it. */
@Timeout(60)
class OfflineServerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<Seen> witnessed = new CopyOnWriteArrayList<>();
    private OfflineServer server;
    private Asking client;

    @BeforeEach
    void start() throws IOException {
        server = OfflineServer.start(
                0, Scripts.work(), FaultPlan.NONE, pauses::add, InstantSource.fixed(NOW), witnessed::add);
        client = new Asking(server);
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    // ---- what is said

    @ParameterizedTest
    @EnumSource
    void a_turn_comes_in_pieces_that_are_the_turn(TestWire wire) throws Exception {
        Heard heard = client.hear(wire, wire.question());

        assertThat(heard.text()).isEqualTo("I look at it first.");
        assertThat(heard.calls()).extracting(Call::name).containsExactly("Bash", "Read");
        assertThat(heard.calls()).extracting(Call::arguments).containsExactly(Scripts.MAKE, Scripts.READ);
        assertThat(heard.calls()).extracting(Call::id).doesNotHaveDuplicates().allMatch(id -> id.length() > 8);
        assertThat(heard.ending()).isIn("tool_use", "completed", "tool_calls", "STOP");
    }

    @ParameterizedTest
    @EnumSource
    void the_turn_after_the_results_is_the_next_one(TestWire wire) throws Exception {
        Heard first = client.hear(wire, wire.question());

        Heard second = client.hear(wire, wire.afterwards(first));

        assertThat(second.text()).isEqualTo("All is done now.");
        assertThat(second.calls()).isEmpty();
        assertThat(second.ending()).isIn("end_turn", "completed", "stop", "STOP");
    }

    @ParameterizedTest
    @EnumSource
    void beyond_the_last_turn_the_script_is_at_its_end(TestWire wire) throws Exception {
        Heard first = client.hear(wire, wire.question());
        Heard second = client.hear(wire, wire.afterwards(first));
        String more = wire == TestWire.GEMINI
                ? "{'role':'user','parts':[{'text':'go on'}]}"
                : "{'role':'user','content':'go on'}";

        Heard third = client.hear(
                wire,
                wire.question(first.own(), wire.told(first.calls()), second.own(), more)
                        .replace('\'', '"'));

        assertThat(third.text()).isEqualTo("The script is at its end.");
    }

    @ParameterizedTest
    @EnumSource
    void an_earlier_turn_is_said_again_when_it_is_asked_again(TestWire wire) throws Exception {
        Heard first = client.hear(wire, wire.question());
        client.hear(wire, wire.afterwards(first));

        Heard again = client.hear(wire, wire.question());

        assertThat(again.own()).isEqualTo(first.own());
    }

    @ParameterizedTest
    @EnumSource
    void another_server_gives_the_same_answer_and_takes_it_back(TestWire wire) throws Exception {
        Heard first = client.hear(wire, wire.question());

        try (OfflineServer other = OfflineServer.start(Scripts.work());
                Asking there = new Asking(other)) {
            assertThat(there.hear(wire, wire.question()).own()).isEqualTo(first.own());
            assertThat(there.hear(wire, wire.afterwards(first)).text()).isEqualTo("All is done now.");
        }
    }

    @ParameterizedTest
    @EnumSource
    void equal_calls_of_one_turn_have_ids_of_their_own(TestWire wire) throws Exception {
        try (OfflineServer other = OfflineServer.start(Scripts.twins());
                Asking there = new Asking(other)) {
            Heard heard = there.hear(wire, wire.question());

            assertThat(heard.text()).isEmpty();
            assertThat(heard.calls()).extracting(Call::arguments).containsExactly(Scripts.MAKE, Scripts.MAKE);
            assertThat(heard.calls()).extracting(Call::id).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource
    void who_asks_for_no_stream_is_answered_whole(TestWire wire) throws Exception {
        HttpResponse<String> answer =
                client.post(wire.unstreamedPath(), wire.headers(), wire.unstreamed(wire.question()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(Json.parse(answer.body()).print())
                .contains("I look at it first.", "Bash", "make test", "Read", "naïve 🙂.txt");
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_says_that_it_is_one(TestWire wire) throws Exception {
        HttpResponse<String> answer = client.post(wire, wire.question());

        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(answer.headers().firstValue("transfer-encoding")).hasValue("chunked");
    }

    // ---- what each wire does in its own way

    @Test
    void messages_come_as_blocks_with_thinking_before_the_calls_and_a_ping_between() throws Exception {
        List<Event> events = streamed(TestWire.MESSAGES, TestWire.MESSAGES.question());

        assertThat(events).extracting(Event::type).startsWith("message_start", "content_block_start");
        assertThat(events).extracting(Event::type).endsWith("message_delta", "message_stop");
        assertThat(events).extracting(Event::type).contains("ping");
        assertThat(events)
                .filteredOn(event -> event.type().equals("content_block_start"))
                .extracting(event -> event.json().get("content_block").text("type"))
                .containsExactly("thinking", "text", "tool_use", "tool_use");
        assertThat(deltas(events, "thinking_delta")).hasSizeGreaterThan(3);
        assertThat(deltas(events, "signature_delta")).hasSize(1);
        assertThat(deltas(events, "text_delta")).hasSize(5);
        assertThat(deltas(events, "input_json_delta")).hasSizeGreaterThan(8);
        assertThat(events)
                .allSatisfy(event -> assertThat(event.json().text("type")).isEqualTo(event.type()));
    }

    @Test
    void messages_are_not_thought_about_unless_that_was_asked() throws Exception {
        String question = TestWire.MESSAGES.question().replace("\"thinking\":{\"type\":\"adaptive\"},", "");

        assertThat(deltas(streamed(TestWire.MESSAGES, question), "thinking_delta"))
                .isEmpty();
    }

    @Test
    void a_thought_that_is_not_to_be_shown_is_a_signature_alone() throws Exception {
        TestWire wire = TestWire.MESSAGES;
        String question = wire.question().replace("\"adaptive\"", "\"adaptive\",\"display\":\"omitted\"");

        List<Event> events = streamed(wire, question);
        Heard second = client.hear(wire, wire.afterwards(wire.hear(events)));

        assertThat(deltas(events, "thinking_delta")).isEmpty();
        assertThat(deltas(events, "signature_delta")).hasSize(1);
        assertThat(second.text()).isEqualTo("All is done now.");
    }

    @Test
    void responses_are_numbered_and_end_with_all_that_was_said() throws Exception {
        List<Event> events = streamed(TestWire.RESPONSES, TestWire.RESPONSES.question());

        assertThat(events)
                .extracting(event -> event.json().number("sequence_number"))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(events).extracting(Event::type).startsWith("response.created", "response.in_progress");
        assertThat(events.getLast().type()).isEqualTo("response.completed");
        assertThat(events.getLast().json().get("response").get("output").items())
                .extracting(item -> item.text("type"))
                .containsExactly("reasoning", "message", "function_call", "function_call");
        assertThat(events)
                .filteredOn(event -> event.type().equals("response.output_text.delta"))
                .hasSize(5);
        assertThat(events)
                .filteredOn(event -> event.type().equals("response.function_call_arguments.delta"))
                .hasSizeGreaterThan(8);
    }

    @Test
    void responses_show_no_reasoning_unless_that_was_asked() throws Exception {
        String question = TestWire.RESPONSES.question().replace("\"reasoning.encrypted_content\"", "");

        assertThat(client.hear(TestWire.RESPONSES, question).own()).doesNotContain("encrypted_content");
    }

    @Test
    void responses_take_a_plain_string_for_a_message() throws Exception {
        HttpResponse<String> answer =
                client.post(TestWire.RESPONSES, "{\"model\":\"m\",\"stream\":true,\"input\":\"fix it\"}");

        assertThat(TestWire.RESPONSES.hear(Asking.events(answer.body())).text()).isEqualTo("I look at it first.");
    }

    @Test
    void a_chat_tells_its_usage_only_when_asked_and_ends_with_a_word() throws Exception {
        TestWire wire = TestWire.CHAT;
        String question = wire.question().replace(",\"stream_options\":{\"include_usage\":true}", "");

        List<Event> asked = streamed(wire, wire.question());
        List<Event> unasked = streamed(wire, question);

        assertThat(asked.getLast().data()).isEqualTo("[DONE]");
        assertThat(asked.get(asked.size() - 2).json().get("choices").items()).isEmpty();
        assertThat(unasked.getLast().data()).isEqualTo("[DONE]");
        assertThat(unasked).noneMatch(event -> event.data().contains("usage"));
        assertThat(asked).allMatch(event -> event.type().isEmpty());
    }

    @Test
    void only_the_first_call_of_gemini_is_signed_and_lines_end_as_google_ends_them() throws Exception {
        HttpResponse<String> answer = client.post(TestWire.GEMINI, TestWire.GEMINI.question());

        Heard heard = TestWire.GEMINI.hear(Asking.events(answer.body()));
        assertThat(answer.body()).contains("\r\n\r\n").doesNotContain("}\n");
        assertThat(Json.parse(heard.own()).get("parts").items().stream()
                        .filter(part -> !part.get("functionCall").isNull()))
                .extracting(part -> !part.text("thoughtSignature").isEmpty())
                .containsExactly(true, false);
    }

    @Test
    void gemini_shows_its_thoughts_only_when_asked() throws Exception {
        TestWire wire = TestWire.GEMINI;
        String question = wire.question()
                .replace(
                        "{\"tools\"",
                        "{\"generationConfig\":{\"thinkingConfig\":{\"includeThoughts\":true}},\"tools\"");

        Heard heard = client.hear(wire, question);

        assertThat(heard.own()).contains("\"thought\":true");
        assertThat(heard.text()).isEqualTo("I look at it first.");
        assertThat(client.hear(wire, wire.question()).own()).doesNotContain("\"thought\":true");
    }

    @ParameterizedTest
    @EnumSource
    void a_comment_stands_between_the_events_where_clients_can_read_it(TestWire wire) throws Exception {
        boolean readable = wire == TestWire.RESPONSES || wire == TestWire.CHAT;

        assertThat(client.post(wire, wire.question()).body().contains(": still here"))
                .isEqualTo(readable);
    }

    @ParameterizedTest
    @CsvSource({"RESPONSES, /responses", "CHAT, /chat/completions"})
    void the_version_may_be_left_out_of_the_path(TestWire wire, String path) throws Exception {
        assertThat(client.post(path, wire.headers(), wire.question()).statusCode())
                .isEqualTo(200);
    }

    // ---- usage

    @ParameterizedTest
    @EnumSource
    void what_was_asked_before_was_in_the_cache(TestWire wire) throws Exception {
        Heard first = client.hear(wire, wire.question());

        Heard second = client.hear(wire, marked(wire, wire.afterwards(first)));

        assertThat(first.read()).isZero();
        assertThat(first.in()).isPositive();
        assertThat(first.out()).isPositive();
        assertThat(second.read()).isEqualTo(first.in());
        assertThat(second.in()).isGreaterThan(first.in());
    }

    @Test
    void messages_without_a_mark_are_neither_kept_nor_read() throws Exception {
        TestWire wire = TestWire.MESSAGES;
        String question = wire.question().replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "");
        client.hear(wire, question);

        Json usage = streamed(wire, question).getFirst().json().get("message").get("usage");

        assertThat(usage.number("cache_read_input_tokens")).isZero();
        assertThat(usage.number("cache_creation_input_tokens")).isZero();
        assertThat(usage.number("input_tokens")).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void another_model_has_read_nothing(TestWire wire) throws Exception {
        client.hear(wire, wire.question());
        String question = wire.question().replace("\"model\":\"m\"", "\"model\":\"other\"");

        HttpResponse<String> answer = client.post(wire.path.replace("/m:", "/other:"), wire.headers(), question);

        assertThat(wire.hear(Asking.events(answer.body())).read()).isZero();
    }

    @Test
    void a_token_is_four_characters_or_what_is_left() {
        assertThat(List.of(Tokens.of(0), Tokens.of(1), Tokens.of(4), Tokens.of(5)))
                .containsExactly(0L, 1L, 1L, 2L);
    }

    // ---- what is remembered

    @Test
    void every_request_is_seen_with_its_headers_body_and_arrival() throws Exception {
        client.post(TestWire.CHAT, "nonsense");

        Seen seen = server.seen().getFirst();

        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.path()).isEqualTo("/v1/chat/completions");
        assertThat(seen.headers()).containsEntry("authorization", "Bearer k");
        assertThat(seen.body()).isEqualTo("nonsense");
        assertThat(seen.arrival()).isEqualTo(NOW);
        assertThat(witnessed).containsExactly(seen);
    }

    @Test
    void only_the_last_ten_thousand_are_remembered() {
        SeenLog log = new SeenLog(_ -> {});
        for (int i = 0; i < 10_005; i++) {
            log.add(new Seen("GET", "/" + i, Map.of(), "", NOW));
        }

        assertThat(log.all()).hasSize(10_000);
        assertThat(log.all().getFirst().path()).isEqualTo("/5");
        assertThat(log.all().getLast().path()).isEqualTo("/10004");
    }

    @Test
    void a_pace_is_kept_between_the_words() throws Exception {
        try (OfflineServer paced = OfflineServer.start(
                        0,
                        Scripts.work(Duration.ofMillis(70)),
                        FaultPlan.NONE,
                        pauses::add,
                        InstantSource.fixed(NOW),
                        _ -> {});
                Asking there = new Asking(paced)) {
            there.hear(TestWire.MESSAGES, TestWire.MESSAGES.question());
        }

        assertThat(pauses).hasSize(5).containsOnly(Duration.ofMillis(70));
    }

    // ---- beside the wires

    @Test
    void the_models_can_be_listed() throws Exception {
        HttpResponse<String> answer = client.get("/v1/models", Map.of("x-api-key", "k"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.parse(answer.body()).get("data").items().getFirst().text("id"))
                .isEqualTo("offline");
    }

    @ParameterizedTest
    @CsvSource({"/v1/messages, 405", "/v1/nothing, 404", "/v1/models, 401"})
    void what_cannot_be_had_is_refused(String path, int status) throws Exception {
        assertThat(client.get(path, Map.of()).statusCode()).isEqualTo(status);
    }

    // ---- many at once, and the end

    @Test
    void many_conversations_are_held_at_once() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> all = new ArrayList<>();
            for (TestWire wire : Collections.nCopies(10, List.of(TestWire.values())).stream()
                    .flatMap(List::stream)
                    .toList()) {
                all.add(() -> client.hear(wire, wire.afterwards(client.hear(wire, wire.question())))
                        .text());
            }
            for (Future<String> one : threads.invokeAll(all)) {
                assertThat(one.get()).isEqualTo("All is done now.");
            }
        }
        assertThat(server.seen()).hasSize(80);
    }

    private List<Event> streamed(TestWire wire, String question) throws Exception {
        return Asking.events(client.post(wire, question).body());
    }

    private static List<Event> deltas(List<Event> events, String type) {
        return events.stream()
                .filter(event -> event.json().get("delta").text("type").equals(type))
                .toList();
    }

    /** A mark on the last result, as clients move it. */
    private static String marked(TestWire wire, String question) {
        return wire == TestWire.MESSAGES
                ? question.replace(
                        "\"content\":\"ok\"}]", "\"content\":\"ok\",\"cache_control\":{\"type\":\"ephemeral\"}}]")
                : question;
    }
}
