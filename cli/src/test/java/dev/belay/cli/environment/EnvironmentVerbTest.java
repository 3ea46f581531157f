package dev.belay.cli.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.FakeServer;
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

class EnvironmentVerbTest {
    private static final String FILE = """
            setup:
              - npm ci
              - {name: build, run: make all, timeout: 90s}
            env:
              NODE_ENV: a value that is nobody's business
            check: npm test
            """;

    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void a_project() throws IOException {
        console = new Console(folder);
    }

    private void environment(String text) throws IOException {
        Files.writeString(
                Files.createDirectories(console.cwd().resolve(".belay")).resolve("environment.yaml"), text);
    }

    @Test
    void shows_what_is_done_and_where_each_is_written() throws IOException {
        environment(FILE);

        Console.Outcome shown = console.run("env", "show");

        assertThat(shown.exit()).isZero();
        assertThat(shown.out()).isEqualTo("""
                setup    npm ci   at most 10m00s   .belay/environment.yaml:2
                setup    build  make all   at most 1m30s   .belay/environment.yaml:3
                env      NODE_ENV   .belay/environment.yaml:5
                check    npm test   .belay/environment.yaml:6; belay run --check names another
                """);
    }

    @Test
    void shows_the_same_to_machines_without_a_variables_value() throws IOException {
        environment(FILE);

        assertThat(Json.parse(console.run("env", "show", "--json").out())).isEqualTo(Json.parse("""
                {"file": ".belay/environment.yaml", "setup": [
                  {"name": "npm ci", "run": "npm ci", "timeout_seconds": 600, "place": ".belay/environment.yaml:2:5"},
                  {"name": "build", "run": "make all", "timeout_seconds": 90, "place": ".belay/environment.yaml:3:5"}],
                "env": [{"name": "NODE_ENV", "place": ".belay/environment.yaml:5:3"}],
                "check": {"command": "npm test", "place": ".belay/environment.yaml:6:8"}, "suggested": []}"""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    package-lock.json         | setup:;   - npm ci
                    pnpm-lock.yaml            | setup:;   - pnpm install --frozen-lockfile
                    yarn.lock                 | setup:;   - yarn install --frozen-lockfile
                    yarn.lock .yarnrc.yml     | setup:;   - yarn install --immutable
                    pom.xml                   | setup:;   - mvn -q -B dependency:go-offline
                    pom.xml mvnw              | setup:;   - ./mvnw -q -B dependency:go-offline
                    build.gradle gradlew      | setup:;   - ./gradlew --no-daemon testClasses
                    requirements.txt          | setup:;   - python3 -m venv .venv && .venv/bin/pip install -r requirements.txt; env:;   PATH: "/workspace/.venv/bin:$PATH"
                    pyproject.toml uv.lock    | setup:;   - uv sync --frozen; env:;   PATH: "/workspace/.venv/bin:$PATH"
                    pyproject.toml poetry.lock | setup:;   - poetry install --no-interaction
                    go.mod                    | setup:;   - go mod download
                    Cargo.toml                | setup:;   - cargo fetch
                    Cargo.toml Cargo.lock     | setup:;   - cargo fetch --locked
                    package-lock.json go.mod  | setup:;   - npm ci;   - go mod download
                    README.md                 |
                    """)
    void without_a_file_it_suggests_what_lockfiles_say_and_that_is_understood(String files, String lines)
            throws IOException {
        for (String file : files.split(" ")) {
            console.file(file, "x\n");
        }
        List<String> plain = lines == null ? List.of() : List.of(lines.split("; "));

        Json shown = Json.parse(console.run("env", "show", "--json").out());

        assertThat(shown.get("file").isNull()).isTrue();
        assertThat(shown.get("suggested").items().stream().map(Json::text).toList())
                .isEqualTo(plain);
        assertThat(console.run("env", "show").out())
                .startsWith("there is no .belay/environment.yaml: nothing is set up before a task\n");
        if (!plain.isEmpty()) {
            environment(String.join("\n", plain) + "\n");
            assertThat(console.run("env", "check").exit()).isZero();
        }
    }

    @Test
    void checks_and_names_every_place() throws IOException {
        environment("setup: [5]\nimage: x\n");

        Console.Outcome checked = console.run("env", "check");

        assertThat(checked.exit()).isEqualTo(2);
        assertThat(checked.out())
                .contains("✗ .belay/environment.yaml:1:9: a step must be a string, not `5`")
                .contains("✗ .belay/environment.yaml:2:1: `image` is not in this version")
                .contains("    not yet: take it out");
        assertThat(Json.parse(console.run("env", "check", "--json").out())
                        .get("problems")
                        .items())
                .extracting(problem -> problem.text("place"))
                .containsExactly(".belay/environment.yaml:1:9", ".belay/environment.yaml:2:1");
        assertThat(console.run("env", "show").exit()).isEqualTo(2);
        assertThat(console.run("env", "show").err())
                .contains("error[E_ENVIRONMENT] .belay/environment.yaml:1:9")
                .contains("also .belay/environment.yaml:2:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"environment.yaml", ".belay"})
    void a_link_is_no_file(String linked) throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("environment.yaml"), FILE);
        if (linked.equals(".belay")) {
            Files.createSymbolicLink(console.cwd().resolve(".belay"), elsewhere);
        } else {
            Files.createSymbolicLink(
                    Files.createDirectories(console.cwd().resolve(".belay")).resolve(linked),
                    elsewhere.resolve("environment.yaml"));
        }

        Console.Outcome checked = console.run("env", "check");

        assertThat(checked.exit()).isEqualTo(2);
        assertThat(checked.out()).contains("it is a symlink, and no link of a project is followed");
    }

    @Test
    void says_what_it_cannot_do() {
        Console.Outcome wrong = console.run("env", "shwo");

        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("env cannot shwo").contains("show");
    }

    @Test
    void a_task_of_a_project_whose_file_is_not_understood_is_not_sent() throws IOException {
        try (FakeServer server = new FakeServer()) {
            console.server(server);
            environment("setup: [npm ci]\nenv: {LD_PRELOAD: x}\n");
            console.file("fix.yaml", "model: script/1\nturns: [{say: Done.}]\n");

            Console.Outcome outcome = console.run("run", "-d", "--model", "script:fix.yaml", "x");

            assertThat(outcome.exit()).isEqualTo(2);
            assertThat(outcome.err())
                    .contains("error[E_ENVIRONMENT] .belay/environment.yaml:2:7: the variable `LD_PRELOAD`");
            assertThat(server.received()).isEmpty();
            assertThat(console.state().resolve("drafts")).doesNotExist();
        }
    }
}
