package dev.belay.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Console;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportVerbTest {
    private static final String WHOLE = """
            {"network": {"allowedDomains": ["api.example.com:443"], "deniedDomains": []},
             "filesystem": {"denyRead": [".env"], "allowWrite": ["."], "denyWrite": []}}
            """;
    private static final String OPENED_AGAIN = """
            {"network": {"allowedDomains": [], "deniedDomains": []},
             "filesystem": {"denyRead": ["secrets"], "allowRead": ["secrets/public"], "allowWrite": ["."], "denyWrite": []}}
            """;
    private static final String RULES =
            "prefix_rule(pattern = [\"git\", \"push\"], decision = \"forbidden\", justification = \"a person delivers\")\n";

    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void a_project() throws IOException {
        console = new Console(folder);
    }

    private Path written() {
        return console.cwd().resolve(".belay/policy.yaml");
    }

    private static void refused(Console.Outcome outcome, int exit, String beginning) {
        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.err()).startsWith("error[" + beginning);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void a_policy_is_printed_that_can_be_read_again() throws IOException {
        console.file("srt-settings.json", WHOLE);

        Console.Outcome outcome = console.run("policy", "import", "srt-settings.json");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith("# Translated from srt-settings.json (sandbox-runtime settings)")
                .contains("policy: belay/1\n", "- \"api.example.com:443\"", "- Read(./.env)");
        assertThat(written()).doesNotExist();
        console.file("mine.yaml", outcome.out());
        assertThat(console.run("policy", "lint", "--policy", "mine.yaml", "--json")
                        .out())
                .isEqualTo("{\"problems\":[]}\n");
    }

    @Test
    void what_is_stricter_here_is_told_on_standard_error_and_in_the_file() throws IOException {
        console.file("srt-settings.json", OPENED_AGAIN);

        Console.Outcome outcome = console.run("policy", "import", "srt-settings.json");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err())
                .contains("! srt-settings.json:2:30: secrets", "stricter here: allowRead opens `secrets/public`");
        assertThat(outcome.out()).contains("#   srt-settings.json:2:30 secrets: stricter here", "- Read(./secrets)");
    }

    @Test
    void it_is_written_where_there_is_no_policy() throws IOException {
        console.file("default.rules", RULES);

        Console.Outcome outcome = console.run("policy", "import", "default.rules", "--write");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).startsWith("wrote .belay/policy.yaml");
        try (var all = Files.list(written().getParent())) {
            assertThat(all).containsExactly(written());
        }
        assertThat(written()).content().contains("- rule: Bash(git push *)", "reason: \"a person delivers\"");
        assertThat(console.run("policy", "test", "--", "git", "push").exit()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy init", "policy import default.rules --write"})
    void nothing_is_written_through_a_link(String words) throws IOException {
        console.file("default.rules", RULES);
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.createSymbolicLink(written().getParent(), elsewhere);

        refused(console.run(words.split(" ")), 7, "E_CONFLICT] .belay is a symlink");

        assertThat(elsewhere).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy init", "policy import default.rules --write"})
    void a_plain_file_of_that_name_is_left_as_it_is(String words) throws IOException {
        console.file("default.rules", RULES);
        Files.writeString(written().getParent(), "mine\n");

        refused(console.run(words.split(" ")), 7, "E_CONFLICT] .belay is no folder");

        assertThat(written().getParent()).hasContent("mine");
    }

    /** Where nobody can write, not even root. */
    @Test
    void what_cannot_be_written_is_refused_by_name() {
        assertThatThrownBy(() -> new NewPolicy(Path.of("/proc/self")).write("policy: belay/1\n"))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_USAGE);
                    assertThat(refused.what()).isEqualTo(".belay/policy.yaml cannot be written");
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_there_is_left_as_it_is(boolean link) throws IOException {
        console.file("default.rules", RULES);
        Files.createDirectories(written().getParent());
        if (link) {
            Files.createSymbolicLink(written(), folder.resolve("elsewhere.yaml"));
        } else {
            Files.writeString(written(), "mine\n");
        }

        refused(console.run("policy", "import", "default.rules", "--write"), 7, "E_CONFLICT]");

        assertThat(folder.resolve("elsewhere.yaml")).doesNotExist();
        if (!link) {
            assertThat(written()).hasContent("mine");
        }
    }

    @Test
    void strict_takes_all_or_nothing() throws IOException {
        console.file("srt-settings.json", OPENED_AGAIN);
        console.file("default.rules", RULES);

        Console.Outcome part = console.run("policy", "import", "srt-settings.json", "--strict", "--write");
        assertThat(part.exit()).isEqualTo(6);
        assertThat(part.err()).contains("stricter here", "nothing was written");
        assertThat(written()).doesNotExist();

        assertThat(console.run("policy", "import", "default.rules", "--strict", "--write")
                        .exit())
                .isZero();
        assertThat(written()).exists();
    }

    @Test
    void for_machines_it_is_one_document() throws IOException {
        console.file("srt-settings.json", OPENED_AGAIN);

        Json printed = Json.parse(
                console.run("policy", "import", "srt-settings.json", "--json").out());
        Json written = Json.parse(console.run("policy", "import", "srt-settings.json", "--write", "--json")
                .out());

        assertThat(printed.text("policy")).contains("- Read(./secrets)");
        assertThat(printed.get("not_translated").items()).singleElement().satisfies(line -> {
            assertThat(line.text("place")).isEqualTo("srt-settings.json:2:30");
            assertThat(line.text("line")).isEqualTo("secrets");
            assertThat(line.text("why")).startsWith("stricter here");
        });
        assertThat(printed.get("written").isNull()).isTrue();
        assertThat(Path.of(written.text("written"))).isRegularFile().content().isEqualTo(printed.text("policy"));
    }

    @Test
    void absolute_paths_are_seen_from_the_project() throws IOException {
        console.file("srt-settings.json", """
                {"filesystem": {"denyRead": ["ROOT/keys", "ROOT/..", "~/.ssh"], "allowRead": ["."], "allowWrite": ["~"]}}
                """.replace("ROOT", console.cwd().toString()));

        String policy = console.run("policy", "import", "srt-settings.json").out();

        assertThat(policy).contains("- Read(./keys)").doesNotContain("Read(**)", "files:", "Edit(");
    }

    @ParameterizedTest
    @CsvSource({
        "claude, settings.json, '{\"permissions\": {\"deny\": [\"Bash(git push *)\"]}}'",
        "codex, default.rules, 'prefix_rule(pattern = [\"git\", \"push\"], decision = \"forbidden\")'",
    })
    void each_kind_forbids_the_same(String kind, String file, String text) throws IOException {
        console.file(file, text);
        console.file("other", text);

        Console.Outcome recognised = console.run("policy", "import", file);
        Console.Outcome named = console.run("policy", "import", "other", "--from", kind);

        assertThat(recognised.out()).contains("restricted:\n  - Bash(git push *)\n");
        assertThat(named.out()).contains("restricted:\n  - Bash(git push *)\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'policy import', 2, 'E_USAGE] policy import takes one file'",
        "'policy import a b', 2, 'E_USAGE] policy import takes one file'",
        "'policy import none.rules', 2, 'E_USAGE] there is no file none.rules'",
        "'policy import .', 2, 'E_USAGE] there is no file .'",
        "'policy import notes.txt', 2, 'E_USAGE] nobody can tell whose policy notes.txt is'",
        "'policy import notes.txt --from cline', 2, 'E_USAGE] there is no policy of cline'",
        "'policy import notes.txt --from codx', 2, 'E_USAGE] there is no policy of codx; did you mean codex?'",
        "'policy import notes.txt --from codex', 2, 'E_POLICY] notes.txt:1:1: this is more than rules'",
        "'policy import notes.txt --from srt', 2, 'E_POLICY] notes.txt:1:1: '",
        "'policy imprt notes.txt', 2, 'E_USAGE] policy cannot imprt; did you mean import?'",
    })
    void what_cannot_be_is_refused(String words, int exit, String what) throws IOException {
        console.file("notes.txt", "hello\n");

        refused(console.run(words.split(" ")), exit, what);
        assertThat(written()).doesNotExist();
    }

    @Test
    void the_kinds_are_listed_where_none_is_recognised() throws IOException {
        console.file("notes.txt", "hello\n");

        assertThat(console.run("policy", "import", "notes.txt").err()).contains("srt, codex, claude");
    }

    @ParameterizedTest
    @CsvSource({"standard, 0, 0", "read-only, 0, 6", "locked, 0, 6"})
    void a_project_can_begin_with_a_shipped_policy(String name, int read, int changed) {
        assertThat(console.run("policy", "init", "--policy", name).exit()).isZero();

        assertThat(written()).content().startsWith("# ");
        assertThat(console.run("policy", "lint").exit()).isZero();
        assertThat(console.run("policy", "test", "--read", "src/a").exit()).isEqualTo(read);
        assertThat(console.run("policy", "test", "--path", "src/a").exit()).isEqualTo(changed);
    }

    @Test
    void a_shipped_policy_is_shown_without_a_file() {
        Json shown = Json.parse(
                console.run("policy", "show", "--shipped", "locked", "--json").out());

        assertThat(shown.get("rules").items())
                .extracting(rule -> rule.text("subject") + " " + rule.text("pattern"))
                .contains("tool Bash", "edit **", "host *");
        assertThat(console.run("policy", "show", "--shipped", "standard").out()).contains("the standard policy");
        assertThat(written()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"policy init --policy lokced", "policy show --shipped lokced", "policy init --shipped lokced"})
    void another_name_is_no_shipped_policy(String words) {
        refused(console.run(words.split(" ")), 2, "E_USAGE] there is no policy lokced; did you mean locked?");
        assertThat(written()).doesNotExist();
    }
}
