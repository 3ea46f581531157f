package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script;
import dev.belay.proto.script.ScriptParser;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.Model.ModelException;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.model.offline.FaultPlan;
import dev.belay.runner.model.offline.OfflineServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every wire against a server that judges what it is asked, and that fails in every way that providers do. */
@Timeout(120)
class ProviderModelTest {
    private static final String[] MODELS = {"anthropic/m", "openai/m", "gemini/m", "office/m"};
    private static final Briefing BRIEFING = new Briefing(
            "You are at work.", List.of(new ToolSpec("Bash", "Runs a command.", (Json.Obj) Json.parse("""
                    {"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}
                    """))));
    private static final Script TALK = ScriptParser.parse("talk.yaml", """
            model: script/1
            turns:
              - say: "I look at two things."
                calls:
                  - Bash: {command: "ls"}
                  - Bash: {command: "pwd"}
              - calls:
                  - Bash: {command: "make test"}
              - say: "All is well. 🪢"
            """);

    @TempDir
    Path folder;

    private final List<Duration> slept = new ArrayList<>();
    private final StringBuilder heard = new StringBuilder();
    private final List<String> again = new ArrayList<>();
    private OfflineServer server;

    @BeforeEach
    void start() throws IOException {
        server = OfflineServer.start(TALK);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_conversation_goes_to_its_end_with_reasoning_given_back_as_it_came(String name) throws Exception {
        Model model = model(name, "high", Map.of());
        List<Part> conversation = begun();

        Reply first = answered(model, conversation);
        Reply second = answered(model, conversation);
        Reply last = answered(model, conversation);

        assertThat(first.text()).isEqualTo("I look at two things.");
        assertThat(first.calls())
                .extracting(ToolCall::tool, call -> call.input().text("command"))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Bash", "ls"),
                        org.assertj.core.groups.Tuple.tuple("Bash", "pwd"));
        assertThat(second.calls()).hasSize(1);
        assertThat(last.text()).isEqualTo("All is well. 🪢");
        assertThat(last.calls()).isEmpty();
        assertThat(heard).hasToString(last.text());
        assertThat(last.usage().cacheRead()).as("most was read before").isPositive();
        assertThat(last.usage().tokensIn()).isGreaterThan(first.usage().tokensIn());
        assertThat(again).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_conversation_that_another_model_began_is_gone_on_with(String name) throws Exception {
        List<Part> conversation = begun();
        answered(model("anthropic/other", "high", Map.of()), conversation);

        Reply second = answered(model(name, "high", Map.of()), conversation);

        assertThat(second.calls())
                .extracting(call -> call.input().text("command"))
                .containsExactly("make test");
    }

    static Stream<Arguments> passing() {
        return each(
                "status:408",
                "status:429",
                "status:500",
                "status:503",
                "status:529",
                "html",
                "closed",
                "unstreamed",
                "cut-after-events:1",
                "cut-after-events:3",
                "cut-after-bytes:1",
                "cut-after-bytes:700",
                "error-after:2",
                "malformed-after:1");
    }

    @ParameterizedTest
    @MethodSource("passing")
    void what_may_pass_is_asked_again_and_what_was_heard_of_it_is_taken_back(String name, String fault)
            throws Exception {
        play("1=" + fault);

        Reply reply = answered(model(name, "", Map.of()), begun());

        assertThat(reply.text()).isEqualTo("I look at two things.");
        assertThat(heard).hasToString(reply.text());
        assertThat(again).hasSize(1);
        assertThat(slept).hasSize(1);
    }

    static Stream<Arguments> silent() {
        return each("silence", "silence-after:2");
    }

    @ParameterizedTest
    @MethodSource("silent")
    void who_is_silent_is_asked_again(String name, String fault) throws Exception {
        play("1=" + fault);
        Waits short_ = new Waits(
                Duration.ofSeconds(5),
                Duration.ofMillis(400),
                Duration.ofMillis(400),
                Duration.ofSeconds(30),
                20,
                Duration.ofMillis(1),
                Duration.ofMillis(1));

        Reply reply = answered(model(name, "", Map.of(), short_), begun());

        assertThat(reply.calls()).hasSize(2);
        assertThat(again.getFirst()).containsAnyOf("is silent", "nothing came for");
    }

    static Stream<Arguments> ending() {
        return Stream.of(
                        List.of("status:503", "model_unavailable", "waits"),
                        List.of("cut-after-events:1", "model_unavailable", "waits"),
                        List.of("no-quota", "model_quota", "waits"),
                        List.of("bad-key", "no_key", "ends"),
                        List.of("too-long", "context_full", "ends"),
                        List.of("declined", "model_declined", "ends"),
                        List.of("filtered", "model_declined", "ends"),
                        List.of("redirect:http://127.0.0.1:1/elsewhere", "model_refused", "ends"),
                        List.of("status:422", "model_refused", "ends"))
                .flatMap(
                        row -> Stream.of(MODELS).map(model -> Arguments.of(model, row.get(0), row.get(1), row.get(2))));
    }

    @ParameterizedTest
    @MethodSource("ending")
    void what_does_not_pass_is_named_and_only_what_may_never_pass_ends_the_task(
            String name, String fault, String reason, String then) throws Exception {
        play(fault);

        assertThatThrownBy(() -> answered(model(name, "", Map.of()), begun()))
                .isInstanceOfSatisfying(ModelException.class, failed -> {
                    // Gemini has one word for a spent quota and for a short rush.
                    boolean rush = fault.equals("no-quota") && name.startsWith("gemini");
                    assertThat(failed.stopReason()).isEqualTo(rush ? "model_unavailable" : reason);
                    assertThat(failed.passes()).isEqualTo(then.equals("waits"));
                    assertThat(failed.getMessage()).doesNotContain("secret-key");
                });
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_model_that_never_stops_is_not_listened_to_for_ever(String name) throws Exception {
        play("1=endless");
        Waits brief = new Waits(
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMillis(300),
                20,
                Duration.ofMillis(1),
                Duration.ofMillis(1));

        Reply reply = answered(model(name, "", Map.of(), brief), begun());

        assertThat(again.getFirst()).contains("came to no end");
        assertThat(reply.text()).isEqualTo("I look at two things.");
    }

    @ParameterizedTest
    @MethodSource("models")
    void an_answer_that_its_length_limit_ended_says_so(String name) throws Exception {
        play("1=length-limit");

        assertThat(answered(model(name, "", Map.of()), begun()).cut()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_call_whose_arguments_are_no_json_is_a_call_and_goes_back_so_that_the_provider_takes_it(String name)
            throws Exception {
        play("1=broken-arguments");
        Model model = model(name, "", Map.of());
        List<Part> conversation = begun();

        Reply first = answered(model, conversation);
        Reply second = answered(model, conversation);

        // Gemini's arguments are no text, so they cannot be broken.
        if (!name.startsWith("gemini")) {
            assertThat(first.calls().getFirst().unreadable()).isNotEmpty();
        }
        assertThat(second.calls()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("models")
    void long_arguments_come_whole(String name) throws Exception {
        play("1=big-arguments:10");

        Reply reply = answered(model(name, "", Map.of()), begun());

        assertThat(reply.calls().getFirst().input().print().length()).isGreaterThan(10 << 20);
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_wrong_key_is_no_key(String name) throws Exception {

        assertThatThrownBy(() -> answered(model(name, "", Map.of(keyVariable(name), OfflineServer.WRONG_KEY)), begun()))
                .isInstanceOfSatisfying(ModelException.class, failed -> {
                    assertThat(failed.stopReason()).isEqualTo("no_key");
                    assertThat(failed.getMessage())
                            .contains("belay login " + name.substring(0, name.indexOf('/')))
                            .doesNotContain(OfflineServer.WRONG_KEY);
                });
        assertThat(server.seen()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_model_that_the_provider_does_not_know_is_said(String name) throws Exception {

        assertThatThrownBy(() -> answered(model(name.replace("/m", "/no-such-model"), "", Map.of()), begun()))
                .isInstanceOfSatisfying(
                        ModelException.class,
                        failed -> assertThat(failed.stopReason()).isEqualTo("unknown_model"));
    }

    @Test
    void a_pause_that_the_provider_names_is_made() throws Exception {
        play("1=status:429:7");

        answered(model("anthropic/m", "", Map.of()), begun());

        assertThat(slept).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void a_server_that_is_not_there_is_named() throws Exception {
        server.close();

        assertThatThrownBy(() -> answered(model("office/m", "", Map.of()), begun()))
                .isInstanceOfSatisfying(ModelException.class, failed -> {
                    assertThat(failed.stopReason()).isEqualTo("model_unavailable");
                    assertThat(failed.getMessage()).contains("127.0.0.1:" + server.port() + " takes no connection");
                });
    }

    @Test
    void a_key_goes_to_no_place_that_an_answer_names() throws Exception {
        try (OfflineServer elsewhere = OfflineServer.start(TALK)) {
            play("redirect:" + elsewhere.address() + "/v1/messages");

            assertThatThrownBy(() -> answered(model("anthropic/m", "", Map.of()), begun()))
                    .isInstanceOf(ModelException.class);

            assertThat(elsewhere.seen()).isEmpty();
        }
    }

    @Test
    void a_person_who_stops_a_task_does_not_wait_for_a_model_that_is_silent() throws Exception {
        play("silence");
        Model model = model("anthropic/m", "", Map.of());
        Thread asking = Thread.ofVirtual().start(() -> {
            try {
                model.reply(new Conversation(begun()), listener());
            } catch (ModelException | InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        while (server.seen().isEmpty()) {
            Thread.onSpinWait();
        }

        asking.interrupt();

        assertThat(asking.join(Duration.ofSeconds(20))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic/m", "openai/m"})
    void history_grows_at_its_end_alone(String name) throws Exception {
        Model model = model(name, "high", Map.of());
        List<Part> conversation = begun();
        answered(model, conversation);
        answered(model, conversation);
        answered(model, conversation);

        List<String> said = server.seen().stream()
                .map(seen -> Json.parse(seen.body()))
                .map(body -> body.get(name.startsWith("openai") ? "input" : "messages"))
                .map(ProviderModelTest::withoutMarks)
                .toList();

        for (int i = 1; i < said.size(); i++) {
            String before = said.get(i - 1);
            assertThat(said.get(i)).startsWith(before.substring(0, before.length() - 1));
        }
    }

    private static String withoutMarks(Json messages) {
        return messages.print().replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "");
    }

    static Stream<String> models() {
        return Stream.of(MODELS);
    }

    private static Stream<Arguments> each(String... faults) {
        return Stream.of(faults).flatMap(fault -> Stream.of(MODELS).map(model -> Arguments.of(model, fault)));
    }

    private void play(String... faults) throws IOException {
        server.close();
        server = OfflineServer.start(TALK, FaultPlan.parse(List.of(faults)));
    }

    private static String keyVariable(String model) {
        return model.substring(0, model.indexOf('/')).toUpperCase(java.util.Locale.ROOT) + "_API_KEY";
    }

    private Model model(String name, String effort, Map<String, String> more) throws IOException {
        return model(
                name,
                effort,
                more,
                new Waits(
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        2,
                        Duration.ofMillis(1),
                        Duration.ofMillis(1)));
    }

    private Model model(String name, String effort, Map<String, String> more, Waits waits) throws IOException {
        Path file = Files.writeString(folder.resolve("models.json"), """
                {"providers": {"office": {"wire": "chat", "address": "%s/v1", "key_variable": "OFFICE_API_KEY"}}}
                """.formatted(server.address()));
        Map<String, String> environment = new java.util.HashMap<>(Map.of(
                "BELAY_MODELS",
                file.toString(),
                "ANTHROPIC_BASE_URL",
                server.address().toString(),
                "OPENAI_BASE_URL",
                server.address() + "/v1",
                "GOOGLE_GEMINI_BASE_URL",
                server.address().toString(),
                "ANTHROPIC_API_KEY",
                "secret-key",
                "OPENAI_API_KEY",
                "secret-key",
                "GEMINI_API_KEY",
                "secret-key",
                "OFFICE_API_KEY",
                "secret-key"));
        environment.putAll(more);
        return new Models(new ProviderModel.Surroundings(
                        Providers.from(environment),
                        new Keys(environment, folder),
                        Exchange.client(waits, environment),
                        waits,
                        () -> 1,
                        slept::add))
                .of(name, effort, BRIEFING);
    }

    /** As the loop does it. */
    private Reply answered(Model model, List<Part> parts) throws ModelException, InterruptedException {
        heard.setLength(0);
        Reply reply = model.reply(new Conversation(parts), listener());
        parts.add(new Part.Answer(reply));
        for (ToolCall call : reply.calls()) {
            parts.add(new Part.Result(call, ToolOutcome.done("exit code: 0\nfine", "exit 0")));
        }
        return reply;
    }

    private static List<Part> begun() {
        return new ArrayList<>(List.of(new Part.Prompt("mend it")));
    }

    private Model.Listener listener() {
        return new Model.Listener() {
            @Override
            public void heard(String piece) {
                heard.append(piece);
            }

            @Override
            public void again(String why) {
                heard.setLength(0);
                again.add(why);
            }
        };
    }
}
