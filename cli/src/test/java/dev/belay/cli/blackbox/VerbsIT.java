package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that begin tasks and look at them, on a task that has ended. */
class VerbsIT {
    private static Belay belay;
    private static Repository shop;
    private static Result ran;
    private static String task;

    /** s1 reads, s2 and s3 change a file each, s4 deletes one, changes a mode and fails. */
    @BeforeAll
    static void a_task_has_ended() {
        belay = Belay.started();
        shop = belay.repository("verbs");
        Script script = new Script()
                .read("src/app.txt")
                .write("notes.txt", "hi\n")
                .edit("src/app.txt", "two", "2")
                .bash("rm README.md; chmod 644 bin/run.sh; exit 3");
        ran = belay.at(shop)
                .run("run", "--model", script.in(belay), "change", "a", "little")
                .well();
        task = belay.run("ps", "-q").well().said().lines().findFirst().orElseThrow();
    }

    @Test
    void run_shows_the_task_to_its_end_and_ends_with_its_code() {
        assertThat(ran.out())
                .contains("s0  the base: your project as it was sent")
                .contains("▸ read  src/app.txt")
                .contains("▸ write notes.txt")
                .contains("▸ edit  src/app.txt")
                .contains("exit 3")
                .contains("All done.")
                .containsPattern("(?m)^succeeded in [^·]+ · 5 turns · 4 files ")
                .contains(" s1 ", " s2", " s3", " s4");
        assertThat(ran.err()).startsWith("verbs  main @ " + shop.git("rev-parse", "--short=7", "HEAD"));
    }

    @Test
    void a_detached_run_prints_the_id_and_nothing_else() {
        Result detached = belay.at(shop).run("run", "-d", "--model", new Script().in(belay), "nothing");

        assertThat(detached.well().out()).matches("t-[0-9a-z]{20}\n");
        assertThat(belay.run("wait", detached.said()).well().out()).startsWith("succeeded in ");
    }

    @Test
    void a_run_as_json_is_every_event_once_and_in_order() {
        Result run =
                belay.at(shop).run("run", "--json", "--model", Script.of("true").in(belay), "as json");

        List<Json> events = run.well().lines();
        assertThat(events.stream().map(event -> event.number("seq")).toList())
                .isEqualTo(java.util.stream.LongStream.rangeClosed(1, events.size())
                        .boxed()
                        .toList());
        assertThat(events.getLast().get("task_state").text("to")).isEqualTo("succeeded");
        assertThat(events.stream().map(event -> event.text("kind")))
                .contains("turn.start", "model.message", "tool.call", "tool.result", "snapshot.created");
        String id = events.getFirst().text("task");
        assertThat(belay.run("attach", "--json", id).well().out()).isEqualTo(run.out());
    }

    @Test
    void a_detached_run_as_json_is_the_task() {
        Json submitted = belay.at(shop)
                .run("run", "-d", "--json", "--model", new Script().in(belay), "x")
                .well()
                .json();

        assertThat(submitted.text("id")).startsWith("t-");
        assertThat(submitted.text("project_name")).isEqualTo("verbs");
        belay.run("wait", submitted.text("id")).well();
    }

    @ParameterizedTest
    @CsvSource({"-", "''"})
    void the_prompt_comes_from_a_pipe_for_a_dash_and_when_there_is_no_other(String dash) {
        String[] words = dash.isEmpty()
                ? new String[] {"run", "-d", "--model", new Script().in(belay)}
                : new String[] {"run", "-d", "--model", new Script().in(belay), dash};

        Result run = belay.at(shop).fed("first line\nünd a second\n").run(words).well();

        assertThat(belay.run("show", "--json", run.said()).json().text("prompt"))
                .isEqualTo("first line\nünd a second");
        belay.run("wait", run.said()).well();
    }

    @Test
    void an_open_pipe_is_not_read_when_the_prompt_is_given() {
        Result run = belay.at(shop).fed("secret").run("run", "-d", "--model", new Script().in(belay), "the", "words");

        assertThat(belay.run("show", "--json", run.well().said()).json().text("prompt"))
                .isEqualTo("the words");
        belay.run("wait", run.said()).well();
    }

