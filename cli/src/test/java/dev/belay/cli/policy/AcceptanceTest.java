package dev.belay.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.FakeServer;
import dev.belay.cli.Samples;
import dev.belay.cli.seam.Bindings;
import dev.belay.cli.terminal.Terminal;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptanceTest {
    private static final String ASKS = """
            policy: belay/1
            network:
              allow: [api.example.com]
            """;
    private static final String ASKS_FOR_NOTHING = """
            policy: belay/1
            restricted: [Bash(git push *)]
            """;

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
        console = new Console(folder).server(server).stdin(Terminal.Input.OTHER, UNTOUCHABLE);
        server.takesTasks();
        script(console.cwd());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static void script(Path project) throws IOException {
        Files.writeString(project.resolve("fix.yaml"), "model: script/1\nturns: [{say: Done.}]\n");
    }

    private void policy(String text) throws IOException {
        policy(console.cwd(), text);
    }

    private static void policy(Path project, String text) throws IOException {
        Files.writeString(Files.createDirectories(project.resolve(".belay")).resolve("policy.yaml"), text);
    }

    private Console.Outcome run(String... more) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--model", "script:fix.yaml"));
        words.addAll(List.of(more));
        words.add("x");
        return console.run(words.toArray(String[]::new));
    }

    private Console.Outcome answering(String text) {
        console.stdin(Terminal.Input.TERMINAL, text);
        Console.Outcome outcome = run();
        console.stdin(Terminal.Input.OTHER, UNTOUCHABLE);
        return outcome;
    }

    private String hash() {
        return Json.parse(console.run("policy", "show", "--json").out()).text("hash");
    }

    private List<Json> submitted() {
        return server.received().stream()
                .filter(request -> request.path().equals("/v1/tasks"))
                .map(request -> Json.parse(request.body()))
                .toList();
    }

    private List<String> sources() {
        return submitted().getLast().get("policy").items().stream()
                .map(source -> source.text("file"))
                .toList();
    }

    private void refused(Console.Outcome outcome) {
        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("error[E_POLICY_NOT_ACCEPTED]").contains("nothing was started");
    }

    private void nothingWasSentOrKept() {
        assertThat(server.received()).isEmpty();
        assertThat(console.state().resolve("drafts")).doesNotExist();
        assertThat(console.state().resolve("accepted-policies")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            value = Terminal.Input.class,
            names = {"PIPE", "OTHER"})
    void where_nobody_sits_nothing_is_granted_and_nothing_is_sent(Terminal.Input kind) throws IOException {
        policy(ASKS);
        String hash = hash();
        console.stdin(kind, UNTOUCHABLE);

        Console.Outcome outcome = run();

        refused(outcome);
        assertThat(outcome.err())
                .contains("api.example.com (.belay/policy.yaml:3)")
                .contains("--accept-policy " + hash.substring(0, 12));
        nothingWasSentOrKept();
    }

    @Test
    void a_yes_that_comes_through_a_pipe_is_nobodys() throws IOException {
        policy(ASKS);
        console.stdin(Terminal.Input.PIPE, "y\n");

        refused(run());

        nothingWasSentOrKept();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 12, 63, 64})
    void the_beginning_of_the_hash_grants_it_and_is_remembered(int length) throws IOException {
        policy(ASKS);
        String hash = hash();

        Console.Outcome first = run("--accept-policy", hash.substring(0, length));
        Console.Outcome second = run();

        assertThat(first.exit()).isZero();
        assertThat(second.exit()).isZero();
        assertThat(submitted())
                .hasSize(2)
                .allMatch(wish -> wish.text("accepted_policy").equals(hash));
    }

    @Test
    void the_hash_may_be_typed_in_capitals() throws IOException {
        policy(ASKS);

        Console.Outcome outcome = run("--accept-policy", hash().toUpperCase(Locale.ROOT));

        assertThat(outcome.exit()).isZero();
    }

    @Test
    void a_hash_that_is_too_short_is_none() throws IOException {
        policy(ASKS);

        refused(run("--accept-policy", hash().substring(0, 7)));

        nothingWasSentOrKept();
    }

    @Test
    void another_hash_is_not_this_policys() throws IOException {
        policy(ASKS);
        String hash = hash();

        Console.Outcome outcome = run("--accept-policy", "0123456789ab");

        refused(outcome);
        assertThat(outcome.err()).contains("that is " + hash.substring(0, 12));
        nothingWasSentOrKept();
    }

    @Test
    void a_hash_with_more_behind_it_is_another() throws IOException {
        policy(ASKS);

        refused(run("--accept-policy", hash() + "0"));

        nothingWasSentOrKept();
    }

    @Test
    void a_wrong_hash_is_refused_where_the_policy_is_accepted_already() throws IOException {
        policy(ASKS);
        run("--accept-policy", hash());

        refused(run("--accept-policy", "0123456789ab"));

        assertThat(submitted()).hasSize(1);
    }

    @Test
    void a_project_without_a_policy_has_no_hash_to_accept() {
        Console.Outcome outcome = run("--accept-policy", "0123456789ab");

        refused(outcome);
        assertThat(outcome.err()).contains("it has none");
        nothingWasSentOrKept();
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "yes\n", "YES\n", "  y  \n", "y"})
    void a_person_who_says_yes_is_asked_once(String answer) throws IOException {
        policy(ASKS);
        String hash = hash();

        Console.Outcome first = answering(answer);
        Console.Outcome second = run();

        assertThat(first.exit()).isZero();
        assertThat(first.out()).as("the question is no result").isEqualTo(Samples.ID + "\n");
        assertThat(first.err()).contains("api.example.com").contains(".belay/policy.yaml:3");
        assertThat(second.exit()).isZero();
        assertThat(submitted())
                .hasSize(2)
                .allMatch(wish -> wish.text("accepted_policy").equals(hash));
    }

    @ParameterizedTest
    @ValueSource(strings = {"n\n", "no\n", "\n", "", "yep\n", "yes please\n", "n\ny\n"})
    void a_person_who_says_anything_else_has_granted_nothing(String answer) throws IOException {
        policy(ASKS);

        refused(answering(answer));

        nothingWasSentOrKept();
    }

    @Test
    void who_said_no_is_asked_again() throws IOException {
        policy(ASKS);
        answering("n\n");

        Console.Outcome second = answering("y\n");

        assertThat(second.exit()).isZero();
        assertThat(submitted()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy: belay/1\nnetwork: {allow: [api.example.org]}\n",
                "policy: belay/1\nnetwork: {allow: [api.example.com, cdn.example.com]}\n",
                "policy: belay/1\nnetwork: {allow: ['api.example.com:8443']}\n",
                "policy: belay/1\nnetwork: {allow: ['*.example.com']}\n",
                "policy: belay/1\nnetwork: {allow: [api.example.com]}\nlimits: {max_usd: 900}\n",
            })
    void a_policy_that_means_something_else_is_asked_about_again(String other) throws IOException {
        policy(ASKS);
        run("--accept-policy", hash());
        policy(other);

        refused(run());

        assertThat(submitted()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# The shop's rights.\npolicy: belay/1\n\nnetwork:\n  allow:\n    - api.example.com # prices\n",
                "policy: belay/1\nnetwork: {allow: [{host: api.example.com, reason: the prices}]}\n",
                "policy: 'belay/1'\nrestricted: []\nnetwork: {allow: ['api.example.com'], deny: []}\n",
            })
    void other_words_for_the_same_are_not_asked_about(String reworded) throws IOException {
        policy(ASKS);
        run("--accept-policy", hash());
        policy(reworded);

        Console.Outcome outcome = run();

        assertThat(outcome.exit()).isZero();
        assertThat(submitted()).hasSize(2);
        assertThat(submitted().getLast().get("policy").items().getFirst().text("text"))
                .as("the new words are sent")
                .isEqualTo(reworded);
    }

    @Test
    void what_was_granted_once_stays_granted_when_it_comes_back() throws IOException {
        policy(ASKS);
        run("--accept-policy", hash());
        policy(ASKS.replace("api", "cdn"));
        run("--accept-policy", hash());
        policy(ASKS);

        Console.Outcome outcome = run();

        assertThat(outcome.exit()).isZero();
        assertThat(submitted()).hasSize(3);
    }

    @Test
    void another_project_with_the_same_policy_is_asked_about_by_itself() throws IOException {
        console.projects(Bindings.ofThisBuild().projects());
        Path other = Files.createDirectories(folder.resolve("other"));
        script(other);
        policy(ASKS);
        policy(other, ASKS);
        run("--accept-policy", hash());

        Console.Outcome there = run("-C", other.toString());
        Console.Outcome here = run();

        refused(there);
        assertThat(here.exit()).isZero();
        assertThat(submitted()).hasSize(2);
    }

    @Test
    void show_says_whether_it_is_accepted() throws IOException {
        policy(ASKS);
        Json before = Json.parse(console.run("policy", "show", "--json").out());
        String said = console.run("policy", "show").out();

        run("--accept-policy", hash());

        Json after = Json.parse(console.run("policy", "show", "--json").out());
        assertThat(before.get("asks")).isEqualTo(Json.of(true));
        assertThat(before.get("accepted")).isEqualTo(Json.of(false));
        assertThat(said).contains("not accepted yet");
        assertThat(after.get("accepted")).isEqualTo(Json.of(true));
        assertThat(console.run("policy", "show").out()).contains("accepted").doesNotContain("not accepted yet");
    }

    @Test
    void a_policy_that_asks_for_nothing_needs_no_word() throws IOException {
        policy(ASKS_FOR_NOTHING);
        console.stdin(Terminal.Input.TERMINAL, UNTOUCHABLE);

        Console.Outcome outcome = run();

        assertThat(outcome.exit()).isZero();
        assertThat(submitted().getLast().get("accepted_policy")).isEqualTo(Json.of(""));
        assertThat(console.state().resolve("accepted-policies")).doesNotExist();
    }

    @Test
    void it_is_sent_as_it_is_written_with_what_was_granted() throws IOException {
        policy(ASKS);
        String hash = hash();

        run("--accept-policy", hash);

        assertThat(submitted().getLast().get("policy")).isEqualTo(Json.parse("""
                [{"file": ".belay/policy.yaml", "text": "policy: belay/1\\nnetwork:\\n  allow: [api.example.com]\\n"}]"""));
        assertThat(submitted().getLast().text("accepted_policy")).isEqualTo(hash);
    }

    @Test
    void a_project_that_says_nothing_of_rights_sends_nothing_of_them() throws IOException {
        console.file("CLAUDE.md", "# Shop\n\nIt sells things. The tests are in `tests`.\n");

        Console.Outcome outcome = run();

        assertThat(outcome.exit()).isZero();
        assertThat(((Json.Obj) submitted().getLast()).members())
                .as("an older server refuses what it does not know")
                .doesNotContainKeys("policy", "accepted_policy");
        assertThat(outcome.err()).doesNotContain("policy");
    }

    @Test
    void sources_that_say_nothing_of_rights_stay_at_home() throws IOException {
        console.file("CLAUDE.md", "# Shop\n\nIt sells things. The tests are in `tests`.\n");
        console.file("AGENTS.md", "RESTRICTED:\n- NO git push to origin/main\n");
        policy(ASKS_FOR_NOTHING);

        run();

        assertThat(sources()).containsExactly(".belay/policy.yaml", "AGENTS.md");
    }

    @Test
    void a_source_with_limits_alone_travels() throws IOException {
        policy("policy: belay/1\nlimits: {max_turns: 3}\n");

        run();

        assertThat(sources()).containsExactly(".belay/policy.yaml");
    }

    @Test
    void a_request_that_is_sent_again_has_the_words_that_were_granted() throws IOException {
        policy(ASKS);
        String hash = hash();
        server.on("POST /v1/tasks", _ -> FakeServer.raw(""));
        assertThat(run("--accept-policy", hash).exit()).isEqualTo(9);
        String name;
        try (var drafts = Files.list(console.state().resolve("drafts"))) {
            name = drafts.findFirst().orElseThrow().getFileName().toString().replace(".json", "");
        }
        policy(ASKS.replace("api", "cdn"));
        server.json("POST /v1/tasks", Samples.task("queued", "null"));

        Console.Outcome again = console.run("run", "-d", "--draft", name);

        assertThat(again.exit()).isZero();
        assertThat(submitted().getLast()).isEqualTo(submitted().getFirst());
        assertThat(submitted().getLast().text("accepted_policy")).isEqualTo(hash);
    }

    @Test
    void strictly_no_task_starts_with_a_line_that_nothing_enforces() throws IOException {
        console.file("CLAUDE.md", "RESTRICTED:\n- NO git push to origin/main\n- NO jokes in the comments\n");

        Console.Outcome outcome = run("--strict");

        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(outcome.err()).contains("error[E_NOT_ENFORCED]").contains("CLAUDE.md:3");
        nothingWasSentOrKept();
    }

    @Test
    void otherwise_such_a_line_is_named_and_the_task_starts() throws IOException {
        console.file("CLAUDE.md", "RESTRICTED:\n- NO git push to origin/main\n- NO jokes in the comments\n");

        Console.Outcome outcome = run();

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err())
                .contains("not enforced: NO jokes in the comments")
                .contains("CLAUDE.md:3");
        assertThat(sources()).containsExactly("CLAUDE.md");
    }

    @Test
    void strictly_a_policy_that_is_enforced_to_the_last_line_starts() throws IOException {
        policy(ASKS_FOR_NOTHING);

        Console.Outcome outcome = run("--strict");

        assertThat(outcome.exit()).isZero();
    }

    @Test
    void strictness_is_looked_at_before_anybody_is_asked() throws IOException {
        policy(ASKS);
        console.file("CLAUDE.md", "RESTRICTED:\n- NO jokes in the comments\n");
        console.stdin(Terminal.Input.TERMINAL, UNTOUCHABLE);

        Console.Outcome outcome = run("--strict", "--accept-policy", hash());

        assertThat(outcome.err()).contains("error[E_NOT_ENFORCED]");
        nothingWasSentOrKept();
    }

    @ParameterizedTest
    @CsvSource({
        "'policy: belay/1\nrestrictd: []\n', .belay/policy.yaml:2:1",
        "'policy: belay/1\nnetwork: {allow: [\"http://example.com/\"]}\n', .belay/policy.yaml:2:20",
    })
    void a_policy_that_is_not_understood_starts_no_task_whatever_is_accepted(String text, String place)
            throws IOException {
        policy(text);
        console.stdin(Terminal.Input.TERMINAL, UNTOUCHABLE);

        Console.Outcome outcome = run("--accept-policy", "0123456789ab");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("error[E_POLICY] " + place);
        nothingWasSentOrKept();
    }

    @Test
    void a_source_that_is_no_text_starts_no_task() throws IOException {
        Files.write(console.cwd().resolve("CLAUDE.md"), new byte[] {'-', ' ', (byte) 0xff});

        Console.Outcome outcome = run();

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("error[E_POLICY] CLAUDE.md cannot be read as a policy");
        nothingWasSentOrKept();
    }
}
