package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.seam.ResultTarget;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerbsTest {
    private static final String TASK = "/v1/tasks/t-7fq2";
    private static final String CHANGES = """
        {"from":"s0","to":"s7","entries":[{"path":"src/a\\tb.sh","old_blob":"a","old_mode":33188,"new_blob":"b",\
        "new_mode":33188,"lines_added":3,"lines_removed":1,"binary":false},{"path":"logo.png","old_blob":"",\
        "old_mode":0,"new_blob":"c","new_mode":33188,"lines_added":0,"lines_removed":0,"binary":true}]}""";
    private static final String OPERATION = """
        {"id":"o9","number":9,"kind":"rollback","from":"s7","to":"s4","actor":"ann","at":null,"files":[\
        {"path":"src/cart.sh","status":"M","lines_added":1,"lines_removed":3,"binary":false}],"files_changed":1,\
        "not_restored":[]}""";

    private static final String REVERT = """
        {"id":"o9","number":9,"kind":"revert","from":"s7","to":"TO","actor":"ann","at":null,"files":[\
        {"path":"src/cart.sh","status":"M","lines_added":1,"lines_removed":3,"binary":false}],"files_changed":1,\
        "not_restored":[{"path":".git","why":"changed_later","bytes":0,"files":0}],"reverts":"s4"}""";

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

    private static String golden(String name) throws IOException {
        try (InputStream file = VerbsTest.class.getResourceAsStream("/golden/" + name)) {
            assertThat(file).as("golden file %s", name).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void ps_lists_tasks_and_every_form_asks_the_same_question() {
        server.json(
                "GET /v1/tasks",
                "{\"tasks\":[" + Samples.task("running", "null") + "," + Samples.task("failed", "1") + "]}");

        assertThat(console.run("ps").out()).isEqualTo("""
            TASK    STATE    AGE    TURNS  FILES  PROJECT  NAME
            t-7fq2  running  10m00s  6      4      shop     Make the test pass
            t-7fq2  failed   10m00s  6      4      shop     Make the test pass
            """.replace("AGE    TURNS", "AGE     TURNS"));
        assertThat(console.run("ps", "-q").out()).isEqualTo(Samples.ID + "\n" + Samples.ID + "\n");
        assertThat(Json.parse(console.run("ps", "-a", "--json").out())
                        .get("tasks")
                        .items())
                .hasSize(2);
        assertThat(server.received())
                .extracting(FakeServer.Received::target)
                .containsExactly(
                        "/v1/tasks?all=false&limit=1000",
                        "/v1/tasks?all=false&limit=1000",
                        "/v1/tasks?all=true&limit=1000");
        assertThat(server.received())
                .allSatisfy(request -> assertThat(request.headers()).containsEntry("authorization", "Bearer secret"));
    }

    @Test
    void json_of_a_task_is_the_servers_document() throws IOException {
        server.json("GET " + TASK, Samples.task("succeeded", "0"));

        Console.Outcome outcome = console.run("show", "t-7fq2", "--json");

        assertThat(outcome.out()).isEqualTo(golden("task.json"));
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void show_tells_what_is_known() {
        server.json("GET " + TASK, Samples.task("succeeded", "0"));

        assertThat(console.run("show", "t-7fq2").out())
                .contains("succeeded in 2m14s · 6 turns · 4 files +71 −66")
                .contains("main @ 4c1f9aa")
                .contains("> Make the test pass");
    }

    @ParameterizedTest
    @CsvSource({"succeeded,0,0", "failed,1,1", "failed,3,3", "failed,10,10", "cancelled,1,1"})
    void wait_has_the_exit_code_of_the_task(String state, String stored, int exit) {
        server.json("GET " + TASK, Samples.task(state, stored));

        assertThat(console.run("wait", "t-7fq2").exit()).isEqualTo(exit);
    }

    @ParameterizedTest
    @CsvSource({"approval,5", "question,5", "plan,5", "budget,3", "doom_loop,3"})
    void wait_does_not_wait_for_a_person(String what, int exit) {
        server.json(
                "GET " + TASK,
                Samples.task("waiting", "null").replace("\"waiting_for\":null", "\"waiting_for\":\"" + what + "\""));

        assertThat(console.run("wait", "t-7fq2").exit()).isEqualTo(exit);
    }

    @Test
    void wait_follows_a_task_to_its_end() {
        int[] asked = {0};
        server.on("GET " + TASK, _ -> FakeServer.reply(200, "application/json", Samples.task("running", "null")));
        server.on("GET /v1/tasks/" + Samples.ID, _ -> {
            asked[0]++;
            return FakeServer.reply(200, "application/json", Samples.task("succeeded", "0"));
        });
        server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                _ -> FakeServer.chunked("text/event-stream", Samples.stream(Samples.log(), 0), 64));

        Console.Outcome outcome = console.run("wait", "t-7fq2", "--timeout", "1m");

        assertThat(outcome.out()).isEqualTo("succeeded in 2m14s · 6 turns · 4 files +71 −66\n");
        assertThat(asked[0]).isEqualTo(1);
    }

    @Test
    void wait_gives_up_after_its_time_with_124() {
        java.util.concurrent.CountDownLatch never = new java.util.concurrent.CountDownLatch(1);
        server.json("GET " + TASK, Samples.task("running", "null"));
        server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                _ -> FakeServer.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: keep-alive\n\n")
                        .holding(never));

        Console.Outcome outcome = console.run("wait", "t-7fq2", "--timeout", "1s");

        assertThat(outcome.exit()).isEqualTo(124);
        assertThat(outcome.err())
                .startsWith("error[E_TIMEOUT] t-7fq2 did not end in 1s")
                .contains("the task goes on");
    }

    @Test
    void cancel_says_what_stays() {
        server.json("POST " + TASK + "/cancel", Samples.task("cancelled", "1"));

        assertThat(console.run("cancel", "t-7fq2", "-m", "wrong branch").out())
                .isEqualTo("t-7fq2 is cancelled; its snapshots stay\n");
        assertThat(server.received().getFirst().body()).isEqualTo("{\"reason\":\"wrong branch\"}");
    }

    @Test
    void snapshots_are_a_table_and_the_result_is_marked() {
        String files =
                "[{\"path\":\"src/cart.sh\",\"status\":\"M\",\"lines_added\":1,\"lines_removed\":1,\"binary\":false}]";
        server.json(
                "GET " + TASK + "/snapshots",
                "{\"snapshots\":[" + Samples.plainSnapshot("s0", -1, "base", "", "[]", 0, 0, 0) + ","
                        + Samples.plainSnapshot("s1", 1, "step", "Bash", "[]", 0, 0, 0) + ","
                        + Samples.plainSnapshot("s3", 3, "step", "Edit", files, 1, 1, 1) + "]}");

        assertThat(console.run("snapshots", "t-7fq2").out()).isEqualTo("""
            SNAP  TURN  TOOL  FILES        +/−    NOTE
            s0    –     base  –
            s1    1     bash  –
            s3    2     edit  src/cart.sh  +1 −1  ◀ result
            """);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'from=base&to=head'",
        "'s3..s7', 'from=s3&to=s7'",
        "'s3..', 'from=s3&to=head'",
        "'..s7', 'from=base&to=s7'",
        "'s4', 'from=s4&to=head'",
        "'src', 'from=base&to=head&path=src'",
        "'s1..s2 a/b', 'from=s1&to=s2&path=a%2Fb'",
        "'-- s4', 'from=base&to=head&path=s4'",
    })
    void diff_asks_for_a_stretch_and_for_paths(String words, String query) {
        server.on("GET " + TASK + "/diff", _ -> FakeServer.reply(200, "text/x-diff", "+a\u001b[2J\n"));
        String[] line = ("diff t-7fq2 " + words).strip().split(" +");

        Console.Outcome outcome = console.run(line);

        assertThat(outcome.err()).isEmpty();
        assertThat(server.received().getFirst().target()).isEqualTo(TASK + "/diff?" + query);
        assertThat(outcome.out()).as("bytes as they are, for git apply").isEqualTo("+a\u001b[2J\n");
    }

    @Test
    void a_diff_on_a_terminal_is_shown_and_does_not_act() {
        server.on(
                "GET " + TASK + "/diff",
                _ -> FakeServer.reply(200, "text/x-diff", "@@ -1 +1 @@\n-\told\n+\u001b[2Jnew\n"));

        assertThat(console.terminal().run("diff", "t-7fq2").out()).isEqualTo("@@ -1 +1 @@\n-\told\n+\\e[2Jnew\n");
    }

    @Test
    void diff_stat_counts_lines() {
        server.json("GET " + TASK + "/changes", CHANGES);

        assertThat(console.run("diff", "t-7fq2@s7", "--stat").out()).isEqualTo("""
             src/a  b.sh      | 4 +++-
             logo.png         | binary
             2 files changed, +3 −1
            """);
        assertThat(server.received().getFirst().target()).endsWith("from=base&to=s7");
    }

    @ParameterizedTest
    @CsvSource({"'rollback t-7fq2 s4'", "'rollback t-7fq2@s4'", "'rollback t-7fq2 4 --yes'"})
    void rollback_names_what_changed_and_the_way_back(String words) {
        server.json("POST " + TASK + "/rollback", OPERATION);

        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.out()).isEqualTo("""
            rolled back to s4  s7 → s4, 1 file
              M src/cart.sh  +1 −3
            take it back: belay undo t-7fq2
            """);
        assertThat(server.received().getFirst().body()).isEqualTo("{\"to\":\"s4\",\"dry_run\":false}");
    }

    @Test
    void a_dry_run_says_so_to_the_server_and_to_the_person() {
        server.json("POST " + TASK + "/rollback", OPERATION);

        assertThat(console.run("rollback", "t-7fq2", "s4", "--dry-run").out()).startsWith("would roll back to s4");
        assertThat(server.received().getFirst().body()).contains("\"dry_run\":true");
    }

    @ParameterizedTest
    @CsvSource({"'revert t-7fq2 s4'", "'revert t-7fq2@s4'", "'revert t-7fq2 4'"})
    void revert_names_the_step_what_changed_what_is_left_and_the_way_back(String words) {
        server.json("POST " + TASK + "/revert", REVERT.replace("TO", "s8"));

        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.out()).isEqualTo("""
            undid s4 alone  s7 → s8, 1 file
              M src/cart.sh  +1 −3
              left as it is: .git (it was changed later, too)
            take it back: belay undo t-7fq2
            """);
        assertThat(server.received().getFirst().body()).isEqualTo("{\"step\":\"s4\",\"dry_run\":false}");
    }

    @Test
    void a_revert_that_is_only_tried_goes_nowhere_and_has_no_way_back() {
        server.json("POST " + TASK + "/revert", REVERT.replace("TO", ""));

        assertThat(console.run("revert", "t-7fq2@s4", "--dry-run").out())
                .startsWith("would undo s4 alone  s7, 1 file\n")
                .doesNotContain("belay undo");
        assertThat(server.received().getFirst().body()).contains("\"dry_run\":true");
        assertThat(console.run("revert", "t-7fq2@s4", "--json").out()).startsWith("{\"id\":\"o9\"");
        assertThat(console.run("revert", "--help").out()).contains("Example: belay revert t-7fq2@s4");
    }

    @ParameterizedTest
    @CsvSource({"undo,undone,redo", "redo,redone,undo"})
    void undo_and_redo_are_each_others_way_back(String verb, String said, String back) {
        server.json("POST " + TASK + "/" + verb, OPERATION);

        assertThat(console.run(verb, "t-7fq2").out()).startsWith(said).endsWith("belay " + back + " t-7fq2\n");
        assertThat(Json.parse(console.run(verb, "t-7fq2", "--json").out())).isEqualTo(Json.parse(OPERATION));
    }

    @Test
    void exec_streams_bytes_and_passes_the_commands_own_code() {
        String out = Base64.getEncoder().encodeToString("raw\u001b\n".getBytes(StandardCharsets.UTF_8));
        String err = Base64.getEncoder().encodeToString("oh\n".getBytes(StandardCharsets.UTF_8));
        server.on(
                "POST " + TASK + "/exec",
                _ -> FakeServer.chunked(
                        "application/x-ndjson",
                        "{\"waiting\":\"waiting for step s4\"}\n{\"stdout\":\"" + out + "\"}\n{\"stderr\":\"" + err
                                + "\"}\n{\"ended\":{\"exit_code\":42,\"duration_ms\":1,\"snapshot\":\"\",\"files_changed\":0}}\n",
                        7));

        Console.Outcome outcome = console.run("exec", "t-7fq2", "--", "ls", "--json", "-h");

        assertThat(outcome).isEqualTo(new Console.Outcome(42, "raw\u001b\n", "waiting for step s4\noh\n"));
        assertThat(server.received().getFirst().body())
                .isEqualTo("{\"argv\":[\"ls\",\"--json\",\"-h\"],\"timeout_seconds\":0}");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"failed\":{\"title\":\"the sandbox is gone\",\"code\":\"E_SANDBOX\",\"status\":500}}', E_SANDBOX",
        "'{\"stdout\":\"\"}', E_UNREACHABLE",
        "'not json', E_UNREACHABLE",
        "'{\"stdout\":\"***\"}', E_UNREACHABLE",
    })
    void what_fails_in_belay_is_125_for_exec(String line, String code) {
        server.on("POST " + TASK + "/exec", _ -> FakeServer.chunked("application/x-ndjson", line + "\n", 50));

        Console.Outcome outcome = console.run("exec", "t-7fq2", "--", "true");

        assertThat(outcome.exit()).isEqualTo(125);
        assertThat(outcome.err()).startsWith("error[" + code + "]").contains("exit 125");
    }

    @Test
    void exec_without_dashes_explains_itself_and_asks_nobody() {
        assertThat(console.run("exec", "t-7fq2", "ls").err())
                .startsWith("error[E_USAGE] exec needs a command behind --");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void apply_hands_the_changes_and_the_pack_over_and_says_how_to_undo() throws IOException {
        server.json("GET " + TASK, Samples.task("succeeded", "0"));
        server.json("GET " + TASK + "/policy", "{\"sources\":[],\"hash\":\"\",\"accepted\":\"\"}");
        server.json("GET " + TASK + "/changes", CHANGES);
        server.on("GET " + TASK + "/pack", _ -> FakeServer.reply(200, "application/x-git-pack", "PACK of s7"));
        console.results((project, changes, pack, check) -> {
            assertThat(changes).isEqualTo(Json.parse(CHANGES));
            assertThat(pack).hasContent("PACK of s7");
            return new ResultTarget.Applied(
                    List.of("src/cart.sh", "it's new"), true, "git restore -- src/cart.sh 'it'\\''s new'", List.of());
        });

        Console.Outcome outcome = console.run("apply", "t-7fq2");

        assertThat(outcome.out()).isEqualTo("""
            t-7fq2@s7 applied: 2 files staged, nothing committed
            undo: git restore -- src/cart.sh 'it'\\''s new'
            """);
        assertThat(server.received().getLast().target()).isEqualTo(TASK + "/pack?from=base&to=s7");
        try (var left = Files.list(console.state())) {
            assertThat(left).as("nothing temporary is left").isEmpty();
        }
    }

    @Test
    void a_conflict_is_exit_code_7() {
        server.json("GET " + TASK, Samples.task("succeeded", "0"));
        server.json("GET " + TASK + "/policy", "{\"sources\":[],\"hash\":\"\",\"accepted\":\"\"}");
        server.json("GET " + TASK + "/changes", CHANGES);
        server.on("GET " + TASK + "/pack", _ -> FakeServer.reply(200, "application/x-git-pack", "PACK"));
        console.results((project, changes, pack, check) -> {
            throw dev.belay.proto.error.BelayException.of(
                    dev.belay.proto.error.ErrorCode.E_CONFLICT,
                    "src/cart.sh was changed by you",
                    "(layer: client)",
                    "commit it");
        });

        assertThat(console.run("apply", "t-7fq2", "--check").exit()).isEqualTo(7);
    }

    @Test
    void a_problem_of_the_server_is_the_error_of_the_client() throws IOException {
        server.problem("GET " + TASK, 404, """
                {"type":"about:blank","title":"no task is called t-7fq2\\u001b[2J","status":404,"detail":"(layer: controller)",\
                "code":"E_NO_SUCH_TASK","work":"nothing was changed","next":"belay ps -a","exit_code":8}""");

        Console.Outcome outcome = console.run("show", "t-7fq2", "--json");

        assertThat(outcome.exit()).isEqualTo(8);
        assertThat(outcome.err()).isEqualTo(golden("error.txt"));
        assertThat(outcome.out()).isEqualTo(golden("error.json"));
    }

    @ParameterizedTest
    @CsvSource({"401,E_SIGNED_OUT,4", "403,E_FORBIDDEN,6", "409,E_CONFLICT,7", "429,E_OVERLOADED,9", "500,E_INTERNAL,1"
    })
    void an_answer_without_a_known_code_is_named_by_its_status(int status, String code, int exit) {
        server.problem("GET " + TASK, status, "<html>");

        Console.Outcome outcome = console.run("show", "t-7fq2");

        assertThat(outcome.err()).startsWith("error[" + code + "]");
        assertThat(outcome.exit()).isEqualTo(exit);
    }

    @ParameterizedTest
    @CsvSource({
        "'rn', 'there is no verb rn; did you mean run?'",
        "'ps --jsn', 'belay ps has no option --jsn; did you mean --json?'",
        "'show', 'belay show needs TASK'",
        "'ps extra', 'belay ps takes no further argument: extra'",
        "'rollback t-7fq2', 'rollback needs a snapshot'",
        "'rollback t-7fq2@s1 s2', 'rollback takes one snapshot, and here are two'",
        "'revert t-7fq2', 'revert needs a step'",
        "'revert t-7fq2@s1 s2', 'revert takes one step, and here are two'",
        "'wait t-7fq2 --timeout soon', '--timeout does not understand soon'",
        "'help exit-cods', 'there is no help on exit-cods; did you mean exit-codes?'",
        "'completion tcsh', 'no completion for tcsh'",
    })
    void a_wrong_command_line_is_exit_code_2_and_asks_nobody(String words, String what) {
        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("error[E_USAGE] " + what).contains("exit 2");
        assertThat(server.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'show ../x'", "'show T-7'", "'show -'", "'rollback t-7fq2 sx'", "'revert t-7fq2 sx'", "'diff t-7fq2@'"
    })
    void what_can_be_no_name_is_not_found_and_asks_nobody(String words) {
        assertThat(console.run(words.split(" ")).exit()).isEqualTo(8);
        assertThat(server.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.2.0,1", "0.1.0,2", "9.9.9,9"})
    void a_server_of_another_version_is_named(String version, int api) {
        server.json("GET /v1/version", "{\"version\":\"" + version + "\",\"api\":" + api + ",\"started_at\":null}");

        Console.Outcome outcome = console.run("ps");

        assertThat(outcome.exit()).isEqualTo(9);
        assertThat(outcome.err())
                .startsWith("error[E_SERVER_VERSION] ")
                .contains("is Belay " + version + ", this client is 0.1.0");
    }

    @Test
    void a_server_without_a_token_is_exit_code_4() {
        Console.Outcome outcome = console.env("BELAY_TOKEN", "").run("ps");

        assertThat(outcome.exit()).isEqualTo(4);
        assertThat(outcome.err()).contains("BELAY_TOKEN");
    }

    @Test
    void every_verb_has_help_and_completion_knows_it() {
        for (Verbs verb : Verbs.values()) {
            Console.Outcome help = console.run(verb.name(), "--help");
            assertThat(help.out()).as(verb.name()).startsWith("Usage: belay " + verb.name());
            assertThat(help.exit()).isZero();
            for (String shell : List.of("bash", "zsh", "fish")) {
                assertThat(console.run("completion", shell).out()).contains(verb.name());
            }
        }
    }

    @Test
    void the_documented_fields_of_a_task_are_those_it_has() {
        String help = console.run("help", "json").out();

        assertThat(Json.parse(Samples.task("succeeded", "0")))
                .isInstanceOfSatisfying(
                        Json.Obj.class,
                        task -> assertThat(task.members().keySet())
                                .allSatisfy(name -> assertThat(help).containsPattern("\\b" + name + "\\b")));
    }

    @Test
    void version_asks_nobody_and_prints_its_document() {
        assertThat(console.run("version").out()).isEqualTo("belay 0.1.0\n");
        assertThat(Json.parse(console.run("version", "--json").out()).text("version"))
                .isEqualTo("0.1.0");
        assertThat(server.received()).isEmpty();
    }
}
