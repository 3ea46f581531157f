package dev.belay.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.FakeServer;
import dev.belay.cli.Samples;
import dev.belay.cli.seam.Bindings;
import dev.belay.cli.terminal.Terminal;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyVerbTest {
    private static final String FIVE_LINES = """
            # Rights of coding agents

            ALLOWED:
            - Read/write within ./src, ./tests
            - Run npm scripts: test, build

            RESTRICTED:
            - NO network calls to external APIs unless listed below
            - NO file operations outside project root
            - NO git push to origin/main
            """;
    private static final String FILE = """
            policy: belay/1
            restricted:
              - rule: Bash(git push *)
                reason: a person delivers
              - Read(.env)
            ask:
              - Bash(npm publish *)
            network:
              allow:
                - api.example.com
                - mirror.example.com:8080
            files:
              write: [./src]
            """;

    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void a_project() throws IOException {
        console = new Console(folder);
    }

    private void policy(String text) throws IOException {
        Files.writeString(
                Files.createDirectories(console.cwd().resolve(".belay")).resolve("policy.yaml"), text);
    }

    private static Json document(Console.Outcome outcome) {
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out().lines()).hasSize(1);
        return Json.parse(outcome.out());
    }

    private static List<String> texts(Json list, String member) {
        return list.items().stream().map(item -> item.text(member)).toList();
    }

    private static void refused(Console.Outcome outcome, int exit, String beginning) {
        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.err()).startsWith("error[" + beginning);
        assertThat(outcome.out()).isEmpty();
    }

    private List<Json> batch(String... lines) throws IOException {
        console.file("batch.jsonl", String.join("\n", lines) + "\n");
        return console.run("policy", "test", "--batch", "batch.jsonl")
                .out()
                .lines()
                .map(Json::parse)
                .toList();
    }

    @Test
    void where_nobody_says_anything_the_standard_policy_is_shown() throws IOException {
        console.file("CLAUDE.md", "# Shop\n\nIt sells things.\n");

        assertThat(console.run("policy", "show").out()).contains("the standard policy");
        assertThat(console.run("policy", "explain").out()).contains("the standard policy");
        assertThat(console.run("policy", "lint").out()).contains("the standard policy");
        assertThat(document(console.run("policy", "show", "--json"))).isEqualTo(Json.parse("""
                {"hash": "", "asks": false, "accepted": true, "rules": [], "not_enforced": []}"""));
    }

    @Test
    void a_link_out_of_the_project_is_never_sent_and_where_it_speaks_of_rights_it_is_refused() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere.md"), "a secret\n");
        Files.createSymbolicLink(console.cwd().resolve("AGENTS.md"), elsewhere);

        assertThat(console.run("policy", "show").out()).contains("the standard policy");

        Files.writeString(elsewhere, FIVE_LINES);
        Console.Outcome refused = console.run("policy", "show");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("error[E_POLICY]", "AGENTS.md", "leads out of the project");
    }

    @Test
    void each_of_the_five_lines_becomes_rules_or_holds_anyway() throws IOException {
        console.file("CLAUDE.md", FIVE_LINES);

        List<Json> lines = document(console.run("policy", "explain", "--json"))
                .get("lines")
                .items();

        assertThat(lines.stream().map(line -> line.text("line") + " " + line.text("became")))
                .containsExactly(
                        "Read/write within ./src, ./tests rules",
                        "Run npm scripts: test, build rules",
                        "NO network calls to external APIs unless listed below inherent",
                        "NO file operations outside project root inherent",
                        "NO git push to origin/main rules");
        assertThat(lines.stream().map(line -> line.text("place")))
                .satisfiesExactly(
                        place -> assertThat(place).startsWith("CLAUDE.md:4"),
                        place -> assertThat(place).startsWith("CLAUDE.md:5"),
                        place -> assertThat(place).startsWith("CLAUDE.md:8"),
                        place -> assertThat(place).startsWith("CLAUDE.md:9"),
                        place -> assertThat(place).startsWith("CLAUDE.md:10"));
        assertThat(lines.get(2).text("mechanism")).startsWith("gateway");
        assertThat(lines.get(3).text("mechanism")).startsWith("mount");
    }

    @Test
    void the_five_lines_are_explained_to_people_each_below_its_place() throws IOException {
        console.file("CLAUDE.md", FIVE_LINES);

        Console.Outcome outcome = console.run("policy", "explain");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out())
                .containsSubsequence(
                        "CLAUDE.md:4  Read/write within ./src, ./tests",
                        "→ allowed edit",
                        "CLAUDE.md:5",
                        "→ allowed command",
                        "CLAUDE.md:8",
                        "= holds in every sandbox",
                        "CLAUDE.md:9",
                        "= holds in every sandbox",
                        "CLAUDE.md:10  NO git push to origin/main",
                        "→ restricted command git push");
    }

    @ParameterizedTest
    @CsvSource({
        "'test -- git push', 6",
        "'test -- git push origin main', 6",
        "'test -- npm test', 0",
        "'test -- npm run build', 0",
        "'test --host api.example.com', 6",
        "'test --path src/cart.sh', 0",
        "'test --path tests/deep/cart_test.sh', 0",
        "'test --path README.md', 6",
        "'test --path ../elsewhere', 6",
        "'test --path /etc/passwd', 6",
        "'test --read README.md', 0",
        "'test --read ../elsewhere', 6",
    })
    void the_five_lines_answer_questions(String words, int exit) throws IOException {
        console.file("CLAUDE.md", FIVE_LINES);

        Console.Outcome outcome = console.run(("policy " + words).split(" "));

        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.out()).startsWith(exit == 0 ? "allowed" : "denied");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void a_refusal_names_rule_place_layer_and_reason() throws IOException {
        policy(FILE);

        Console.Outcome outcome = console.run("policy", "test", "--", "git", "push");

        assertThat(outcome.out())
                .startsWith("denied   git push\n")
                .contains("rule: RESTRICTED Bash(git push *)")
                .contains(".belay/policy.yaml:3")
                .contains("(layer: tool)")
                .contains("a person delivers");
    }

    @Test
    void show_lists_the_rules_with_their_places_and_the_hash() throws IOException {
        policy(FILE);

        Json shown = document(console.run("policy", "show", "--json"));
        Console.Outcome told = console.run("policy", "show");

        assertThat(shown.get("rules").items().stream()
                        .map(rule -> rule.text("effect") + " " + rule.text("subject") + " " + rule.text("pattern") + " "
                                + rule.text("place")))
                .contains("restricted command git push * .belay/policy.yaml:3:11")
                .contains("allowed host api.example.com .belay/policy.yaml:10:7")
                .contains("allowed host mirror.example.com:8080 .belay/policy.yaml:11:7");
        assertThat(texts(shown.get("rules"), "mechanism"))
                .hasSize(6)
                .allSatisfy(mechanism -> assertThat(mechanism).isNotEmpty());
        assertThat(shown.text("hash")).matches("[0-9a-f]{64}");
        assertThat(shown.get("asks")).isEqualTo(Json.of(true));
        assertThat(told.out())
                .contains("git push *")
                .contains(".belay/policy.yaml:3")
                .contains("policy " + shown.text("hash").substring(0, 12));
    }

    @Test
    void the_hash_is_of_the_meaning() throws IOException {
        policy("policy: belay/1\nrestricted: [Bash(git push *), Read(.env)]\n");
        String one = document(console.run("policy", "show", "--json")).text("hash");
        policy("# other words\npolicy: belay/1\nrestricted:\n  - Read(.env)\n  - Bash(git push *)\n");
        String reworded = document(console.run("policy", "show", "--json")).text("hash");
        policy("policy: belay/1\nrestricted: [Read(.env)]\n");
        String other = document(console.run("policy", "show", "--json")).text("hash");

        assertThat(reworded).isEqualTo(one);
        assertThat(other).isNotEqualTo(one);
    }

    @Test
    void a_policy_of_limits_alone_is_not_called_the_standard_one() throws IOException {
        policy("policy: belay/1\nlimits: {max_turns: 5}\n");

        assertThat(console.run("policy", "explain").out()).contains("limits").doesNotContain("standard policy");
        assertThat(console.run("policy", "show").out()).startsWith("policy ").doesNotContain("standard policy");
        assertThat(document(console.run("policy", "show", "--json")).text("hash"))
                .isNotEmpty();
    }

    @Test
    void all_sources_of_a_project_are_read() throws IOException {
        console.file("AGENTS.md", "RESTRICTED:\n- NO git push to origin/main\n");
        policy("policy: belay/1\nrestricted: [Read(.env)]\n");

        Json shown = document(console.run("policy", "show", "--json"));

        assertThat(texts(shown.get("rules"), "place"))
                .hasSize(2)
                .anyMatch(place -> place.startsWith("AGENTS.md:2"))
                .anyMatch(place -> place.startsWith(".belay/policy.yaml:2"));
    }

    @Test
    void a_line_that_nothing_enforces_is_good_and_is_named() throws IOException {
        console.file("CLAUDE.md", "RESTRICTED:\n- NO jokes in the comments\n");

        Console.Outcome lint = console.run("policy", "lint");

        assertThat(lint.exit()).isZero();
        assertThat(lint.out()).contains("CLAUDE.md:2").contains("not enforced: NO jokes in the comments");
        assertThat(texts(document(console.run("policy", "show", "--json")).get("not_enforced"), "line"))
                .containsExactly("NO jokes in the comments");
    }

    @ParameterizedTest
    @CsvSource({
        "'policy: belay/1\nrestrictd: []\n', 2:1, did you mean restricted?",
        "'policy: belay/2\n', 1:9, belay/1",
        "'restricted: []\n', 1:1, `policy` is missing",
        "'policy: belay/1\nrestricted: [Bash(git push]\n', 2:27, closing parenthesis",
        "'policy: belay/1\nlimits: {max_turns: many}\n', 2:21, many",
        "'policy: belay/1\nnetwork:\n  allow:\n    - \"*\"\n', 4:8, `*`",
        "'policy: belay/1\nrestricted:\n  - rule: Bash(git push *)\n    match: [git pull]\n', 4:13, git pull",
    })
    void what_is_not_understood_is_said_with_its_place(String text, String place, String what) throws IOException {
        policy(text);

        Console.Outcome lint = console.run("policy", "lint");
        Console.Outcome machine = console.run("policy", "lint", "--json");

        assertThat(lint.exit()).isEqualTo(2);
        assertThat(lint.out()).contains(".belay/policy.yaml:" + place + ": ").contains(what);
        assertThat(machine.exit()).isEqualTo(2);
        Json problem = Json.parse(machine.out()).get("problems").items().getFirst();
        assertThat(problem.text("place")).isEqualTo(".belay/policy.yaml:" + place);
        assertThat(problem.text("what") + problem.text("fix")).contains(what);
    }

    @ParameterizedTest
    @CsvSource({
        "GET https://requests.example/repos/acme/x, allow, 0",
        "POST https://requests.example/repos/acme/x, deny, 6",
        "GET https://requests.example/repos/other, deny, 6",
        "GET https://requests.example:8443/repos/acme/x, deny, 6",
        "GET https://requests.example/repos/acme/../other, deny, 6"
    })
    void a_request_is_asked_about_with_its_method_and_path(String request, String verdict, int code)
            throws IOException {
        policy("""
                policy: belay/1
                network:
                  allow:
                    - host: requests.example
                      methods: [GET]
                      paths: ["/repos/acme/**"]
                """);

        Console.Outcome outcome = console.run("policy", "test", "--json", "--request", request);

        assertThat(outcome.exit()).isEqualTo(code);
        assertThat(Json.parse(outcome.out()).text("verdict")).isEqualTo(verdict);
    }

    @Test
    void what_is_no_request_is_refused() throws IOException {
        refused(
                console.run("policy", "test", "--request", "requests.example/x"),
                2,
                "E_USAGE] `requests.example/x` is no");
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "show --json", "explain", "test -- ls", "test --path a"})
    void with_a_policy_that_is_not_understood_nothing_is_answered(String words) throws IOException {
        policy("policy: belay/1\nrestrictd: []\n");

        Console.Outcome outcome = console.run(("policy " + words).split(" "));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.out() + outcome.err())
                .contains("E_POLICY")
                .contains(".belay/policy.yaml:2:1: unknown key `restrictd`");
    }

    @Test
    void every_problem_is_told_and_the_first_one_leads() throws IOException {
        policy("policy: belay/1\nrestrictd: []\nnetwerk: {}\n");

        Console.Outcome shown = console.run("policy", "show");
        Console.Outcome lint = console.run("policy", "lint", "--json");

        refused(shown, 2, "E_POLICY] .belay/policy.yaml:2:1: ");
        assertThat(shown.err()).contains(".belay/policy.yaml:3:1: ");
        assertThat(texts(Json.parse(lint.out()).get("problems"), "place"))
                .containsExactly(".belay/policy.yaml:2:1", ".belay/policy.yaml:3:1");
    }

    @Test
    void a_good_file_has_no_problems() throws IOException {
        policy(FILE);

        assertThat(console.run("policy", "lint").exit()).isZero();
        assertThat(document(console.run("policy", "lint", "--json"))).isEqualTo(Json.parse("{\"problems\": []}"));
    }

    @Test
    void a_source_that_is_no_text_is_refused() throws IOException {
        Files.write(console.cwd().resolve("AGENTS.md"), new byte[] {'-', ' ', (byte) 0xff});

        refused(console.run("policy", "lint"), 2, "E_POLICY] AGENTS.md cannot be read as a policy");
    }

    @Test
    void a_source_that_is_too_large_is_refused() throws IOException {
        console.file("CLAUDE.md", "x\n".repeat(600 << 10));

        refused(console.run("policy", "show"), 2, "E_POLICY] CLAUDE.md cannot be read as a policy");
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com, allow",
        "API.example.com., allow",
        "api.example.com:443, allow",
        "api.example.com:8443, deny",
        "mirror.example.com:8080, allow",
        "mirror.example.com, deny",
        "example.com, deny",
        "api.example.com.evil.example, deny",
        "127.0.0.1:443, deny",
        "[::1]:443, deny",
        "::1, deny",
    })
    void a_host_is_asked_about_with_its_port(String host, String verdict) throws IOException {
        policy(FILE);

        Console.Outcome outcome = console.run("policy", "test", "--json", "--host", host);

        assertThat(outcome.exit()).isEqualTo(verdict.equals("allow") ? 0 : 6);
        assertThat(Json.parse(outcome.out()).text("asked")).isEqualTo(host);
        assertThat(Json.parse(outcome.out()).text("verdict")).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.example.com:", "api.example.com:0", "api.example.com:65536", "api.example.com:https"})
    void a_port_that_cannot_be_is_refused(String host) throws IOException {
        policy(FILE);

        refused(console.run("policy", "test", "--host", host), 2, "E_USAGE] `" + host + "` has no port");
    }

    @ParameterizedTest
    @CsvSource({"src/a.sh, allow", "./src/../src/a.sh, allow", "src/../README.md, deny", "srcs/a.sh, deny"})
    void a_path_is_asked_about_as_what_is_changed(String path, String verdict) throws IOException {
        policy(FILE);

        Console.Outcome outcome = console.run("policy", "test", "--json", "--path", path);

        assertThat(Json.parse(outcome.out()).text("verdict")).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({".env, deny", "./.env, deny", "README.md, allow", ".env.example, allow"})
    void a_path_is_asked_about_as_what_is_read(String path, String verdict) throws IOException {
        policy(FILE);

        Console.Outcome outcome = console.run("policy", "test", "--json", "--read", path);

        assertThat(Json.parse(outcome.out()).text("verdict")).isEqualTo(verdict);
    }

    @Test
    void what_a_person_would_be_asked_is_not_allowed() throws IOException {
        policy(FILE);

        Console.Outcome told = console.run("policy", "test", "--", "npm", "publish");
        Console.Outcome machine = console.run("policy", "test", "--json", "--", "npm", "publish");

        assertThat(told.exit()).isEqualTo(6);
        assertThat(told.out()).startsWith("asks     npm publish");
        assertThat(machine.exit()).isEqualTo(6);
        assertThat(Json.parse(machine.out()).text("verdict")).isEqualTo("ask");
    }

    @Test
    void several_questions_are_answered_in_one_go_and_one_refusal_decides() throws IOException {
        policy(FILE);

        Console.Outcome outcome = console.run(
                "policy", "test", "--json", "--host", "api.example.com", "--path", "src/a", "--path", "b", "--", "ls");

        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(outcome.out()
                        .lines()
                        .map(line -> Json.parse(line).text("asked") + " "
                                + Json.parse(line).text("verdict")))
                .containsExactly("ls allow", "api.example.com allow", "src/a allow", "b deny");
    }

    @Test
    void a_refusal_for_machines_has_all_that_people_read() throws IOException {
        policy(FILE);

        Json answer = Json.parse(
                console.run("policy", "test", "--json", "--", "git", "push").out());

        assertThat(((Json.Obj) answer).members())
                .containsOnlyKeys("asked", "verdict", "layer", "rule", "place", "reason", "instead");
        assertThat(answer.text("place")).isEqualTo(".belay/policy.yaml:3");
        assertThat(answer.text("reason")).isEqualTo("a person delivers");
    }

    @Test
    void words_behind_the_dashes_stay_the_words_that_they_were() throws IOException {
        policy(FILE);

        Console.Outcome nested = console.run("policy", "test", "--", "sh", "-c", "git push");
        Console.Outcome said = console.run("policy", "test", "--", "echo", "a; git push");
        Console.Outcome line = console.run("policy", "test", "--", "echo a; git push");

        assertThat(nested.exit()).as("a shell that is given one word to run").isEqualTo(6);
        assertThat(nested.out()).startsWith("denied   sh -c 'git push'\n");
        assertThat(said.exit()).as("a word that is only said").isZero();
        assertThat(line.exit()).as("one word is a whole line").isEqualTo(6);
    }

    @Test
    void what_is_asked_is_shown_and_not_obeyed() throws IOException {
        policy(FILE);

        Console.Outcome outcome = console.run("policy", "test", "--path", "a\u001b[2Jb");

        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(outcome.out()).doesNotContain("\u001b");
    }

    @Test
    void a_batch_is_answered_line_by_line() throws IOException {
        policy(FILE);

        List<Json> answers = batch(
                "{\"command\": \"git push\"}",
                "",
                "{\"host\": \"api.example.com:443\", \"note\": \"the prices\"}",
                "{\"path\": \"README.md\"}",
                "{\"read\": \"README.md\"}");

        assertThat(answers.stream().map(one -> one.text("asked") + " " + one.text("verdict")))
                .containsExactly("git push deny", "api.example.com:443 allow", "README.md deny", "README.md allow");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"path\": \"src/a\"}', 0",
        "'{\"path\": \"b\"}', 6",
        "'{\"path\": \"src/a\"}\n{\"path\": \"b\"}', 6",
        "'{\"path\": \"src/a\", \"expect\": \"allow\"}', 0",
        "'{\"path\": \"b\", \"expect\": \"deny\"}', 0",
        "'{\"command\": \"npm publish\", \"expect\": \"ask\"}', 0",
        "'{\"path\": \"b\", \"expect\": \"deny\"}\n{\"path\": \"c\"}', 6",
        "'{\"path\": \"b\", \"expect\": \"allow\"}', 1",
        "'{\"path\": \"src/a\", \"expect\": \"deny\"}', 1",
        "'{\"command\": \"npm publish\", \"expect\": \"deny\"}', 1",
        "'{\"path\": \"src/a\", \"expect\": \"denied\"}', 1",
        "'{\"path\": \"b\"}\n{\"path\": \"src/a\", \"expect\": \"deny\"}', 1",
    })
    void a_batch_ends_by_what_was_expected(String lines, int exit) throws IOException {
        policy(FILE);
        console.stdin(Terminal.Input.PIPE, lines + "\n");

        Console.Outcome outcome = console.run("policy", "test", "--batch", "-");

        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.out().lines()).hasSameSizeAs(lines.lines().toList());
    }

    @Test
    void what_was_not_expected_is_named_with_its_line() throws IOException {
        policy(FILE);
        console.file(
                "batch.jsonl",
                "{\"path\": \"src/a\", \"expect\": \"allow\"}\n\n{\"path\": \"README.md\", \"expect\": \"allow\"}\n");

        Console.Outcome outcome = console.run("policy", "test", "--batch", "batch.jsonl");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).isEqualTo("batch.jsonl:3: expected allow, got deny: README.md\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"path\": ', '-:1 is no JSON'",
        "'{\"path\": \"a\"}\nls', '-:2 is no JSON'",
        "'{}', 'a line of the batch asks nothing'",
        "'[]', 'a line of the batch asks nothing'",
        "'{\"comand\": \"ls\"}', 'a line of the batch asks nothing'",
        "'{\"path\": \"a\", \"read\": \"a\"}', 'a line of the batch asks several things'",
        "'{\"command\": 3}', 'a line of the batch has a command that is no text'",
        "'{\"command\": \"\"}', 'a line of the batch has a command that is no text'",
        "'{\"host\": \"a:b\"}', '`a:b` has no port'",
    })
    void a_batch_that_is_not_understood_is_not_answered(String lines, String what) throws IOException {
        policy(FILE);
        console.stdin(Terminal.Input.PIPE, lines + "\n");

        refused(console.run("policy", "test", "--batch", "-"), 2, "E_USAGE] " + what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.jsonl", "."})
    void a_batch_that_is_not_there_is_refused(String name) {
        refused(console.run("policy", "test", "--batch", name), 2, "E_USAGE] there is no file " + name);
    }

    @Test
    void a_batch_that_is_no_text_is_refused() throws IOException {
        Files.write(console.cwd().resolve("batch.jsonl"), new byte[] {(byte) 0xff});

        refused(console.run("policy", "test", "--batch", "batch.jsonl"), 2, "E_USAGE] batch.jsonl is no UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"team.yaml", "rules/policy.yaml", "../absolute.yaml"})
    void a_file_that_is_named_is_read_alone(String name) throws IOException {
        policy("policy: belay/1\nrestrictd: []\n");
        Path file = console.cwd().resolve(name).normalize();
        Files.createDirectories(file.getParent());
        Files.writeString(file, "policy: belay/1\nrestricted: [Bash(make *)]\n");
        String said = name.startsWith("..") ? file.toString() : name;

        assertThat(console.run("policy", "lint", "--policy", said).exit()).isZero();
        assertThat(console.run("policy", "test", "--policy", said, "--", "make", "all")
                        .exit())
                .isEqualTo(6);
        assertThat(console.run("policy", "test", "--policy", said, "--", "git", "push")
                        .exit())
                .isZero();
    }

    @Test
    void prose_that_is_named_is_read_as_prose() throws IOException {
        Files.createDirectories(console.cwd().resolve("other"));
        console.file("other/AGENTS.md", "RESTRICTED:\n- NO git push to origin/main\n");

        Console.Outcome outcome =
                console.run("policy", "test", "--json", "--policy", "other/AGENTS.md", "--", "git", "push");

        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(Json.parse(outcome.out()).text("place")).isEqualTo("AGENTS.md:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.yaml", "."})
    void a_named_file_that_is_not_there_is_refused(String name) {
        refused(console.run("policy", "lint", "--policy", name), 2, "E_USAGE] there is no file " + name);
    }

    @Test
    void below_a_repository_the_repositorys_policy_holds() throws IOException, InterruptedException {
        console.projects(Bindings.ofThisBuild().projects());
        assertThat(new ProcessBuilder("git", "init", "-q", console.cwd().toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        Files.createDirectories(console.cwd().resolve("src/deep"));
        policy(FILE);

        assertThat(console.run("policy", "test", "-C", "src/deep", "--", "git", "push")
                        .exit())
                .isEqualTo(6);
        refused(console.run("policy", "init", "-C", "src/deep"), 7, "E_CONFLICT]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "package.json",
                "pom.xml",
                "pom.xml mvnw",
                "gradlew Cargo.toml go.mod",
                "pyproject.toml Makefile",
                "src/a tests/a",
                "package.json src/a docs/a",
            })
    void the_first_file_is_one_that_lint_finds_good(String files) throws IOException {
        for (String file : files.isEmpty() ? new String[0] : files.split(" ")) {
            Path made = console.cwd().resolve(file);
            Files.createDirectories(made.getParent());
            Files.writeString(made, "");
        }

        Console.Outcome written = console.run("policy", "init");

        assertThat(written.exit()).isZero();
        assertThat(console.cwd().resolve(".belay/policy.yaml")).content().startsWith("#");
        assertThat(document(console.run("policy", "lint", "--json"))).isEqualTo(Json.parse("{\"problems\": []}"));
        assertThat(document(console.run("policy", "show", "--json")).get("asks"))
                .as("it asks for nothing")
                .isEqualTo(Json.of(false));
        assertThat(console.run("policy", "test", "--", "git", "push").exit()).isEqualTo(6);
        assertThat(console.run("policy", "test", "--path", "src/a").exit()).isZero();
        assertThat(console.run("policy", "test", "--path", "README.md").exit())
                .as("bounds only where there are folders to name")
                .isEqualTo(files.contains("src/") ? 6 : 0);
    }

    @Test
    void a_wrapper_is_preferred_to_what_it_wraps() throws IOException {
        console.file("pom.xml", "");
        console.file("mvnw", "");

        console.run("policy", "init");

        assertThat(texts(document(console.run("policy", "show", "--json")).get("rules"), "pattern"))
                .contains("./mvnw *")
                .doesNotContain("mvn *");
    }

    @Test
    void init_says_what_it_wrote() throws IOException {
        Json written = document(console.run("policy", "init", "--json"));

        assertThat(Path.of(written.text("written"))).isRegularFile().hasFileName("policy.yaml");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_there_is_left_as_it_is(boolean link) throws IOException {
        Path file = console.cwd().resolve(".belay/policy.yaml");
        if (link) {
            Files.createDirectories(file.getParent());
            Files.createSymbolicLink(file, folder.resolve("elsewhere.yaml"));
        } else {
            policy("mine\n");
        }

        Console.Outcome outcome = console.run("policy", "init");

        refused(outcome, 7, "E_CONFLICT]");
        assertThat(folder.resolve("elsewhere.yaml")).doesNotExist();
        if (!link) {
            assertThat(file).hasContent("mine");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'policy', 'belay policy needs ACTION'",
        "'policy shwo', 'policy cannot shwo; did you mean show?'",
        "'policy explian t-7fq2', 'policy cannot explian; did you mean explain?'",
        "'policy tset git push', 'policy cannot tset; did you mean test?'",
        "'policy lint here', 'policy lint takes no word more'",
        "'policy show t-7fq2 t-7fq3', 'policy show takes one task more'",
        "'policy test', 'nothing was asked'",
        "'policy test git push', 'policy test takes no word more'",
        "'policy test --hots a', 'belay policy has no option --hots; did you mean --host?'",
        "'polcy show', 'there is no verb polcy; did you mean policy?'",
    })
    void wrong_words_are_refused(String words, String what) {
        refused(console.run(words.split(" ")), 2, "E_USAGE] " + what);
    }

    @Test
    void a_tasks_policy_is_the_one_that_it_was_begun_with() throws IOException {
        try (FakeServer server = new FakeServer()) {
            console.server(server);
            server.json("GET /v1/tasks/t-7fq2", Samples.task("running", "null"));
            server.json("GET /v1/tasks/t-7fq2/policy", """
                    {"sources":[{"file":".belay/policy.yaml","text":"policy: belay/1\\nrestricted: [Read(then)]\\n"}]}""");
            policy("policy: belay/1\nrestricted: [Read(now)]\n");

            Json shown = document(console.run("policy", "show", "t-7fq2", "--json"));
            Console.Outcome explained = console.run("policy", "explain", "t-7fq2");

            assertThat(texts(shown.get("rules"), "pattern")).containsExactly("then");
            assertThat(explained.out()).contains("Read(then)").doesNotContain("now");
        }
    }

    @Test
    void a_tasks_policy_that_this_client_does_not_understand_is_not_guessed_at() throws IOException {
        try (FakeServer server = new FakeServer()) {
            console.server(server);
            server.json("GET /v1/tasks/t-7fq2", Samples.task("running", "null"));
            server.json("GET /v1/tasks/t-7fq2/policy", """
                    {"sources":[{"file":".belay/policy.yaml","text":"policy: belay/9\\n"}]}""");

            refused(console.run("policy", "show", "t-7fq2"), 2, "E_POLICY] this client does not understand");
        }
    }
}
