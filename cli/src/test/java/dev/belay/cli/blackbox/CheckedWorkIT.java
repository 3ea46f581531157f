package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a model's word that it is done, and of the tools that it is not given. */
class CheckedWorkIT {
    private static final String CHECK = "sh check.sh";

    private static final Script TOO_EARLY = new Script()
            .read("sum.sh")
            .edit("sum.sh", "$1 - $2", "$1 * $2")
            .says("It is mended.")
            .edit("sum.sh", "$1 * $2", "$1 + $2");

    /** By what their models do. */
    private static final Map<String, Script> MODELS = Map.of(
            "hasty",
            TOO_EARLY,
            "halted",
            TOO_EARLY,
            "wrong",
            new Script().read("sum.sh").edit("sum.sh", "$1 - $2", "$1 * $2").says("It is mended."),
            "right",
            new Script().read("sum.sh").edit("sum.sh", "$1 - $2", "$1 + $2"),
            "idle",
            new Script().read("sum.sh"),
            "grasping",
            new Script().bash("echo hello").read("sum.sh").edit("sum.sh", "$1 - $2", "$1 + $2"));

    private static final Map<String, ModelServer> SERVERS = new LinkedHashMap<>();
    private static final Belay FRESH = Belay.fresh();
    private static final Repository PROJECT = FRESH.repository("sums");
    private static final Repository MADE = FRESH.repository("made");
    private static Belay belay = FRESH;

    @BeforeAll
    static void a_runner_knows_a_server_for_each() throws IOException {
        MODELS.forEach((name, script) -> SERVERS.put(name, ModelServer.playing(script)));
        Json.ObjectBuilder providers = Json.object();
        SERVERS.forEach((name, server) -> providers.put(
                name,
                Json.object()
                        .put("wire", "chat")
                        .put("address", server.address() + "/v1")
                        .put("key_variable", "MODEL_KEY")
                        .build()));
        Path models = Files.writeString(
                FRESH.work().resolve("models.json"),
                Json.object().put("providers", providers.build()).build().print());
        belay = FRESH.with("BELAY_MODELS", models.toString()).with("MODEL_KEY", "sk-canary-1");
        for (Repository project : List.of(PROJECT, MADE)) {
            project.write("sum.sh", "sum() { echo $(($1 - $2)); }\n");
            project.write(
                    "check.sh", ". ./sum.sh\n[ \"$(sum 2 3)\" = 5 ] && echo passed || { echo not five; exit 3; }\n");
        }
        MADE.write("Makefile", "test:\n\tsh check.sh\n");
        belay.run("up").well();
    }

    @AfterAll
    static void all_of_it_ends() {
        try (Belay _ = FRESH) {
            SERVERS.values().forEach(ModelServer::close);
        }
    }

    private static Result run(Repository project, String model, String... more) {
        List<String> all = new ArrayList<>(List.of("run", "--model", model + "/m"));
        all.addAll(List.of(more));
        all.add("mend the sum");
        return belay.at(project).run(all.toArray(String[]::new));
    }

    private static Json shown() {
        return belay.run("show", "--json", "-").well().json();
    }

    private static List<Json> asked(String model) {
        return Objects.requireNonNull(SERVERS.get(model)).seen();
    }

