package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DetectedCheckTest {
    static Stream<Arguments> projects() {
        return Stream.of(
                Arguments.of("nothing", Map.of("README.md", "# test:"), ""),
                Arguments.of("make test", Map.of("Makefile", "all:\n\ntest: all\n\t./run\n"), "make test"),
                Arguments.of("make check", Map.of("Makefile", "check:\n\t./run\n"), "make check"),
                Arguments.of("test before check", Map.of("Makefile", "check: test\ntest:\n"), "make test"),
                Arguments.of("a variable is no target", Map.of("Makefile", "test := 1\nall:\n"), ""),
                Arguments.of("nor is a longer name", Map.of("Makefile", "testing:\nunit-test:\n"), ""),
                Arguments.of("nor is a line of a recipe", Map.of("Makefile", "all:\n\ttest: x\n"), ""),
                Arguments.of(
                        "make reads GNUmakefile first", Map.of("GNUmakefile", "all:\n", "Makefile", "test:\n"), ""),
                Arguments.of("npm", Map.of("package.json", "{\"scripts\":{\"test\":\"node t.js\"}}"), "npm test"),
                Arguments.of(
                        "what npm writes where there is no test",
                        Map.of(
                                "package.json",
                                "{\"scripts\":{\"test\":\"echo \\\"Error: no test specified\\\" && exit 1\"}}"),
                        ""),
                Arguments.of(
                        "npm without what it needs",
                        Map.of(
                                "package.json",
                                "{\"scripts\":{\"test\":\"jest\"},\"devDependencies\":{\"jest\":\"1\"}}"),
                        ""),
                Arguments.of(
                        "npm with it",
                        Map.of(
                                "package.json",
                                "{\"scripts\":{\"test\":\"jest\"},\"devDependencies\":{\"jest\":\"1\"}}",
                                "node_modules/.package-lock.json",
                                "{}"),
                        "npm test"),
                Arguments.of("a manifest that is none", Map.of("package.json", "{"), ""),
                Arguments.of("cargo", Map.of("Cargo.toml", "[package]\nname = \"a\"\n"), "cargo test --offline"),
                Arguments.of("cargo that would fetch", Map.of("Cargo.toml", "[dev-dependencies]\nx = \"1\"\n"), ""),
                Arguments.of("go", Map.of("go.mod", "module a\n\ngo 1.24\n"), "go test ./..."),
                Arguments.of("go that would fetch", Map.of("go.mod", "module a\n\nrequire (\n)\n"), ""),
                Arguments.of(
                        "go with all that it needs",
                        Map.of("go.mod", "module a\nrequire b v1.0.0\n", "vendor/modules.txt", "# b v1.0.0\n"),
                        "go test ./..."),
                Arguments.of("pytest.ini", Map.of("pytest.ini", "[pytest]\n"), "python3 -m pytest -q"),
                Arguments.of(
                        "pyproject", Map.of("pyproject.toml", "[tool.pytest.ini_options]\n"), "python3 -m pytest -q"),
                Arguments.of("another pyproject", Map.of("pyproject.toml", "[project]\n"), ""),
                Arguments.of(
                        "make before the others", Map.of("Makefile", "test:\n", "go.mod", "module a\n"), "make test"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("projects")
    void a_project_is_checked_as_its_files_say(String what, Map<String, String> files, String command)
            throws IOException {
        assertThat(DetectedCheck.in((path, most) -> Optional.ofNullable(files.get(path)))
                        .map(DetectedCheck.Found::command)
                        .orElse(""))
                .isEqualTo(command);
    }
}
