package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.http.Address;
import dev.belay.cli.terminal.Terminal;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextTest {
    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        server.json("GET /v1/tasks", "{\"tasks\":[]}");
        console = new Console(folder);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Path file() {
        return folder.resolve(".config/belay/contexts.json");
    }

    private Console.Outcome add(String... words) {
        return console.stdin(Terminal.Input.PIPE, "top-secret\n").run(words);
    }

    @Test
    void a_context_is_kept_for_its_owner_only_and_used_when_it_is_chosen() throws IOException {
        assertThat(add("context", "add", "prod", server.url()).exit()).isZero();
        assertThat(console.run("context", "use", "prod").out()).isEqualTo("in use: prod\n");

        assertThat(console.run("ps").exit()).isZero();

        assertThat(server.received().getLast().headers()).containsEntry("authorization", "Bearer top-secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void the_config_folder_is_where_xdg_says() {
        console.env("XDG_CONFIG_HOME", folder.resolve("cfg").toString());

        add("context", "add", "prod", server.url());

        assertThat(folder.resolve("cfg/belay/contexts.json")).exists();
        assertThat(file()).doesNotExist();
    }

    @Test
    void no_word_of_it_ever_prints_the_token() {
        StringBuilder all = new StringBuilder();
        all.append(add("context", "add", "prod", server.url()));
        all.append(add("context", "add", "prod", server.url()));
        for (String words : new String[] {
            "context list",
            "context list --json",
            "context list -q",
            "context show prod",
            "context show prod --json",
            "context use prod",
            "context show",
            "show t-none --json",
            "context remove prod"
        }) {
            all.append(console.run(words.split(" ")));
        }

        assertThat(all.toString()).contains("prod").doesNotContain("top-secret");
    }

    @ParameterizedTest
    @CsvSource({
        "--context prod ps",
        "--context=prod ps",
        "ps --context prod",
        "ps --context=prod",
    })
    void the_option_chooses_for_one_command(String words) {
        add("context", "add", "prod", server.url());

        assertThat(console.run(words.split(" ")).exit()).isZero();
        assertThat(server.received()).hasSize(1);
        assertThat(console.run("ps").err()).contains("no controller is running here");
    }

    @Test
    void the_variable_chooses_the_option_wins_over_it_and_the_server_wins_over_all() throws IOException {
        add("context", "add", "prod", server.url());
        add("context", "add", "dead", "http://127.0.0.1:1");
        console.env("BELAY_CONTEXT", "dead");

        assertThat(console.run("ps").exit()).isEqualTo(9);
        assertThat(console.run("ps", "--context", "prod").exit()).isZero();
        assertThat(console.run("ps", "--context", "local").err()).contains("no controller is running here");
        assertThat(console.server(server).run("ps").exit()).isZero();
        assertThat(server.received().getLast().headers()).containsEntry("authorization", "Bearer secret");
        assertThat(console.run("ps", "--context", "prod").err())
                .startsWith("error[E_USAGE] --context prod and BELAY_SERVER both name a server");
    }

    @Test
    void every_error_names_the_context_unless_it_is_the_local_one() {
        add("context", "add", "prod", server.url());

        Console.Outcome named = console.run("show", "t-none", "--context", "prod", "--json");
        assertThat(named.err()).contains("  context: prod (" + server.url() + ")");
        assertThat(Json.parse(named.out()).get("error").text("context")).isEqualTo("prod (" + server.url() + ")");
        assertThat(console.run("ps", "--nonsense", "--context", "prod").err()).contains("context: prod");
        assertThat(console.run("ps").err()).doesNotContain("context: ");
        assertThat(console.run("ps", "--json").out()).doesNotContain("\"context\"");
    }

    @Test
    void status_names_the_context() {
        server.json(
                "GET /v1/status",
                "{\"version\":\"0.1.0\",\"started_at\":\"2026-11-21T12:00:00Z\",\"database\":\"embedded\","
                        + "\"database_version\":\"18\",\"runners\":[],\"queued\":0,\"running\":0}");
        add("context", "add", "prod", server.url());

        assertThat(console.run("status", "--context", "prod").out()).contains("\ncontext     prod\n");
        assertThat(Json.parse(console.run("status", "--context", "prod", "--json")
                                .out())
                        .text("context"))
                .isEqualTo("prod");
    }

    @Test
    void a_token_file_is_read_at_every_use() throws IOException {
        Path token = console.file("token", "first\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        assertThat(console.run("context", "add", "prod", server.url(), "--token-file", "token")
                        .exit())
                .isZero();
        Files.writeString(token, "second\n");

        console.run("ps", "--context", "prod");

        assertThat(server.received().getLast().headers()).containsEntry("authorization", "Bearer second");
        assertThat(Files.readString(file())).doesNotContain("first").doesNotContain("second");
    }

    @ParameterizedTest
    @CsvSource({"rw-r-----", "rw-----w-", "rwxrwxrwx"})
    void what_others_can_read_is_refused_when_it_is_named_and_when_it_is_used(String mode) throws IOException {
        Path token = console.file("token", "first\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        console.run("context", "add", "prod", server.url(), "--token-file", "token");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString(mode));

        Console.Outcome used = console.run("ps", "--context", "prod");
        Console.Outcome named = console.run("context", "add", "other", server.url(), "--token-file", "token");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));
        Console.Outcome listed = console.run("context", "list");

        for (Console.Outcome outcome : new Console.Outcome[] {used, named, listed}) {
            assertThat(outcome.exit()).isEqualTo(4);
            assertThat(outcome.err()).startsWith("error[E_SIGNED_OUT] ").contains("chmod 600 ");
        }
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_removed_context_is_in_use_no_longer() {
        add("context", "add", "prod", server.url());
        console.run("context", "use", "prod");

        assertThat(console.run("context", "remove", "prod").out()).isEqualTo("removed prod; in use now: local\n");

        assertThat(console.run("context", "list", "-q").out()).isEqualTo("local\n");
        assertThat(console.run("ps").err()).contains("no controller is running here");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:7070, true",
        "http://127.1.2.3, true",
        "http://localhost:7070, true",
        "http://[::1]:7070, true",
        "http://127.0.0.1.example.org, false",
        "http://127.evil.example, false",
        "http://localhost.example.org, false",
        "http://10.0.0.1, false",
        "http://[::2], false",
    })
    void only_this_machine_is_loopback(String address, boolean loopback) {
        assertThat(Address.parse(address).isLoopback()).isEqualTo(loopback);
    }

    @Test
    void a_token_in_clear_over_a_network_must_be_accepted() {
        assertThat(add("context", "add", "lan", "http://10.0.0.1:7070").err())
                .startsWith("error[E_DENIED] the token of lan would travel to http://10.0.0.1:7070 in clear");
        assertThat(file()).doesNotExist();
        assertThat(add("context", "add", "lan", "http://10.0.0.1:7070", "--insecure")
                        .exit())
                .isZero();
        assertThat(console.run("context", "show", "lan").out()).contains("the token travels in clear");
        assertThat(add("context", "add", "web", "https://belay.example.org").exit())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "context, E_USAGE, 2",
        "context lits, E_USAGE, 2",
        "context add prod, E_USAGE, 2",
        "context add prod ftp://x, E_USAGE, 2",
        "context add prod http://127.0.0.1:99999, E_USAGE, 2",
        "context add prod http://user@127.0.0.1, E_USAGE, 2",
        "context add pr/od http://127.0.0.1, E_USAGE, 2",
        "context add -- -x http://127.0.0.1, E_USAGE, 2",
        "context add local http://127.0.0.1, E_CONFLICT, 7",
        "context add old http://127.0.0.1, E_CONFLICT, 7",
        "context add prod http://127.0.0.1 --token-file nowhere, E_SIGNED_OUT, 4",
        "context list now, E_USAGE, 2",
        "context list --insecure, E_USAGE, 2",
        "context use, E_USAGE, 2",
        "context use prd, E_NOT_FOUND, 8",
        "context show prd, E_NOT_FOUND, 8",
        "context remove prd, E_NOT_FOUND, 8",
        "context remove local, E_USAGE, 2",
        "ps --context prd, E_NOT_FOUND, 8",
        "ps --context=, E_USAGE, 2",
        "--context, E_USAGE, 2",
        "--context old, E_USAGE, 2",
    })
    void bad_words_are_errors_and_change_nothing(String words, String code, int exit) throws IOException {
        add("context", "add", "old", server.url());
        String before = Files.readString(file());

        Console.Outcome outcome = add(words.split(" "));

        assertThat(outcome.err()).startsWith("error[" + code + "] ");
        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(Files.readString(file())).isEqualTo(before);
        assertThat(server.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TERMINAL, top-secret", "PIPE, ''", "OTHER, ''", "PIPE, two words"})
    void a_token_is_read_from_a_pipe_or_a_file_and_never_typed(Terminal.Input kind, String text) {
        Console.Outcome outcome = console.stdin(kind, text).run("context", "add", "prod", server.url());

        assertThat(outcome.exit()).isIn(2, 4);
        assertThat(outcome.err()).startsWith("error[E_").doesNotContain("top-secret");
        assertThat(file()).doesNotExist();
    }

    @Test
    void a_damaged_file_is_said_with_its_place() throws IOException {
        add("context", "add", "old", server.url());
        Files.writeString(file(), "{");

        assertThat(console.run("ps").err()).startsWith("error[E_BAD_REQUEST] " + file() + " is damaged");
    }
}