    @Test
    void another_folder_is_named_by_C_and_a_part_of_it_by_path() {
        String whole = belay.run("run", "-d", "-C", shop.root().toString(), "--model", new Script().in(belay), "x")
                .well()
                .said();
        String part = belay.at(shop)
                .run("run", "-d", "--path", "src", "--model", new Script().in(belay), "x")
                .well()
                .said();

        belay.run("wait", whole, part).well();
        assertThat(listing(whole)).contains("./README.md", "./src/app.txt");
        assertThat(listing(part)).contains("app.txt").doesNotContain("README.md");
        assertThat(belay.run("show", "--json", part).json().text("project_name"))
                .isEqualTo("verbs/src");
    }

    private static String listing(String task) {
        return belay.run("exec", task, "--", "find", ".", "-type", "f", "-not", "-path", "./.git/*")
                .well()
                .out();
    }

    @Test
    void ps_lists_tasks_for_people_for_scripts_and_for_machines() {
        Result people = belay.run("ps", "--all").well();
        assertThat(people.out().lines().findFirst().orElseThrow().split(" +"))
                .containsExactly("TASK", "STATE", "AGE", "TURNS", "FILES", "PROJECT", "NAME");
        assertThat(people.out())
                .containsPattern("(?m)^" + task.substring(0, 6) + " +succeeded .* verbs +change a little$");

        assertThat(belay.run("ps", "-a", "-q").well().out().lines())
                .contains(task)
                .allMatch(id -> id.startsWith("t-"));
        assertThat(belay.run("ps", "-a", "--json").well().json().get("tasks").items())
                .anySatisfy(item -> assertThat(item.text("id")).isEqualTo(task));
    }

