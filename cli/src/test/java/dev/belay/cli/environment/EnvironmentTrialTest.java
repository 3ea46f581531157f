package dev.belay.cli.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.FakeServer;
import dev.belay.cli.Samples;
import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTrialTest {
    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void a_project_and_a_server() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
        server.takesTasks().tellsTheSample();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void environment(String text) throws IOException {
        Files.writeString(
                Files.createDirectories(console.cwd().resolve(".belay")).resolve("environment.yaml"), text);
    }

    private void policy(String text) throws IOException {
        Files.writeString(
                Files.createDirectories(console.cwd().resolve(".belay")).resolve("policy.yaml"), text);
    }

    private void ends(String state, String exit, String check) {
        server.json(
                "GET /v1/tasks/" + Samples.ID,
                Samples.task(state, exit).replace("\"weaker\":[]", "\"weaker\":[],\"check\":" + check));
    }

    private static String check(String outcome, int exit) {
        return "{\"command\":\"npm test\",\"detected\":false,\"outcome\":\"" + outcome + "\",\"exit_code\":" + exit
                + ",\"output\":\"\",\"step\":2}";
    }

    private Json submitted() {
        return server.received().stream()
                .filter(request -> request.path().equals("/v1/tasks"))
                .map(request -> Json.parse(request.body()))
                .toList()
                .getLast();
    }

    private List<Script.Turn> turns() {
        return ScriptParser.parse("x", submitted().text("script")).turns();
    }

    @Test
    void it_is_a_task_like_any_other_with_a_script_and_what_the_project_says() throws IOException {
        environment("setup: [npm ci, make]\ncheck: npm test\n");
        ends("succeeded", "0", check("passed", 0));

        Console.Outcome outcome = console.run("env", "test");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.out()).endsWith("✓ set up in 2 steps; the check passes: npm test\n");
        assertThat(outcome.err()).contains("environment: .belay/environment.yaml · 2 steps · check: npm test");
        assertThat(submitted().text("prompt")).isEqualTo("env test");
        assertThat(submitted().text("model")).isEqualTo("script");
        assertThat(submitted().text("script_name")).isEqualTo("env-test.yaml");
        assertThat(submitted().get("check").isNull()).isTrue();
        assertThat(turns()).hasSize(2);
        assertThat(turns().getFirst().calls())
                .singleElement()
                .satisfies(call -> assertThat(call.tool()).isEqualTo("Write"));
        try (var left = Files.list(console.state())) {
            assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("env-test"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    passed     | 0 | succeeded | 0 | ✓ set up in 1 step; the check passes: npm test
                    failed     | 3 | failed    | 1 | ✗ set up in 1 step; the check fails, exit 3: npm test
                    """)
    void it_ends_with_the_code_of_the_task_and_tells_of_the_check(
            String outcome, int checkExit, String state, int exit, String told) throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        ends(state, Integer.toString(exit), check(outcome, checkExit));

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).isEqualTo(exit);
        assertThat(ended.out()).endsWith(told + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not_needed", "timed_out", "none"})
    void a_check_that_was_not_run_is_no_success(String outcome) throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        ends("succeeded", "0", outcome.equals("none") ? "null" : check(outcome, 0));

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).isEqualTo(6);
        assertThat(ended.out())
                .endsWith("! set up in 1 step; the check was not run\n")
                .doesNotContain("no check is named");
    }

    @Test
    void the_file_that_is_made_has_a_name_that_no_project_can_have() throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        ends("succeeded", "0", check("passed", 0));

        console.run("env", "test");
        String first = submitted().text("script");
        console.run("env", "test");

        assertThat(first).containsPattern("\\.belay-env-test-[0-9a-f-]{36}");
        assertThat(submitted().text("script")).isNotEqualTo(first);
    }

    @Test
    void the_task_is_named_before_anything_else_can_fail() throws IOException {
        environment("setup: [npm ci]\n");
        server.on(
                "GET /v1/tasks/" + Samples.ID,
                _ -> FakeServer.reply(
                        404, "application/problem+json", "{\"code\":\"E_NOT_FOUND\",\"title\":\"gone\"}"));

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).isEqualTo(8);
        assertThat(ended.err()).contains("belay attach " + Samples.ID);
    }

    @Test
    @Timeout(30)
    void whoever_leaves_is_asked_nothing_more() throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        AtomicReference<Runnable> press = new AtomicReference<>();
        AtomicBoolean left = new AtomicBoolean();
        console.terminal().interrupts(action -> {
            press.set(action);
            return () -> {};
        });
        server.on(
                "GET /v1/tasks/" + Samples.ID,
                _ -> left.get()
                        ? FakeServer.reply(
                                404, "application/problem+json", "{\"code\":\"E_NOT_FOUND\",\"title\":\"gone\"}")
                        : FakeServer.reply(200, "application/json", Samples.task("running", "null")));
        server.on("GET /v1/tasks/" + Samples.ID + "/events", _ -> {
            Thread.ofVirtual().start(() -> {
                while (!console.printed().contains("▸")) {
                    Thread.yield();
                }
                left.set(true);
                Objects.requireNonNull(press.get()).run();
            });
            return FakeServer.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                            + Samples.stream(Samples.log().subList(0, 6), 0))
                    .holding(new CountDownLatch(1));
        });

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).as(ended.err()).isEqualTo(130);
        assertThat(ended.err()).contains("detached. t-7fq2 is running").doesNotContain("error[");
    }

    @Test
    void a_server_that_cannot_answer_for_a_while_is_waited_for() throws IOException {
        environment("setup: [npm ci]\n");
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "GET /v1/tasks/" + Samples.ID,
                _ -> asked.incrementAndGet() % 2 == 1
                        ? FakeServer.reply(
                                503,
                                "application/problem+json",
                                "{\"code\":\"E_OVERLOADED\",\"title\":\"no database\"}")
                        : FakeServer.reply(200, "application/json", Samples.task("succeeded", "0")));

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).endsWith("✓ set up in 1 step; no check is named\n");
    }

    @Test
    void a_set_up_that_fails_is_exit_10_and_no_more_is_said_than_the_task_says() throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        ends("failed", "10", "null");

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).isEqualTo(10);
        assertThat(ended.out()).doesNotContain("✓ set up", "✗ set up");
    }

    @Test
    void without_a_check_nothing_is_changed() throws IOException {
        environment("setup: [npm ci]\n");
        ends("succeeded", "0", "null");

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.out()).endsWith("✓ set up in 1 step; no check is named\n");
        assertThat(turns())
                .singleElement()
                .satisfies(turn -> assertThat(turn.calls()).isEmpty());
    }

    @Test
    void another_check_can_be_named_also_where_nothing_is_set_up() throws IOException {
        ends("succeeded", "0", check("passed", 0));

        Console.Outcome ended = console.run("env", "test", "--check", "make test");

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).endsWith("✓ nothing to set up; the check passes: npm test\n");
        assertThat(submitted().text("check")).isEqualTo("make test");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    files: {write: [./src]}          | Bash | 0
                    commands: {others: deny}         | Write | 0
                    tools: {disallowed: [Write]}     | Bash | 0
                    tools: {allowed: [Read]}         |      | 6
                    """)
    void the_change_that_a_check_needs_is_one_that_the_policy_lets_a_task_make(String rule, String tool, int exit)
            throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        policy("policy: belay/1\n" + rule + "\n");
        ends("succeeded", "0", tool == null ? check("not_needed", 0) : check("passed", 0));

        Console.Outcome ended = console.run("env", "test");

        assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
        assertThat(turns().stream().flatMap(turn -> turn.calls().stream()).map(Script.Call::tool))
                .containsExactlyElementsOf(tool == null ? List.of() : List.of(tool));
        if (tool == null) {
            assertThat(ended.out())
                    .contains("! set up in 1 step; the check was not run: the policy lets a task change nothing");
        }
    }

    @Test
    void json_is_a_line_per_event_as_with_run() throws IOException {
        environment("setup: [npm ci]\ncheck: npm test\n");
        ends("succeeded", "0", check("passed", 0));

        Console.Outcome outcome = console.run("env", "test", "--json");

        assertThat(outcome.out().lines().map(Json::parse)).isEqualTo(Samples.log());
        assertThat(outcome.err()).contains("the check passes: npm test");
    }

    @Test
    void what_the_server_refuses_is_told_as_run_tells_it() throws IOException {
        environment("setup: [npm ci]\n");
        server.on("POST /v1/tasks", _ -> FakeServer.reply(403, "application/json", """
                {"error":{"code":"E_WEAKER","what":"this machine isolates less","why":"x","state":"","next":"y"}}"""));

        Console.Outcome text = console.run("env", "test", "--accept-weaker");
        Console.Outcome json = console.run("env", "test", "--json");

        assertThat(text.exit()).isNotZero().isEqualTo(json.exit());
        assertThat(text.err()).contains("error[");
        assertThat(text.out()).isEmpty();
        assertThat(Json.parse(json.out()).get("error").isNull()).isFalse();
        assertThat(submitted().flag("accept_weaker")).isFalse();
    }

    @Test
    void where_there_is_nothing_to_try_nothing_is_sent() throws IOException {
        Console.Outcome none = console.run("env", "test");
        assertThat(none.exit()).isEqualTo(8);
        assertThat(none.err()).contains("error[E_NOT_FOUND] there is no .belay/environment.yaml", "belay env import");

        environment("setup: [5]\n");
        assertThat(console.run("env", "test").exit()).isEqualTo(2);

        assertThat(server.received()).isEmpty();
    }
}