    @Test
    void a_model_that_says_it_is_done_too_early_is_told_once_and_ends_when_the_check_passes() {
        Result result = run(PROJECT, "hasty", "--check", CHECK);

        assertThat(result.well().out()).contains("▸ check " + CHECK, "exit 3", "exit 0", "✓ " + CHECK);
        Json check = shown().get("check");
        assertThat(check.text("outcome")).isEqualTo("passed");
        assertThat(check.flag("detected")).isFalse();
        assertThat(asked("hasty").stream().filter(one -> one.text("body").contains("does not pass")))
                .as("the model was told, and from then on in each request")
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.text("body")).contains("not five"));
    }

    @Test
    void work_that_goes_on_after_a_check_is_not_what_was_checked() {
        run(PROJECT, "halted", "--check", CHECK, "--max-turns", "4").ended(3);
        assertThat(shown().get("check").isNull()).isTrue();

        belay.run("resume", "--max-turns", "9", "-").well();
        belay.run("wait", "-").well();

        assertThat(shown().get("check").text("outcome")).isEqualTo("passed");
    }

    @Test
    void work_that_does_not_hold_fails_the_task_and_is_there_to_be_looked_at() {
        Result result = run(PROJECT, "wrong", "--check", CHECK);

        result.ended(1);
        Json task = shown();
        assertThat(task.text("state")).isEqualTo("failed");
        assertThat(task.text("stop_reason")).isEqualTo("check_failed");
        assertThat(task.text("stop_detail")).contains("`" + CHECK + "` fails", "exit 3", "its work is kept");
        assertThat(task.get("check").text("output")).contains("not five");
        assertThat(belay.run("diff", "-").well().out()).contains("+sum() { echo $(($1 * $2)); }");
        belay.at(PROJECT).run("apply", "--check", "-").well();
    }

    @Test
    void what_nobody_named_is_found_in_the_project_and_says_nothing_where_it_cannot_run() {
        boolean thereIsMake = !Sh.run("sh", "-c", "command -v make || true").isBlank();

        Result result = run(MADE, "right");

        assertThat(result.well().out())
                .contains(thereIsMake ? "✓ make test" : "not checked: make test cannot run in the sandbox");
        Json check = shown().get("check");
        assertThat(check.flag("detected")).isTrue();
        assertThat(check.text("outcome")).isEqualTo(thereIsMake ? "passed" : "cannot_run");
    }

    @Test
    void a_person_may_want_no_check_and_that_is_said() {
        assertThat(run(MADE, "wrong", "--no-check").well().out()).contains("not checked");
        assertThat(shown().get("check").isNull()).isTrue();
        run(MADE, "wrong", "--no-check", "--check", CHECK).refused("E_USAGE", 2);
    }

    @Test
    void where_nothing_was_changed_there_is_nothing_to_check() {
        run(PROJECT, "idle", "--check", "false").well();

        assertThat(shown().get("check").text("outcome")).isEqualTo("not_needed");
    }

    @Test
    void a_script_is_checked_when_a_person_asks_for_it() {
        String script = new Script().bash("echo >> sum.sh").in(belay);

        belay.at(PROJECT)
                .run("run", "--model", script, "--check", CHECK, "mend it")
                .ended(1);
        belay.at(PROJECT)
                .run("run", "--model", script, "--check", "true", "mend it")
                .well();
    }

    @Test
    void a_task_whose_runner_died_in_the_check_is_checked_again_and_its_model_is_not_asked() {
        String task = belay.at(PROJECT)
                .run("run", "-d", "--model", "right/m", "--check", "sleep 4; sh check.sh", "mend the sum")
                .well()
                .said();
        int asked;
        try (Running logs = belay.start("logs", "-f", "--kind", "tool.call", task)) {
            logs.untilItSays("check sleep 4");
            asked = asked("right").size();
            Sh.run("kill", "-KILL", "" + LocalSystem.of(belay).pid("runner"));

            belay.run("wait", task).well();
            logs.end().well();
        }

        assertThat(shown().get("check").text("outcome")).isEqualTo("passed");
        assertThat(asked("right")).hasSize(asked);
    }

    @Test
    void a_fork_of_checked_work_goes_on_by_its_own_model_and_does_not_end_with_its_parents_words() {
        run(PROJECT, "right", "--check", CHECK).well();
        String parent = shown().text("id");
        String head = shown().text("head");
        String script = new Script().bash("echo forked > more").in(belay);

        belay.run("fork", "--model", script, parent + "@" + head).well();

        assertThat(belay.run("diff", "-").well().out()).contains("+forked");
        assertThat(shown().get("check").text("outcome"))
                .as("it is checked as its parent was")
                .isEqualTo("passed");
    }

    @Test
    void a_model_is_given_the_tools_that_a_person_allows_and_no_others() {
        run(PROJECT, "grasping", "--allowed-tools", "read,Grep,GLOB,Edit", "--disallowed-tools", "Grep", "--no-check")
                .well();

        assertThat(Json.parse(belay.run("logs", "--json", "--kind", "model.briefed", "-")
                                .well()
                                .lines()
                                .getFirst()
                                .get("model_briefed")
                                .text("tools_json"))
                        .items())
                .extracting(tool -> tool.text("name"))
                .containsExactly("Read", "Edit", "Glob");
        List<Json> results =
                belay.run("logs", "--json", "--kind", "tool.result", "-").well().lines();
        assertThat(results.getFirst().get("tool_result").flag("is_error")).isTrue();
        assertThat(results.getFirst().get("tool_result").text("output"))
                .contains("Read")
                .doesNotContain("hello");
        assertThat(results.getLast().get("tool_result").flag("is_error")).isFalse();
        run(PROJECT, "grasping", "--allowed-tools", "Raed").refused("E_USAGE", 2);
    }
}