    @Test
    void show_tells_a_person_what_a_task_is_without_the_noise_of_a_machine() {
        String shown = belay.run("show", task).well().out();

        assertThat(shown)
                .contains(
                        "change a little",
                        "succeeded in",
                        task,
                        "main @ ",
                        "script, mode full",
                        "local-1",
                        "> change a little");
        assertThat(shown)
                .as("times are for people")
                .doesNotContainPattern("T\\d\\d:\\d\\d")
                .doesNotContain("Z by");
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 10, 22})
    void a_task_is_named_by_any_unique_prefix_with_or_without_t(int length) {
        String prefix = task.substring(0, length);

        assertThat(belay.run("show", "--json", prefix).well().json().text("id")).isEqualTo(task);
        assertThat(belay.run("show", "--json", prefix.substring(2))
                        .well()
                        .json()
                        .text("id"))
                .isEqualTo(task);
    }

    @Test
    void a_dash_is_the_last_task_of_this_state_folder() {
        String last = belay.at(shop)
                .run("run", "-d", "--model", new Script().in(belay), "the last one")
                .well()
                .said();

        assertThat(belay.run("show", "--json", "-").well().json().text("id")).isEqualTo(last);
        belay.run("wait", "-").well();
    }

    @Test
    void attach_replays_a_whole_task_as_it_was_seen_live() {
        assertThat(belay.run("attach", task).well().out()).isEqualTo(ran.out());
    }

    @ParameterizedTest
    @CsvSource({
        "succeeded, 0, true, ''",
        "failed, 1, false, ''",
        "waiting, 3, true, --max-turns=1",
        "waiting, 3, sleep 30, --timeout=1s"
    })
    void wait_ends_with_the_code_of_the_task(String state, int exit, String command, String option) {
        String yaml = command.equals("false")
                ? "model: script/1\nturns:\n  - calls:\n      - Bash: {command: \"true\"}\n"
                : Script.of(command).yaml();
        Path script = belay.script("wait-" + exit + state + option.length(), yaml);
        String id = belay.at(shop)
                .run(
                        option.isEmpty()
                                ? new String[] {"run", "-d", "--model", "script:" + script, "x"}
                                : new String[] {"run", "-d", option, "--model", "script:" + script, "x"})
                .well()
                .said();

        Result waited = belay.run("wait", id).ended(exit);

        assertThat(waited.out()).startsWith(state).hasLineCount(1);
        Json document = belay.run("wait", "--json", id).ended(exit).json();
        assertThat(document.get("exit_code").isNull()).isEqualTo(state.equals("waiting"));
        assertThat(document.get("exit_code").isNull() ? exit : document.number("exit_code"))
                .isEqualTo(exit);
        assertThat(belay.run("wait", task, id).ended(exit).out().lines()).hasSize(2);
    }

    @Test
    void snapshots_are_one_a_step_and_the_result_is_marked() {
        Result people = belay.run("snapshots", task).well();
        assertThat(people.out().lines().map(line -> line.split(" ")[0]))
                .containsExactly("SNAP", "s0", "s1", "s2", "s3", "s4");
        assertThat(people.out().lines().filter(line -> line.contains("result")))
                .singleElement()
                .asString()
                .startsWith("s4");

        List<Json> all = belay.run("snapshots", "--json", task)
                .well()
                .json()
                .get("snapshots")
                .items();
        assertThat(all.stream().map(snapshot -> snapshot.text("id"))).containsExactly("s0", "s1", "s2", "s3", "s4");
        assertThat(all.stream().filter(snapshot -> snapshot.flag("head")).map(snapshot -> snapshot.text("id")))
                .containsExactly("s4");
        assertThat(all.get(4).get("files").items().stream().map(file -> file.text("status") + " " + file.text("path")))
                .containsExactlyInAnyOrder("D README.md", "T bin/run.sh");
    }

    @ParameterizedTest
    @CsvSource({
        "TASK, 'README.md bin/run.sh notes.txt src/app.txt'",
        "TASK@s2, notes.txt",
        "TASK s2..s3, src/app.txt",
        "TASK s3.., 'README.md bin/run.sh'",
        "TASK ..s3, 'notes.txt src/app.txt'",
        "TASK s1..s1, ''",
        "TASK -- src, src/app.txt",
        "TASK s0..s2 -- src, ''",
    })
    void diff_shows_the_result_a_snapshot_a_stretch_or_a_path(String words, String paths) {
        String[] command = ("diff " + words.replace("TASK", task)).split(" ");
        Set<String> wanted = paths.isEmpty() ? Set.of() : new TreeSet<>(List.of(paths.split(" ")));

        String text = belay.run(command).well().out();

        assertThat(text.lines()
                        .filter(line -> line.startsWith("diff --git "))
                        .map(line -> line.substring(line.indexOf(" b/") + 3)))
                .containsExactlyElementsOf(wanted);
        String[] json = command.clone();
        json[0] = "--json";
        String[] asJson = new String[command.length + 1];
        asJson[0] = "diff";
        System.arraycopy(json, 0, asJson, 1, json.length);
        assertThat(belay.run(asJson).well().json().get("entries").items().stream()
                        .map(entry -> entry.text("path")))
                .containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void what_diff_prints_applies_with_git_and_gives_the_tasks_own_files() throws IOException {
        Path copy = belay.work().resolve("patched");
        Sh.run("git", "clone", "-q", shop.root().toString(), copy.toString());
        Path patch = Files.writeString(
                belay.work().resolve("a.patch"), belay.run("diff", task).well().out());

        Sh.in(copy, "git", "apply", patch.toString());

        assertThat(new Repository(copy).read("src/app.txt")).isEqualTo("one\n2\nthree\n");
        assertThat(new Repository(copy).read("notes.txt")).isEqualTo("hi\n");
        assertThat(copy.resolve("README.md")).doesNotExist();
        assertThat(Files.isExecutable(copy.resolve("bin/run.sh"))
                        && Files.getPosixFilePermissions(copy.resolve("bin/run.sh"))
                                        .size()
                                > 4)
                .isFalse();
    }

    @Test
    void a_list_of_changed_files_has_even_columns_and_a_sum() {
        List<String> lines =
                belay.run("diff", "--stat", task).well().out().lines().toList();

        assertThat(lines).hasSize(5);
        assertThat(lines.subList(0, 4).stream().map(line -> line.indexOf('|')).distinct())
                .hasSize(1);
        assertThat(lines.getLast()).startsWith(" 4 files changed, +");
    }

    @Test
    void status_and_version_and_doctor_answer_people_and_machines() {
        assertThat(belay.run("status").well().out())
                .contains("controller  belay ", "database    embedded ", "local-1 connected", "tasks       ");
        Json status = belay.run("status", "--json").well().json();
        assertThat(status.get("runners").items())
                .singleElement()
                .satisfies(runner -> assertThat(runner.flag("connected")).isTrue());

        String version = belay.run("version").well().said();
        assertThat(version).matches("belay \\d+\\.\\d+\\.\\d+");
        assertThat(belay.run("version", "--server").well().said())
                .isEqualTo(version + ", server " + version.substring(6));
        assertThat("belay " + belay.run("version", "--json").well().json().text("version"))
                .isEqualTo(version);
    }

    @Test
    void doctor_tries_the_isolation_and_finds_no_problem_here() {
        Result doctor = belay.at(shop).run("doctor", "--json").well();

        List<Json> checks = doctor.json().get("checks").items();
        assertThat(checks.stream().map(check -> check.text("name")))
                .contains(
                        "git",
                        "java",
                        "bubblewrap",
                        "kernel-uid",
                        "seccomp",
                        "network",
                        "host-files",
                        "controller",
                        "model");
        assertThat(checks).noneMatch(check -> check.text("verdict").equals("problem"));
        assertThat(doctor.err()).endsWith("no problems\n");
        List<Integer> details = doctor.err()
                .lines()
                .filter(line -> line.startsWith("✓") || line.startsWith("○"))
                .map(line ->
                        line.length() - line.replaceFirst("^\\S \\S+ +", "").length())
                .distinct()
                .toList();
        assertThat(details).as("details stand in one column").hasSize(1);
    }

    @Test
    void help_names_every_verb_and_every_verb_explains_itself() {
        String overview = belay.run("help").well().out();

        List<String> verbs = belay.run("help", "--json").well().json().get("verbs").items().stream()
                .map(verb -> verb.text("name"))
                .toList();
        assertThat(verbs)
                .contains(
                        "run",
                        "ps",
                        "show",
                        "attach",
                        "logs",
                        "wait",
                        "cancel",
                        "retry",
                        "snapshots",
                        "diff",
                        "rollback",
                        "revert",
                        "undo",
                        "redo",
                        "exec",
                        "apply",
                        "up",
                        "down",
                        "status",
                        "context",
                        "doctor",
                        "demo",
                        "test",
                        "version",
                        "completion",
                        "help");
        for (String verb : verbs) {
            assertThat(overview).containsPattern("(?m)^  " + verb + " +\\w");
        }
        assertThat(belay.run().well().out()).isEqualTo(overview);
        assertThat(belay.run("--help").well().out()).isEqualTo(overview);
        for (String topic : List.of("run", "exec", "diff", "exit-codes", "json", "environment")) {
            assertThat(belay.run("help", topic).well().out()).isNotBlank();
        }
        assertThat(belay.run("help", "run").out())
                .isEqualTo(belay.run("run", "--help").well().out());
    }

    @Test
    void the_bash_completion_completes_verbs_options_and_tasks() throws IOException {
        Path script = Files.writeString(
                belay.work().resolve("completion.bash"),
                belay.run("completion", "bash").well().out());
        String ask = """
            set -eu
            belay() { env -i %s '%s' "$@"; }
            source '%s'
            COMP_WORDS=(belay rol); COMP_CWORD=1; _belay; echo "${COMPREPLY[*]}"
            COMP_WORDS=(belay run --max-t); COMP_CWORD=2; _belay; echo "${COMPREPLY[*]}"
            COMP_WORDS=(belay show %s); COMP_CWORD=2; _belay; echo "${COMPREPLY[*]}"
            """.formatted(
                        belay.environment(), Belay.distribution().resolve("bin/belay"), script, task.substring(0, 12));

        assertThat(Sh.run("bash", "-c", ask).lines()).containsExactly("rollback", "--max-turns", task);
    }

    /** The names that `belay help json` promises are those that are there. */
    @Test
    void the_documented_fields_are_the_fields_that_are_printed() {
        String documented = belay.run("help", "json").well().out().replaceAll("\\s+", " ");
        Map<String, Json> printed = Map.of(
                "a task:", belay.run("show", "--json", task).json(),
                "a snapshot:",
                        belay.run("snapshots", "--json", task)
                                .json()
                                .get("snapshots")
                                .items()
                                .getFirst(),
                "up, status", belay.run("status", "--json").json(),
                "a runner:",
                        belay.run("status", "--json")
                                .json()
                                .get("runners")
                                .items()
                                .getFirst(),
                "doctor", belay.run("doctor", "--json").json(),
                // Behind the last word before it: a runner has a version too.
                "reason version", belay.run("version", "--json").json());

        printed.forEach((heading, document) -> {
            String after = documented.substring(documented.indexOf(" " + heading + " ") + heading.length() + 2);
            for (String name : ((Json.Obj) document).members().keySet()) {
                assertThat((" " + after).substring(0, Math.min(after.length(), 600)))
                        .as("%s is documented under “%s”", name, heading)
                        .containsPattern("\\b" + name + "\\b");
            }
        });
    }
}
