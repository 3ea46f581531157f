package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real models, as far as they can be had without one: a server that speaks the providers' forms, refuses what they refuse, and
 * gives reasoning that it wants back unchanged. The key is looked for wherever it must not be.
 */
class ModelIT {
    private static final String KEY = "sk-canary-51fd0e77";

    private static final Script WORK = new Script()
            .bash("sh check.sh")
            .read("sum.sh")
            .edit("sum.sh", "$1 - $2", "$1 + $2")
            .bash("sh check.sh")
            .bash("env; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; ls -la /proc/1/fd 2>&1 | tail -n +2");

    private static ModelServer server;
    private static Belay belay;
    private static Repository project;

    @BeforeAll
    static void a_runner_has_a_key_and_servers_to_use_it_at() throws IOException {
        server = ModelServer.playing(WORK);
        Belay fresh = Belay.fresh();
        Path models = Files.writeString(fresh.work().resolve("models.json"), """
                {"providers": {"office": {"wire": "chat", "address": "%s/v1", "key_variable": "OFFICE_KEY"}},
                 "prices": {"office/large": {"input": 1000, "output": 1000}}}
                """.formatted(server.address()));
        belay = fresh.with("ANTHROPIC_API_KEY", KEY)
                .with("OPENAI_API_KEY", KEY)
                .with("GEMINI_API_KEY", KEY)
                .with("OFFICE_KEY", KEY)
                .with("ANTHROPIC_BASE_URL", server.address())
                .with("OPENAI_BASE_URL", server.address() + "/v1")
                .with("GOOGLE_GEMINI_BASE_URL", server.address())
                .with("BELAY_MODELS", models.toString());
        project = belay.repository("sums");
        project.write("sum.sh", "sum() { echo $(($1 - $2)); }\n");
        project.write("check.sh", ". ./sum.sh\n[ \"$(sum 2 3)\" = 5 ] && echo passed || { echo failed; exit 1; }\n");
        project.write("AGENTS.md", "Use tabs in shell scripts. @docs/more.md\n");
        project.write("docs/more.md", "Never rename files.\n");
        belay.run("up").well();
    }

    @AfterAll
    static void all_of_it_ends() {
        try (Belay _ = belay;
                ModelServer _ = server) {
            // In this order.
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic/claude-sonnet-5-5",
                "openai/gpt-6-sol",
                "gemini/gemini-unpriced",
                "office/large",
            })
    void the_same_task_comes_to_the_same_end_in_every_form(String model) {
        String task = handOver(model);

        belay.run("wait", task).well();

        assertThat(belay.run("diff", task).well().out())
                .contains("-sum() { echo $(($1 - $2)); }", "+sum() { echo $(($1 + $2)); }");
        Json shown = belay.run("show", "--json", task).well().json();
        assertThat(shown.text("model")).isEqualTo(model);
        assertThat(shown.number("turns")).isEqualTo(6);
        assertThat(shown.number("tokens_in")).isPositive();
        assertThat(shown.number("tokens_out")).isPositive();
        boolean priced = !model.contains("unpriced");
        assertThat(shown.flag("cost_unknown")).isEqualTo(!priced);
        assertThat(shown.decimal("cost_usd") > 0).isEqualTo(priced);
        List<Json> turns =
                belay.run("logs", "--json", "--kind", "turn.end", task).well().lines();
        assertThat(turns.getLast().get("turn_end").number("cache_read"))
                .as("what was read before is read from the cache")
                .isPositive();
    }

    @Test
    void a_model_is_told_where_it_is_and_what_the_project_asks() {
        String task = handOver("anthropic/claude-sonnet-5-5");
        belay.run("wait", task).well();

        Json told = belay.run("logs", "--json", "--kind", "model.briefed", task)
                .well()
                .lines()
                .getFirst()
                .get("model_briefed");

        assertThat(told.text("system"))
                .contains("# AGENTS.md", "Use tabs in shell scripts.", "# docs/more.md", "Never rename files.");
        assertThat(Json.parse(told.text("tools_json")).items())
                .extracting(tool -> tool.text("name"))
                .containsExactly("Bash", "Read", "Edit", "Write", "Glob", "Grep");
    }

    @Test
    void what_a_model_was_sent_is_shown_word_for_word() {
        String task = handOver("office/large");
        belay.run("wait", task).well();
        Json body = Json.parse(server.seen().getLast().text("body"));

        Json shown = belay.run("prompt", "--json", task).well().json();

        assertThat(texts(shown, "system")).containsExactlyElementsOf(sent(body, "system"));
        assertThat(texts(shown, "prompt")).containsExactlyElementsOf(sent(body, "user"));
        assertThat(texts(shown, "result"))
                .hasSize(5)
                .containsExactlyElementsOf(sent(body, "tool"))
                .allSatisfy(text -> assertThat(text).startsWith("<tool_output-").contains("\n</tool_output-"));
        assertThat(shown.get("parts").items().stream()
                        .mapToLong(part -> part.number("tokens"))
                        .sum())
                .isEqualTo(shown.number("tokens_in"));
        assertThat(belay.run("prompt", "--turn", "9", task).ended(2).err()).contains("1 to 6");
    }

