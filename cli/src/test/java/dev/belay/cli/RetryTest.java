package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTest {
    @TempDir
    Path folder;

    private final List<Json> submitted = new ArrayList<>();
    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
        console.file("fix.yaml", "model: script/1\nturns: [{say: Done.}]\n");
        server.takesTasks();
        answers(true);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Either way the server has the request; without an answer the client cannot know. */
    private void answers(boolean answers) {
        server.on("POST /v1/tasks", request -> {
            submitted.add(Json.parse(request.body()));
            return answers
                    ? FakeServer.reply(200, "application/json", Samples.task("queued", "null"))
                    : FakeServer.raw("");
        });
    }

    private Console.Outcome lost(String prompt) {
        answers(false);
        Console.Outcome outcome = console.run("run", "-d", "--model", "script:fix.yaml", prompt);
        answers(true);
        return outcome;
    }

    private List<Path> drafts() throws IOException {
        try (var all = Files.list(console.state().resolve("drafts"))) {
            return all.sorted().toList();
        }
    }

    private String name() throws IOException {
        return drafts().getFirst().getFileName().toString().replace(".json", "");
    }

    @Test
    void what_was_not_acknowledged_is_kept_for_its_owner_only_and_the_error_says_how_to_send_it() throws IOException {
        Console.Outcome outcome = lost("a long prompt");

        assertThat(outcome.exit()).isEqualTo(9);
        assertThat(outcome.err()).contains("your request is kept: belay retry (" + name() + ")");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(drafts().getFirst())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(console.state().resolve("drafts"))))
                .isEqualTo("rwx------");
    }

    @Test
    void every_try_is_the_same_request_with_the_same_key_and_the_answer_lets_it_go() throws IOException {
        lost("a long prompt");

        Console.Outcome again = console.run("retry");

        assertThat(again).isEqualTo(new Console.Outcome(0, Samples.ID + "\n", again.err()));
        assertThat(submitted).hasSizeGreaterThan(1);
        assertThat(submitted.stream().distinct()).hasSize(1);
        assertThat(submitted.getFirst().text("idempotency_key")).hasSize(32);
        assertThat(drafts()).isEmpty();
        assertThat(console.run("retry").err()).isEqualTo("no request is kept; every one was acknowledged\n");
    }

    @Test
    void a_fork_without_an_answer_is_kept_and_sent_again_as_it_was() throws IOException {
        List<Json> forks = new ArrayList<>();
        server.on("POST /v1/tasks/t-7fq2/fork", request -> {
            forks.add(Json.parse(request.body()));
            return FakeServer.raw("");
        });
        Console.Outcome lost = console.run("fork", "-d", "t-7fq2@s4", "without", "a", "cache");
        assertThat(lost.exit()).isEqualTo(9);
        assertThat(lost.err()).contains("your request is kept: belay retry (" + name() + ")");
        server.on("POST /v1/tasks/t-7fq2/fork", request -> {
            forks.add(Json.parse(request.body()));
            return FakeServer.reply(200, "application/json", Samples.task("queued", "null"));
        });

        Console.Outcome again = console.run("retry");

        assertThat(again.out()).isEqualTo(Samples.ID + "\n");
        assertThat(forks.stream().distinct()).hasSize(1);
        assertThat(forks.getFirst().text("snapshot")).isEqualTo("s4");
        assertThat(forks.getFirst().text("prompt")).isEqualTo("without a cache");
        assertThat(submitted).isEmpty();
        assertThat(drafts()).isEmpty();
    }

    @Test
    void what_never_reached_the_packing_is_packed_from_its_own_folder() throws IOException {
        server.on("POST /v1/projects", _ -> FakeServer.raw(""));
        console.run(
                "run",
                "-d",
                "--path",
                "src",
                "--name",
                "my shop",
                "--max-file",
                "5M",
                "--model",
                "script:fix.yaml",
                "x");
        server.json("POST /v1/projects", "{\"id\":\"p-1\",\"name\":\"shop\",\"have\":[]}");
        Json draft = Json.parse(Files.readString(drafts().getFirst()));

        assertThat(draft.get("project"))
                .isEqualTo(Json.object()
                        .put("folder", console.cwd().toString())
                        .put("path", "src")
                        .put("name", "my shop")
                        .put("max_file", 5 << 20)
                        .build());
        assertThat(console.run("retry").exit()).isZero();
        assertThat(server.received().stream()
                        .filter(request -> request.path().equals("/v1/projects"))
                        .map(request -> Json.parse(request.body()).text("name")))
                .endsWith("my shop");
        assertThat(submitted.getLast().text("base_commit")).isEqualTo("ba5e");
    }

    @Test
    void the_list_says_what_is_kept_and_sends_nothing() throws IOException {
        lost("a long prompt\nof two lines");
        int before = server.received().size();

        assertThat(console.run("retry", "--list").out().lines().toList())
                .hasSize(2)
                .last()
                .asString()
                .matches(name() + "  0s +http://127.0.0.1:\\d+  sent, no answer  a long prompt");
        Json listed = Json.parse(console.run("retry", "--list", "--json").out())
                .get("drafts")
                .items()
                .getFirst();
        assertThat(listed.text("name")).isEqualTo(name());
        assertThat(listed.text("prompt")).isEqualTo("a long prompt\nof two lines");
        assertThat(console.run("retry", "--list", "-q").out()).isEqualTo(name() + "\n");
        assertThat(server.received()).hasSize(before);
    }

    @Test
    void dropped_is_forgotten() throws IOException {
        lost("x");

        assertThat(console.run("retry", "--drop", name()).exit()).isZero();

        assertThat(drafts()).isEmpty();
    }

    @Test
    void several_are_sent_oldest_first_and_one_that_fails_does_not_hold_up_the_others() throws IOException {
        lost("one");
        lost("two");
        int before = submitted.size();
        Files.writeString(console.state().resolve("drafts/d-damaged.json"), "{");

        Console.Outcome outcome = console.run("retry");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.out().lines()).hasSize(2);
        assertThat(submitted.subList(before, submitted.size()).stream().map(request -> request.text("prompt")))
                .containsExactlyInAnyOrder("one", "two");
        assertThat(drafts()).hasSize(1);
    }

    @Test
    void what_the_server_refuses_at_the_second_time_is_still_kept_and_can_be_dropped() throws IOException {
        lost("x");
        server.problem("POST /v1/tasks", 409, "{\"code\":\"E_IDEMPOTENCY_CONFLICT\",\"title\":\"another body\"}");

        Console.Outcome outcome = console.run("retry");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("error[E_IDEMPOTENCY_CONFLICT] another body")
                .contains("your request is kept as " + name(), "belay retry --drop " + name());
        assertThat(drafts()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "401, E_SIGNED_OUT, true",
        "500, E_INTERNAL, true",
        "503, E_OVERLOADED, true",
        "429, E_QUEUE_FULL, true",
        "507, E_DISK_FULL, true",
        "413, E_TOO_LARGE, false",
        "422, E_SCRIPT, false"
    })
    void the_first_answer_decides_whether_a_request_is_kept(int status, String code, boolean kept) throws IOException {
        server.problem("POST /v1/tasks", status, "{\"code\":\"" + code + "\",\"title\":\"no\"}");

        Console.Outcome outcome = console.run("run", "-d", "--model", "script:fix.yaml", "x");

        assertThat(outcome.err().contains("your request is kept")).isEqualTo(kept);
        assertThat(drafts()).hasSize(kept ? 1 : 0);
    }

    @Test
    void ctrl_c_before_the_answer_says_that_the_request_is_kept() throws IOException {
        Runnable[] pressed = {() -> {}};
        console.interrupts(action -> {
            pressed[0] = action;
            return () -> {};
        });
        server.on("POST /v1/tasks", request -> {
            submitted.add(Json.parse(request.body()));
            pressed[0].run();
            return FakeServer.raw("");
        });

        Console.Outcome outcome = console.run("run", "--model", "script:fix.yaml", "x");

        assertThat(outcome.exit()).isEqualTo(130);
        assertThat(outcome.err()).contains("interrupted. your request is kept: belay retry");
        answers(true);
        assertThat(console.run("retry").exit()).isZero();
        assertThat(submitted.stream().distinct()).hasSize(1);
    }

    @Test
    void one_that_another_command_is_sending_is_left_to_it() throws IOException {
        lost("x");
        ProcessHandle other = ProcessHandle.current().parent().orElseThrow();
        String text = Files.readString(drafts().getFirst());
        Json sender = Json.parse(text).get("sender");
        Files.writeString(
                drafts().getFirst(),
                text.replace("\"pid\": " + sender.number("pid"), "\"pid\": " + other.pid())
                        .replace(
                                sender.text("since"),
                                other.info().startInstant().orElseThrow().toString()));

        Console.Outcome outcome = console.run("retry");

        assertThat(outcome.exit()).isEqualTo(7);
        assertThat(outcome.err()).startsWith("error[E_BUSY] " + name() + " is being sent by another command");
        assertThat(drafts()).hasSize(1);
    }

    @Test
    void a_request_goes_to_no_other_server_than_its_own() throws IOException {
        lost("x");
        try (FakeServer another = new FakeServer()) {
            console.server(another);

            Console.Outcome outcome = console.run("retry");

            assertThat(outcome.exit()).isEqualTo(2);
            assertThat(outcome.err()).contains(name() + " was for BELAY_SERVER=" + server.url());
            assertThat(another.received()).isEmpty();
        }
    }

    @Test
    void a_folder_that_is_gone_is_said_and_the_request_stays() throws IOException {
        lost("x");
        console.projects((start, scope) -> {
            throw BelayException.of(ErrorCode.E_BAD_PROJECT, "it does not exist", "(layer: client)", "cd …");
        });

        assertThat(console.run("retry").exit()).isEqualTo(2);
        assertThat(drafts()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "retry d-nothing, E_NOT_FOUND, 8",
        "retry --drop d-nothing, E_NOT_FOUND, 8",
        "retry --drop ../last-task, E_NOT_FOUND, 8",
        "retry --drop d-../../x, E_NOT_FOUND, 8",
        "retry --list --drop d-1, E_USAGE, 2",
        "retry d-1 --list, E_USAGE, 2",
    })
    void bad_words_are_errors_and_ask_nobody(String words, String code, int exit) {
        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.err()).contains("error[" + code + "] ");
        assertThat(server.received()).isEmpty();
    }
}
