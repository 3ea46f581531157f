package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A project that says how its sandbox is made ready, from the person's folder to the sandbox and back. */
class EnvironmentIT {
    private final Belay belay = Belay.started();

    private Repository project(String name, String... lines) {
        return belay.repository("environment-" + name)
                .write(".belay/environment.yaml", String.join("\n", lines) + "\n");
    }

    private static List<String> kinds(List<Json> events, String kind, String member, String field) {
        return events.stream()
                .filter(event -> event.text("kind").equals(kind))
                .map(event -> event.get(member).text(field))
                .toList();
    }

    @Test
    void a_task_begins_in_a_sandbox_that_was_made_ready_and_its_result_is_the_tasks_own() {
        Repository project = project(
                "ready",
                "setup:",
                "  - name: generate",
                "    run: mkdir -p gen && echo made >gen/made.txt && echo \"$GREETING\" >~/note",
                "  - curl -sS -m 9 http://nowhere.example/ || true",
                "env:",
                "  GREETING: good morning",
                "  PATH: \"/workspace/gen:$PATH\"",
                "check: test \"$GREETING\" = 'good morning'");
        Script script = Script.of("cat gen/made.txt ~/note; echo \"$PATH\"; echo mine >mine.txt");

        Result told = belay.at(project).run("run", "--model", script.in(belay), "do it");

        assertThat(told.well().toString())
                .contains("environment: .belay/environment.yaml · 2 steps · 2 variables")
                .contains("▸ setup generate: mkdir -p gen")
                .contains("s0  the base: your project as it was sent, set up")
                .contains("DENIED egress  nowhere.example:80");
        List<Json> events = belay.run("logs", "--json", "-").well().lines();
        assertThat(kinds(events, "setup.start", "setup_start", "name"))
                .containsExactly("generate", "curl -sS -m 9 http://nowhere.example/ || true");
        assertThat(TaskLog.of(events).isWhole().said()).contains("made\\ngood morning\\n/workspace/gen:/usr");
        Json task = belay.run("show", "--json", "-").well().json();
        assertThat(task.get("check").text("outcome")).isEqualTo("passed");
        assertThat(task.number("files_changed")).isEqualTo(1);
        assertThat(belay.run("diff", "--stat", "-").well().out())
                .contains("mine.txt")
                .doesNotContain("gen/");
        assertThat(belay.run("exec", "-", "--", "sh", "-c", "cat ~/note; ls gen")
                        .well()
                        .out())
                .isEqualTo("good morning\nmade.txt\n");
    }

    @Test
    void a_step_that_fails_is_exit_10_with_its_name_its_last_lines_and_what_to_do() {
        Repository project = project(
                "fails", "setup:", "  - name: install", "    run: echo looking; echo 'no such thing' >&2; exit 3");

        Result ended = belay.at(project).run("run", "--model", Script.of("true").in(belay), "do it");

        assertThat(ended.ended(10).toString())
                .contains("▸ setup install: echo looking", "exit 3", "│ no such thing")
                .contains("step `install` failed with exit code 3, .belay/environment.yaml:2:5")
                .contains("belay logs t-");
        Json task = belay.run("show", "--json", "-").json();
        assertThat(task.text("stop_reason")).isEqualTo("setup");
        assertThat(task.number("turns")).isZero();
    }

    @Test
    void a_file_that_is_not_understood_is_exit_2_with_its_place_and_nothing_is_sent() {
        Repository project = project("refused", "setup:", "  - npm ci", "services: [postgres]");
        List<String> before = belay.run("ps", "-a", "-q").well().out().lines().toList();

        Result refused =
                belay.at(project).run("run", "--model", Script.of("true").in(belay), "do it");

        refused.refused("E_ENVIRONMENT", 2);
        assertThat(refused.err())
                .contains("error[E_ENVIRONMENT] .belay/environment.yaml:3:1: `services` is not in this version");
        assertThat(belay.run("ps", "-a", "-q").well().out().lines().toList()).isEqualTo(before);
        belay.at(project).run("env", "check").ended(2);
    }

    @Test
    void a_file_that_git_ignores_does_nothing_and_the_run_says_so() {
        Repository project = project("ignored", "setup:", "  - touch made").write(".gitignore", ".belay/\n");

        Result told = belay.at(project).run("run", "--model", Script.of("ls").in(belay), "do it");

        assertThat(told.well().toString())
                .contains(".belay/environment.yaml does not go along")
                .doesNotContain("▸ setup");
    }

    @Test
    void env_test_sets_a_sandbox_up_and_runs_the_check_without_a_model() {
        Repository project = project(
                "tried",
                "setup:",
                "  - name: generate",
                "    run: mkdir -p gen && echo made >gen/made.txt",
                "env: {GREETING: hello}",
                "check: grep made gen/made.txt && test \"$GREETING\" = hello");
        Map<String, String> before = project.fingerprint();

        Result tried = belay.at(project).run("env", "test");

        assertThat(tried.well().toString())
                .contains("▸ setup generate: mkdir -p gen")
                .contains("▸ check grep made gen/made.txt")
                .contains("✓ set up in 1 step; the check passes: grep made gen/made.txt");
        assertThat(project.fingerprint()).isEqualTo(before);
        Json task = belay.run("show", "--json", "-").well().json();
        assertThat(task.text("prompt")).isEqualTo("env test");
        assertThat(task.get("check").text("outcome")).isEqualTo("passed");
    }

    @Test
    void env_test_tells_a_failing_check_from_a_failing_step_by_its_exit_code() {
        Repository project = project("tried-and-fails", "setup: [echo ready]", "check: echo not today; exit 3");

        Result check = belay.at(project).run("env", "test");
        Result other = belay.at(project).run("env", "test", "--check", "true");
        project.write(".belay/environment.yaml", "setup: [{name: install, run: echo no such thing; exit 4}]\n");
        Result step = belay.at(project).run("env", "test", "--check", "true");

        assertThat(check.ended(1).toString())
                .contains("│ not today", "✗ set up in 1 step; the check fails, exit 3: echo not today; exit 3");
        assertThat(other.well().toString()).contains("✓ set up in 1 step; the check passes: true");
        assertThat(step.ended(10).toString())
                .contains("exit 4", "│ no such thing")
                .contains("step `install` failed with exit code 4, .belay/environment.yaml:1:9")
                .doesNotContain("the check passes");
    }

    @Test
    void what_another_tool_reads_is_imported_understood_and_works() {
        Repository project = belay.repository("environment-imported").write(".devcontainer/devcontainer.json", """
                        {
                          // the image has the tools
                          "image": "example/tools",
                          "containerEnv": {"GREETING": "it's $5", "PATH": "${containerEnv:PATH}:/workspace/bin"},
                          "postCreateCommand": {"generate": ["sh", "-c", "echo \\"$0\\" >made.txt", "a  b"]},
                        }
                        """);

        Result written = belay.at(project).run("env", "import", "--write");

        assertThat(written.well().err())
                .contains("! .devcontainer/devcontainer.json:3:3: image   ")
                .contains("✓ .devcontainer/devcontainer.json:5:37: postCreateCommand.generate   a step: sh -c ");
        belay.at(project).run("env", "check").well();
        assertThat(belay.at(project)
                        .run(
                                "env",
                                "test",
                                "--check",
                                "run.sh && grep -x 'a  b' made.txt && test \"$GREETING\" = \"it's \\$5\"")
                        .well()
                        .toString())
                .contains("▸ setup generate: sh -c")
                .contains("✓ set up in 1 step; the check passes: ");
        belay.at(project).run("env", "import", "--write").refused("E_CONFLICT", 7);
    }
}
