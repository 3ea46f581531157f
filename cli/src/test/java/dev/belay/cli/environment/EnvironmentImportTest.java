package dev.belay.cli.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Console;
import dev.belay.cli.FirstFile;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentImportTest {
    private static final String DEVCONTAINER = """
            {
              "image": "node:24", // as in production
              "name": "shop",
              "postCreateCommand": "npm ci",
            }
            """;
    private static final String WHOLE = "{\"install\": \"npm ci\"}\n";

    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void a_project() throws IOException {
        console = new Console(folder);
    }

    private Path file(String name, String text) throws IOException {
        Path file = console.cwd().resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, text);
    }

    private Path written() {
        return console.cwd().resolve(".belay/environment.yaml");
    }

    private static void refused(Console.Outcome outcome, int exit, String beginning) {
        assertThat(outcome.exit()).as(outcome.err()).isEqualTo(exit);
        assertThat(outcome.err()).contains("error[" + beginning);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void an_environment_is_printed_and_what_became_of_each_part_is_told_beside_it() throws IOException {
        file(".devcontainer/devcontainer.json", DEVCONTAINER);

        Console.Outcome outcome = console.run("env", "import");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).isEqualTo("""
                # Translated from .devcontainer/devcontainer.json (dev container) by belay env import. Read it before it is used.
                # The hosts that it fetches from must be allowed: belay policy show.
                #
                # Not taken:
                #   .devcontainer/devcontainer.json:2:3 image: which tools a sandbox has is not said by the project
                setup:
                  - npm ci
                """);
        assertThat(outcome.err().lines())
                .containsExactly(
                        "! .devcontainer/devcontainer.json:2:3: image   which tools a sandbox has is not said by the project;"
                                + " an image of sandbox-images is named by BELAY_IMAGE; else a sandbox has the tools of its"
                                + " runner's machine",
                        "· .devcontainer/devcontainer.json:3:3: name   not needed: an environment has no name",
                        "✓ .devcontainer/devcontainer.json:4:24: postCreateCommand   a step: npm ci");
        assertThat(written()).doesNotExist();
    }

    @Test
    void what_is_written_is_what_was_printed_and_is_understood() throws IOException {
        file(".devcontainer.json", DEVCONTAINER);
        String printed = console.run("env", "import").out();

        Console.Outcome outcome = console.run("env", "import", "--write");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).isEqualTo("wrote .belay/environment.yaml   belay env check · belay env test\n");
        assertThat(written()).hasContent(printed);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written())))
                .startsWith("rw-r");
        assertThat(written().getParent()).isDirectoryContaining("glob:**/environment.yaml");
        try (var all = Files.list(written().getParent())) {
            assertThat(all).hasSize(1);
        }
        assertThat(console.run("env", "check").out()).isEqualTo("✓ understood\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    .devcontainer/devcontainer.json .openhands/setup.sh package.json | .devcontainer/devcontainer.json | .openhands/setup.sh
                    .devcontainer.json .cursor/environment.json | .devcontainer.json | .cursor/environment.json
                    .cursor/environment.json .openhands/setup.sh | .openhands/setup.sh | .cursor/environment.json
                    .github/workflows/copilot-setup-steps.yml .cursor/environment.json | .cursor/environment.json | .github/workflows/copilot-setup-steps.yml
                    .github/workflows/copilot-setup-steps.yaml package-lock.json go.mod | .github/workflows/copilot-setup-steps.yaml | package-lock.json, go.mod
                    package-lock.json requirements.txt | package-lock.json, requirements.txt |
                    """)
    void the_first_that_is_found_is_taken_and_the_others_are_named(String files, String source, String others)
            throws IOException {
        for (String name : files.split(" ")) {
            file(
                    name,
                    name.contains("devcontainer")
                            ? DEVCONTAINER
                            : name.contains("cursor")
                                    ? WHOLE
                                    : name.contains("copilot")
                                            ? "jobs: {copilot-setup-steps: {steps: [{run: npm ci}]}}\n"
                                            : "true\n");
        }

        Console.Outcome outcome = console.run("env", "import", "--json");

        Json document = Json.parse(outcome.out());
        assertThat(document.text("source")).isEqualTo(source);
        assertThat(String.join(
                        ", ",
                        document.get("also_here").items().stream()
                                .map(Json::text)
                                .toList()))
                .isEqualTo(others == null ? "" : others);
        if (others != null) {
            assertThat(outcome.err()).contains("also here, and not looked at: " + others);
        }
        assertThat(document.text("environment")).contains("\nsetup:\n  - ");
    }

    @Test
    void lockfiles_become_what_they_suggest() throws IOException {
        file("requirements.txt", "x\n");

        Console.Outcome outcome = console.run("env", "import", "--write", "--strict");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err())
                .isEqualTo("✓ requirements.txt   a step: python3 -m venv .venv && .venv/bin/pip install -r"
                        + " requirements.txt\n");
        assertThat(written())
                .content()
                .startsWith("# Made of requirements.txt by belay env import.")
                .endsWith("env:\n  PATH: \"/workspace/.venv/bin:$PATH\"\n");
        assertThat(console.run("env", "check").exit()).isZero();
    }

    @Test
    void for_machines_it_is_one_document() throws IOException {
        file(".devcontainer.json", DEVCONTAINER);

        Json printed = Json.parse(console.run("env", "import", "--json").out());
        Json document = Json.parse(console.run("env", "import", ".devcontainer.json", "--write", "--json")
                .out());

        assertThat(printed.get("written").isNull()).isTrue();
        assertThat(document.text("kind")).isEqualTo("devcontainer");
        assertThat(document.get("parts").items())
                .extracting(part -> part.text("place") + " " + part.text("part") + " " + part.text("outcome"))
                .containsExactly(
                        ".devcontainer.json:2:3 image refused",
                        ".devcontainer.json:3:3 name not_needed",
                        ".devcontainer.json:4:24 postCreateCommand taken");
        assertThat(Path.of(document.text("written"))).hasContent(printed.text("environment"));
    }

    @Test
    void strict_takes_all_or_nothing() throws IOException {
        file(".devcontainer.json", DEVCONTAINER);
        file(".cursor/environment.json", WHOLE);

        Console.Outcome part = console.run("env", "import", "--strict", "--write");
        assertThat(part.exit()).isEqualTo(6);
        assertThat(part.err()).contains("nothing was written");
        assertThat(written()).doesNotExist();

        assertThat(console.run("env", "import", ".cursor/environment.json", "--strict", "--write")
                        .exit())
                .isZero();
        assertThat(written()).exists();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_there_is_left_as_it_is(boolean link) throws IOException {
        file(".cursor/environment.json", WHOLE);
        Files.createDirectories(written().getParent());
        if (link) {
            Files.createSymbolicLink(written(), folder.resolve("elsewhere.yaml"));
        } else {
            Files.writeString(written(), "mine\n");
        }

        refused(console.run("env", "import", "--write"), 7, "E_CONFLICT]");

        assertThat(folder.resolve("elsewhere.yaml")).doesNotExist();
        if (!link) {
            assertThat(written()).hasContent("mine");
        }
    }

    @Test
    void a_plain_file_of_that_name_is_left_as_it_is() throws IOException {
        file(".cursor/environment.json", WHOLE);
        Path mine = file(".belay", "mine\n");

        refused(console.run("env", "import", "--write"), 7, "E_CONFLICT] .belay is no folder");

        assertThat(mine).hasContent("mine");
    }

    /** Where nobody can write, not even root. */
    @Test
    void what_cannot_be_written_is_refused_by_name() {
        assertThatThrownBy(() -> new FirstFile(Path.of("/proc/self"), ".belay/environment.yaml", "belay env show")
                        .write("setup: [a]\n"))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_USAGE);
                    assertThat(refused.what()).isEqualTo(".belay/environment.yaml cannot be written");
                });
    }

    @Test
    void nothing_is_written_through_a_link() throws IOException {
        file(".cursor/environment.json", WHOLE);
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.createSymbolicLink(console.cwd().resolve(".belay"), elsewhere);

        refused(console.run("env", "import", "--write"), 7, "E_CONFLICT] .belay is a symlink");

        assertThat(elsewhere).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"devcontainer.json", ".devcontainer"})
    void no_link_is_followed_to_what_is_read(String linked) throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("devcontainer.json"), DEVCONTAINER);
        if (linked.equals(".devcontainer")) {
            Files.createSymbolicLink(console.cwd().resolve(linked), elsewhere);
        } else {
            Files.createSymbolicLink(
                    Files.createDirectories(console.cwd().resolve(".devcontainer"))
                            .resolve(linked),
                    elsewhere.resolve(linked));
        }
        String problem = "E_ENVIRONMENT] .devcontainer/devcontainer.json: a symlink leads to it";

        refused(console.run("env", "import"), 2, problem);
        refused(console.run("env", "import", ".devcontainer/devcontainer.json"), 2, problem);
        refused(console.run("env", "import", "-C", ".", ".devcontainer/devcontainer.json"), 2, problem);
        refused(console.run("env", "import", "-C", "../shop/.", ".devcontainer/devcontainer.json"), 2, problem);
    }

    @Test
    void a_file_that_is_no_text_or_has_no_end_is_refused() throws IOException {
        Path file = file(".devcontainer.json", DEVCONTAINER);
        Files.write(file, "{\"a\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        refused(console.run("env", "import"), 2, "E_ENVIRONMENT] .devcontainer.json: it is no UTF-8");

        Files.writeString(file, " ".repeat((256 << 10) + 1));
        refused(console.run("env", "import"), 2, "E_ENVIRONMENT] .devcontainer.json: it is larger than 256 KiB");

        Files.writeString(file, "{\"postCreateCommand\": \"a\",\n \"postCreateCommand\": \"b\"}");
        refused(
                console.run("env", "import"),
                2,
                "E_ENVIRONMENT] .devcontainer.json:2:2: the name `postCreateCommand` appears twice");
    }

    @Test
    void what_holds_nothing_to_take_is_told_and_refused() throws IOException {
        file(".devcontainer.json", "{\"image\": \"node:24\"}");

        Console.Outcome outcome = console.run("env", "import", "--write");

        refused(outcome, 2, "E_ENVIRONMENT] nothing of .devcontainer.json can be taken");
        assertThat(outcome.err()).startsWith("! .devcontainer.json:1:2: image   ");
        assertThat(written()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "'env import', 8, E_NOT_FOUND] nothing here says how this project is set up",
        "'env import a b', 2, E_USAGE] env import takes one file",
        "'env check a', 2, E_USAGE] env check takes no word more",
        "'env import none/devcontainer.json', 2, E_USAGE] there is no file none/devcontainer.json",
        "'env import folder.d/devcontainer.json', 2, E_ENVIRONMENT] folder.d/devcontainer.json: it is a folder",
        "'env import notes.txt', 2, E_USAGE] nobody can tell which tool reads notes.txt",
        "'env import none/.openhands/setup.sh', 2, E_USAGE] there is no file none/.openhands/setup.sh",
        "'env import other/.openhands/setup.sh', 2, E_USAGE] other/.openhands/setup.sh is not this project",
        "'env check --strict', 2, E_USAGE] env check has no --strict",
        "'env show --write', 2, E_USAGE] env show has no --write",
        "'env test --write', 2, E_USAGE] env test has no --write",
        "'env import --check make', 2, E_USAGE] env import has no --check",
        "'env import --accept-weaker', 2, E_USAGE] env import has no --accept-weaker",
        "'env check --accept-policy x', 2, E_USAGE] env check has no --accept-policy",
        "'env imprt', 2, E_USAGE] env cannot imprt; did you mean import?",
    })
    void what_cannot_be_is_refused(String words, int exit, String what) throws IOException {
        file("notes.txt", "hello\n");
        file("other/.openhands/setup.sh", "true\n");
        Files.createDirectories(console.cwd().resolve("folder.d/devcontainer.json"));

        refused(console.run(words.split(" ")), exit, what);
        assertThat(written()).doesNotExist();
    }

    @Test
    void a_file_is_named_as_seen_from_where_one_stands_and_written_to_the_project() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/.cursor"));
        Files.writeString(elsewhere.resolve("environment.json"), WHOLE);

        Console.Outcome outcome = console.run("env", "import", "../elsewhere/.cursor/environment.json", "--write");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(written()).content().contains("- npm ci\n");
    }

    @Test
    void show_points_to_what_could_be_imported() throws IOException {
        file(".cursor/environment.json", WHOLE);
        file(".devcontainer.json", DEVCONTAINER);

        assertThat(console.run("env", "show").out())
                .contains(
                        "what other tools read is here: .devcontainer.json, .cursor/environment.json   belay env import");
    }

    @Test
    void completion_knows_what_env_can_do() {
        assertThat(console.run("completion", "bash").out()).contains("compgen -W \"show check import test\"");
        assertThat(console.run("completion", "fish").out())
                .contains("complete -c belay -n '__fish_seen_subcommand_from env' -l write\n");
    }
}