    private static List<String> texts(Json shown, String kind) {
        return shown.get("parts").items().stream()
                .filter(part -> part.text("kind").equals(kind))
                .map(part -> part.text("text"))
                .toList();
    }

    private static List<String> sent(Json body, String role) {
        return body.get("messages").items().stream()
                .filter(message -> message.text("role").equals(role))
                .map(message -> message.text("content"))
                .toList();
    }

    @Test
    void a_run_that_was_recorded_is_the_same_again_without_a_model() throws IOException {
        Path file = belay.work().resolve("recorded.yaml");
        belay.at(project)
                .run("run", "--model", "office/large", "--record", file.toString(), "mend the sum")
                .well();
        Json first = belay.run("show", "--json", "-").well().json();
        int asked = server.seen().size();

        belay.at(project)
                .run("run", "--model", "script:" + file, "mend the sum")
                .well();

        Json again = belay.run("show", "--json", "-").well().json();
        assertThat(calls(again)).isEqualTo(calls(first)).hasSize(5);
        assertThat(again.number("turns")).isEqualTo(first.number("turns"));
        assertThat(belay.run("diff", again.text("id")).well().out())
                .isEqualTo(belay.run("diff", first.text("id")).well().out());
        assertThat(server.seen()).hasSize(asked);
        assertThat(Files.readString(file)).doesNotContain(KEY);
        belay.at(project)
                .run("run", "--model", "office/large", "--record", file.toString(), "mend the sum")
                .refused("E_CONFLICT", 7);
    }

    private static List<String> calls(Json task) {
        return belay.run("logs", "--json", "--kind", "tool.call", task.text("id")).well().lines().stream()
                .map(event -> event.get("tool_call").text("tool") + " "
                        + Json.parse(event.get("tool_call").text("input_json")).print())
                .toList();
    }

    @Test
    void the_key_is_in_no_sandbox_and_in_nothing_that_belay_writes() {
        String task = handOver("anthropic/claude-sonnet-5-5");
        belay.run("wait", task).well();
        String events = belay.run("logs", "--json", task).well().out();

        assertThat(server.seen().getLast().get("headers").print())
                .as("the look is not blind: this is where the key goes")
                .contains(KEY);
        assertThat(events).contains("HOME=/home/belay").doesNotContain(KEY);
        // Sessions, logs, spools, packs, the database's own files.
        assertThat(StateSearch.filesHolding(belay.state(), KEY)).isEmpty();
        assertThat(environmentOf("controller")).contains("BELAY_STATE=").doesNotContain("ANTHROPIC_API_KEY");
    }

    @Test
    void a_task_whose_runner_died_goes_on_with_the_reasoning_that_it_had() {
        try (ModelServer slow = ModelServer.playing(new Script()
                        .bash("echo one > a")
                        .bash("sleep 4; echo two > b")
                        .bash("echo three > c"));
                Belay other = Belay.fresh()) {
            Belay its = other.with("ANTHROPIC_API_KEY", KEY).with("ANTHROPIC_BASE_URL", slow.address());
            Repository here = its.repository("resumed");
            its.run("up").well();
            String task = its.at(here)
                    .run("run", "-d", "--effort", "high", "--model", "anthropic/claude-sonnet-5-5", "do it")
                    .well()
                    .said();
            its.run("wait", "--for", "snapshot=s1", task).well();
            Sh.run("kill", "-KILL", "" + LocalSystem.of(its).pid("runner"));

            its.run("wait", task).well();

            // The server refuses reasoning that it did not give, and an answer that lacks what it gave.
            String last = slow.seen().getLast().text("body");
            assertThat(last).contains("\"signature\"").contains("interrupted");
            assertThat(its.run("diff", task).well().out()).contains("+++ b/a", "+++ b/c");
            assertThat(its.run("logs", "--json", "--kind", "model.briefed", task)
                            .well()
                            .lines())
                    .as("what it was told first is told again, byte for byte")
                    .hasSize(1);
            assertThat(slow.seen().stream()
                            .map(one ->
                                    Json.parse(one.text("body")).get("system").print())
                            .collect(Collectors.toSet()))
                    .hasSize(1);
            its.run("down").well();
        }
    }

    @Test
    void a_limit_of_dollars_stops_a_task_with_its_work_safe_until_it_is_raised() {
        String task = belay.at(project)
                .run("run", "-d", "--max-usd", "0.01", "--model", "office/large", "mend the sum")
                .well()
                .said();

        belay.run("wait", task).ended(3);

        Json shown = belay.run("show", "--json", task).well().json();
        assertThat(shown.text("stop_reason")).isEqualTo("limit_usd");
        assertThat(shown.number("turns")).isEqualTo(1);
        assertThat(shown.text("last_snapshot")).isEqualTo("s1");
        belay.run("resume", task).ended(7).refused("E_CONFLICT", 7);
        belay.run("resume", "--max-usd", "1000", task).well();
        belay.run("wait", task).well();
    }

