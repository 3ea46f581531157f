package dev.belay.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.FakeServer;
import dev.belay.cli.Samples;
import dev.belay.cli.WrittenLog;
import dev.belay.proto.json.Json;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordVerbTest {
    private static final String KEY = "sk-ant-" + "a1B2c3D4e5F6";

    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static WrittenLog log(String command) {
        return new WrittenLog()
                .event("task.state", 0, 0, "{\"from\":null,\"to\":\"running\"}")
                .turn(1, "m")
                .step(1, 1, "Bash", "{\"command\":\"" + command + "\"}", "")
                .ends(1)
                .turn(2, "m")
                .says(2, "Done.")
                .ends(2)
                .event("task.state", 0, 0, "{\"from\":\"running\",\"to\":\"succeeded\",\"stop_reason\":\"done\"}");
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(console.cwd())) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"record t-7fq2", "record t-7fq2 -"})
    void without_a_file_the_script_is_all_that_is_printed(String words) {
        log("ls").at(server, "succeeded");

        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(ScriptParser.parse("s", outcome.out()).turns()).hasSize(2);
        assertThat(outcome.out()).doesNotContain(server.url()).doesNotContain("secret");
    }

    @Test
    void a_file_gets_it_whole_and_nothing_is_left_beside_it() throws IOException {
        log("ls").at(server, "succeeded");

        Console.Outcome outcome = console.run("record", "t-7fq2", "mend.yaml");

        assertThat(outcome)
                .isEqualTo(new Console.Outcome(
                        0, "recorded t-7fq2: 2 turns, 1 call  belay run --model script:mend.yaml \"…\"\n", ""));
        assertThat(files()).containsExactly("mend.yaml");
        assertThat(Files.readString(console.cwd().resolve("mend.yaml")))
                .isEqualTo(console.run("record", "t-7fq2").out());
    }

    @Test
    void a_task_that_goes_on_is_recorded_as_far_as_it_is() {
        log("ls").at(server, "running");

        assertThat(console.run("record", "t-7fq2", "mend.yaml").err())
                .isEqualTo("t-7fq2 has not ended; what it did so far is recorded\n");
    }

    @Test
    void a_file_that_is_there_stays_unless_it_is_told_to_go() throws IOException {
        log("ls").at(server, "succeeded");
        console.file("mend.yaml", "mine");

        Console.Outcome refused = console.run("record", "t-7fq2", "mend.yaml");

        assertThat(refused.exit()).isEqualTo(7);
        assertThat(refused.err())
                .startsWith("error[E_CONFLICT] mend.yaml is there already")
                .contains("--force");
        assertThat(console.cwd().resolve("mend.yaml")).hasContent("mine");
        assertThat(server.received()).isEmpty();
        assertThat(console.run("record", "t-7fq2", "mend.yaml", "--force").exit())
                .isZero();
        assertThat(Files.readString(console.cwd().resolve("mend.yaml"))).startsWith("# Recorded by");
        assertThat(files()).containsExactly("mend.yaml");
    }

    @ParameterizedTest
    @CsvSource({
        "record t-7fq2 none/mend.yaml, 2, there is no folder",
        "record t-7fq2 ., 2, is a folder",
        "record t-7fq2 / --force, 2, is a folder",
        "record t-7fq2 /dev/null --force, 2, /dev/null is no plain file",
        "record t-7fq2 a b, 2, takes no further argument",
        "record, 2, belay record needs TASK",
        "record t-7fq2@s1, 2, names a snapshot",
    })
    void a_wrong_place_is_named_before_anything_is_asked(String words, int exit, String what) throws IOException {
        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.err()).startsWith("error[E_USAGE]").contains(what);
        assertThat(server.received()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void what_looks_like_a_key_is_refused_and_written_only_when_that_was_said() throws IOException {
        log("echo " + KEY).at(server, "succeeded");

        Console.Outcome refused = console.run("record", "t-7fq2", "mend.yaml");

        assertThat(refused.exit()).isEqualTo(6);
        assertThat(refused.err())
                .startsWith("error[E_DENIED] step s1 (Bash) holds what looks like a key: sk-ant-…")
                .contains("--with-secrets")
                .doesNotContain(KEY);
        assertThat(files()).isEmpty();
        assertThat(console.run("record", "t-7fq2", "mend.yaml", "--with-secrets")
                        .exit())
                .isZero();
        assertThat(Files.readString(console.cwd().resolve("mend.yaml"))).contains(KEY);
    }

    @Test
    void what_cannot_be_played_leaves_nothing_behind() throws IOException {
        new WrittenLog().turn(1, "m").step(1, 4, "Launch", "{}", "").ends(1).at(server, "succeeded");

        Console.Outcome refused = console.run("record", "t-7fq2", "mend.yaml", "--json");

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(Json.parse(refused.out()).get("error").text("what")).isEqualTo("step s4 (turn 1) cannot be played");
        assertThat(files()).isEmpty();
    }

    @Test
    void json_says_where_it_is_or_holds_it() {
        log("ls").at(server, "succeeded");

        Json there = Json.parse(
                console.run("record", "t-7fq2", "mend.yaml", "--json").out());
        Json here = Json.parse(console.run("record", "t-7fq2", "--json").out());

        assertThat(there.print())
                .isEqualTo("{\"task\":\"" + Samples.ID + "\",\"file\":"
                        + Json.of(console.cwd().resolve("mend.yaml").toString()).print()
                        + ",\"turns\":2,\"calls\":1,\"script\":null}");
        assertThat(here.get("file").isNull()).isTrue();
        assertThat(here.text("script")).startsWith("# Recorded by");
    }

    @Test
    void its_options_are_in_the_help_and_can_be_completed() {
        String completion = console.run("completion", "bash").out();

        assertThat(console.run("run", "--help").out()).contains("--record=FILE");
        assertThat(console.run("record", "--help").out()).contains("--force", "--with-secrets", "Exit codes: 2");
        assertThat(completion).contains("--record", "--with-secrets", "--force", "--turn", "--full");
        assertThat(console.run("help").out())
                .containsPattern("\n  prompt +What a model was sent")
                .containsPattern("\n  record +A task's run as a script");
    }

    private Console.Outcome run(String command, String state, String... more) throws IOException {
        WrittenLog log = log(command);
        log.at(server, state);
        String task = Samples.task(state, state.equals("succeeded") ? "0" : "1")
                .replace("\"last_seq\":0", "\"last_seq\":" + log.events().size());
        server.json("GET /v1/tasks/" + Samples.ID, task);
        server.takesTasks();
        console.file("play.yaml", "model: script/1\nturns: [{say: x}]\n");
        List<String> words = new java.util.ArrayList<>(List.of("run", "--model", "script:play.yaml", "go"));
        words.addAll(List.of(more));
        return console.run(words.toArray(String[]::new));
    }

    @Test
    void a_run_is_recorded_when_it_has_ended() throws IOException {
        Console.Outcome outcome = run("ls", "succeeded", "--record", "mend.yaml");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err())
                .contains("recorded t-7fq2: 2 turns, 1 call  belay run --model script:mend.yaml \"…\"");
        assertThat(ScriptParser.parse("s", Files.readString(console.cwd().resolve("mend.yaml")))
                        .turns())
                .hasSize(2);
    }

    @Test
    void a_run_whose_record_is_refused_keeps_its_result_and_says_so() throws IOException {
        Console.Outcome outcome = run("echo " + KEY, "succeeded", "--record", "mend.yaml");

        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(outcome.err())
                .contains("error[E_DENIED] the run is not recorded: step s1 (Bash) holds")
                .contains("the task is done and its result is kept");
        assertThat(files()).containsExactly("play.yaml");
    }

    @Test
    void a_run_that_failed_fails_as_it_did_whether_it_is_recorded_or_not() throws IOException {
        assertThat(run("ls", "failed", "--record", "a.yaml").exit()).isEqualTo(1);
        assertThat(run("echo " + KEY, "failed", "--record", "b.yaml"))
                .satisfies(outcome -> assertThat(outcome.exit()).isEqualTo(1))
                .satisfies(outcome -> assertThat(outcome.err()).contains("the run is not recorded: step s1"));
        assertThat(files()).containsExactly("a.yaml", "play.yaml");
    }

    @ParameterizedTest
    @CsvSource({
        "-d --record mend.yaml, 2, then, when it has ended,   belay record T mend.yaml",
        "--record -, 2, --record needs a file",
        "--record none/mend.yaml, 2, there is no folder",
        "--record play.yaml, 7, play.yaml is there already",
    })
    void what_is_wrong_with_the_place_is_said_before_the_task_is_handed_over(String options, int exit, String what)
            throws IOException {
        Console.Outcome outcome = run("ls", "succeeded", options.split(" "));

        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.err()).contains(what);
        assertThat(server.received()).isEmpty();
    }
}
