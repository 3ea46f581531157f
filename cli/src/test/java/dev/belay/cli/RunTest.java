package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.terminal.Terminal;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RunTest {
    /** An open stdin on which nothing ever comes. */
    private static final InputStream UNTOUCHABLE = new InputStream() {
        @Override
        public int read() {
            throw new AssertionError("stdin was read");
        }
    };

    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
        console.file("fix.yaml", "model: script/1\nturns: [{say: Done.}]\n");
        server.takesTasks().tellsTheSample();
        server.json("GET /v1/tasks/" + Samples.ID, Samples.task("succeeded", "0"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Json submitted() {
        return server.received().stream()
                .filter(request -> request.path().equals("/v1/tasks"))
                .map(request -> Json.parse(request.body()))
                .toList()
                .getLast();
    }

    private List<Path> drafts() throws IOException {
        Path drafts = console.state().resolve("drafts");
        if (!Files.exists(drafts)) {
            return List.of();
        }
        try (var all = Files.list(drafts)) {
            return all.toList();
        }
    }

    @Test
    void detached_it_prints_only_the_id() throws IOException {
        Console.Outcome outcome = console.run("run", "-d", "--model", "script:fix.yaml", "Make", "it", "pass");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).isEqualTo(Samples.ID + "\n");
        assertThat(submitted().text("prompt")).isEqualTo("Make it pass");
        assertThat(submitted().text("script")).startsWith("model: script/1");
        assertThat(submitted().text("base_commit")).isEqualTo("ba5e");
        assertThat(submitted().text("project")).isEqualTo("p-1");
        assertThat(submitted().text("idempotency_key")).hasSize(32);
        assertThat(submitted().get("mode").isNull()).isTrue();
        assertThat(drafts()).as("what was sent is no draft any more").isEmpty();
    }

    @Test
    void what_its_processes_and_files_may_take_is_sent_in_mebibytes() {
        console.run("run", "-d", "--model", "script:fix.yaml", "--memory", "8G", "--disk", "512M", "x");

        assertThat(submitted().get("limits").number("memory_mib")).isEqualTo(8192);
        assertThat(submitted().get("limits").number("disk_mib")).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({"--memory, 127M", "--memory, 2048G", "--disk, 255M", "--disk, 257G", "--disk, 100", "--disk, much"})
    void what_nothing_could_live_in_is_refused_before_anything_is_sent(String option, String size) throws IOException {
        Console.Outcome outcome = console.run("run", "-d", "--model", "script:fix.yaml", option, size, "x");

        assertThat(outcome.exit()).isEqualTo(ErrorCode.Exit.USAGE);
        assertThat(outcome.err())
                .contains(ErrorCode.E_USAGE.name())
                .contains(option)
                .contains(size);
        assertThat(server.received()).isEmpty();
        assertThat(drafts()).isEmpty();
    }

    @Test
    void attached_it_tells_the_task_and_ends_with_its_code() {
        Console.Outcome outcome = console.run("run", "--model", "script:fix.yaml", "--mode", "full", "x");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains("── turn 1").endsWith("succeeded in 2m14s · 6 turns · 4 files +71 −66\n");
        assertThat(outcome.out()).doesNotContain("\u001b").doesNotContain("\r");
        assertThat(outcome.err()).contains("shop  main @ 4c1f9aa").contains("left out: .env");
        assertThat(submitted().text("mode")).isEqualTo("full");
    }

    @Test
    void json_is_a_line_per_event_and_text_goes_to_stderr() {
        Console.Outcome outcome = console.run("run", "--json", "--model", "script:fix.yaml", "x");

        assertThat(outcome.out().lines().map(Json::parse)).isEqualTo(Samples.log());
        assertThat(outcome.err()).contains("── turn 1").contains("succeeded in");
    }

    @Test
    void the_last_task_is_called_dash() {
        console.run("run", "-d", "--model", "script:fix.yaml", "x");

        assertThat(console.run("show", "-", "--json").out()).contains(Samples.ID);
    }

    @ParameterizedTest
    @EnumSource(Terminal.Input.class)
    void with_a_prompt_stdin_is_never_read(Terminal.Input kind) {
        console.stdin(kind, UNTOUCHABLE);

        assertThat(console.run("run", "-d", "--model", "script:fix.yaml", "x").exit())
                .isZero();
    }

    @Test
    void without_a_prompt_a_pipe_is_read() {
        console.stdin(Terminal.Input.PIPE, "from a pipe\n");

        console.run("run", "-d", "--model", "script:fix.yaml");

        assertThat(submitted().text("prompt")).isEqualTo("from a pipe");
    }

    @Test
    void a_dash_reads_whatever_stdin_is() {
        console.stdin(Terminal.Input.OTHER, "from a file\n");

        console.run("run", "-d", "--model", "script:fix.yaml", "-");

        assertThat(submitted().text("prompt")).isEqualTo("from a file");
    }

    @ParameterizedTest
    @EnumSource(
            value = Terminal.Input.class,
            names = {"TERMINAL", "OTHER"})
    void without_a_prompt_nothing_but_a_pipe_is_read(Terminal.Input kind) {
        console.stdin(kind, UNTOUCHABLE);

        Console.Outcome outcome = console.run("run", "--model", "script:fix.yaml");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("error[E_NO_PROMPT] no prompt was given");
    }

    @ParameterizedTest
    @CsvSource({
        "'run --model script:fix.yaml --mode ful x', E_UNKNOWN_MODE, 'there is no mode ful; did you mean full?'",
        "'run --model gpt x', E_UNKNOWN_MODEL, 'no model is called gpt'",
        "'run x', E_UNKNOWN_MODEL, 'no model was named'",
        "'run --model script:none.yaml x', E_SCRIPT, 'none.yaml does not exist'",
        "'run --model script: x', E_SCRIPT, 'script: names no file'",
        "'run --model script:. x', E_SCRIPT, '. is a folder'",
        "'run --model script:bad.yaml x', E_SCRIPT, 'bad.yaml:1:1: `model` is missing'",
        "'run --model script:bytes.yaml x', E_SCRIPT, 'bytes.yaml is not text'",
        "'run --model script:fix.yaml --timeout 0 x', E_USAGE, '--timeout does not understand 0'",
        "'run --model script:fix.yaml --max-turns -1 x', E_USAGE, '--max-turns must be 1 or more'",
        "'run --model script:fix.yaml --max-file big x', E_USAGE, '--max-file does not understand big'",
    })
    void what_is_wrong_is_said_before_anything_is_asked_or_written(String words, String code, String what)
            throws IOException {
        console.file("bad.yaml", "turns: []\n");
        Files.write(console.cwd().resolve("bytes.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("error[" + code + "] " + what);
        assertThat(server.received()).isEmpty();
        assertThat(drafts()).isEmpty();
    }

    @Test
    void a_draft_that_is_not_there_is_not_found() {
        Console.Outcome outcome = console.run("run", "--draft", "d-nothing");

        assertThat(outcome.exit()).isEqualTo(8);
        assertThat(outcome.err()).startsWith("error[E_NOT_FOUND] no draft is called d-nothing");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_folder_that_cannot_be_a_project_is_said_before_a_draft_is_made() throws IOException {
        console.projects((start, scope) -> {
            throw BelayException.of(ErrorCode.E_BAD_PROJECT, "this is your home folder", "(layer: client)", "cd …");
        });

        assertThat(console.run("run", "--model", "script:fix.yaml", "x").exit()).isEqualTo(2);
        assertThat(drafts()).isEmpty();
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_request_that_did_not_arrive_is_kept_and_sent_again_with_the_same_key() throws IOException {
        server.on("POST /v1/tasks", _ -> FakeServer.raw(""));

        Console.Outcome lost = console.run("run", "-d", "--model", "script:fix.yaml", "a long prompt");

        assertThat(lost.exit()).isEqualTo(9);
        assertThat(drafts()).hasSize(1);
        String name = drafts().getFirst().getFileName().toString().replace(".json", "");
        assertThat(lost.err()).contains("your request is kept: belay retry (" + name + ")");
        Json first = submitted();
        server.json("POST /v1/tasks", Samples.task("queued", "null"));

        Console.Outcome again = console.run("run", "-d", "--draft", name);

        assertThat(again.out()).isEqualTo(Samples.ID + "\n");
        assertThat(submitted()).isEqualTo(first);
        assertThat(drafts()).isEmpty();
    }

    @Test
    void what_the_server_refuses_is_no_draft() throws IOException {
        server.problem("POST /v1/projects/p-1/packs", 422, "{\"code\":\"E_PACK_REFUSED\",\"title\":\"too deep\"}");

        assertThat(console.run("run", "--model", "script:fix.yaml", "x").exit()).isEqualTo(2);
        assertThat(drafts()).isEmpty();
    }

    @Test
    void where_nobody_looks_on_a_task_that_needs_a_person_is_left_with_5() {
        server.json(
                "GET /v1/tasks/" + Samples.ID,
                Samples.task("waiting", "null").replace("\"waiting_for\":null", "\"waiting_for\":\"approval\""));
        List<Json> log = List.of(Samples.event(1, "task.state", 1, 0, "task_state", """
            {"from":"running","to":"waiting","waiting_for":"approval","stop_reason":"","detail":"","runner":"","sandbox":"","weaker":[]}"""));
        server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                _ -> FakeServer.chunked("text/event-stream", Samples.stream(log, 0), 64));

        assertThat(console.run("run", "--model", "script:fix.yaml", "x").exit()).isEqualTo(5);
    }
}