    @Test
    void a_model_that_goes_in_a_circle_is_told_and_then_stopped_until_a_person_lets_it_go_on() {
        try (ModelServer stubborn = ModelServer.playing(
                        Script.of("sh check.sh", "sh check.sh", "sh check.sh", "sh check.sh", "sh check.sh"));
                Belay other = Belay.fresh()) {
            Belay its = other.with("ANTHROPIC_API_KEY", KEY).with("ANTHROPIC_BASE_URL", stubborn.address());
            Repository here = its.repository("circle");
            here.write("check.sh", "echo failed; exit 1\n");
            its.run("up").well();
            String task = its.at(here)
                    .run("run", "-d", "--model", "anthropic/claude-sonnet-5-5", "mend it")
                    .well()
                    .said();

            its.run("wait", task).ended(3);

            Json shown = its.run("show", "--json", task).well().json();
            assertThat(shown.text("waiting_for")).isEqualTo("doom_loop");
            assertThat(shown.number("steps")).isEqualTo(4);
            assertThat(shown.text("stop_detail")).contains("\"sh check.sh\"", "\"exit 1\"");
            assertThat(stubborn.seen().getLast().text("body")).contains("the same call three times");
            its.run("resume", task).well();
            its.run("wait", task).well();
            its.run("down").well();
        }
    }

    @Test
    void a_limit_of_dollars_is_refused_where_no_price_is_known() {
        String task = belay.at(project)
                .run("run", "-d", "--max-usd", "1", "--model", "gemini/gemini-unpriced", "mend the sum")
                .well()
                .said();

        Result waited = belay.run("wait", task);

        assertThat(waited.exit()).isEqualTo(1);
        assertThat(belay.run("show", "--json", task).well().json().text("stop_detail"))
                .contains("--max-usd cannot be held: no price is known for gemini/gemini-unpriced");
    }

    @Test
    void without_a_key_nothing_is_handed_over_and_the_way_to_give_one_is_named() {
        try (Belay other = Belay.fresh()) {
            Belay bare = other.without("ANTHROPIC_API_KEY").with("OPENAI_BASE_URL", server.address() + "/v1");
            Repository here = bare.repository("bare");
            bare.run("up").well();

            Result refused = bare.at(here).run("run", "--model", "openai/gpt-6-sol", "do it");
            refused.refused("E_NO_KEY", 4);
            assertThat(refused.err()).contains("OPENAI_API_KEY is not set", "belay login openai");
            assertThat(bare.run("ps", "-a", "-q").well().out()).isEmpty();
            bare.at(here).run("run", "--model", "opnai/gpt", "do it").refused("E_UNKNOWN_MODEL", 2);

            bare.fed(KEY + "\n").run("login", "openai").well();

            assertThat(bare.run("models").well().out()).containsPattern("openai\\s+✓");
            Path key = bare.state().resolve("runner/room/keys/openai");
            assertThat(Sh.run("stat", "-c", "%a", key.toString()).strip()).isEqualTo("600");
            String task = bare.at(here)
                    .run("run", "-d", "--model", "openai/gpt-6-sol", "do it")
                    .well()
                    .said();
            bare.run("wait", task).well();
            bare.run("login", "openai", "--forget").well();
            assertThat(Files.exists(key)).isFalse();
            bare.run("login", "nobody").refused("E_USAGE", 2);
            bare.fed("two words\n").run("login", "openai").refused("E_USAGE", 2);
            bare.run("down").well();
        }
    }

    @Test
    void a_wrong_key_ends_the_task_by_name_and_with_the_exit_code_for_it() {
        try (Belay other = Belay.fresh()) {
            Belay wrong = other.with("ANTHROPIC_API_KEY", "wrong-key").with("ANTHROPIC_BASE_URL", server.address());
            Repository here = wrong.repository("wrong");

            Result run = wrong.at(here).run("run", "--model", "anthropic/claude-sonnet-5-5", "do it");

            run.ended(4);
            assertThat(run.out()).contains("belay login anthropic");
            // What it says to type helps, although the runner still has the variable.
            wrong.fed(KEY).run("login", "anthropic").well();
            wrong.at(here)
                    .run("run", "--model", "anthropic/claude-sonnet-5-5", "do it")
                    .well();
            wrong.run("down").well();
        }
    }

    private static String handOver(String model) {
        return belay.at(project)
                .run("run", "-d", "--model", model, "mend the sum")
                .well()
                .said();
    }

    private static String environmentOf(String process) {
        long pid = LocalSystem.of(belay).pid(process);
        return Sh.run("sh", "-c", "tr '\\0' '\\n' < /proc/" + pid + "/environ");
    }
}
