package dev.belay.runner.task;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.prompt.ProjectFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a project that nobody asked about is usually checked, by its own files. Only what can run without a network counts:
 * one that would fetch something first says nothing about the work.
 */
final class DetectedCheck {
    private static final int MOST = 1 << 20;
    private static final Pattern TEST_TARGET = Pattern.compile("(?m)^test[ \\t]*:(?!=)");
    private static final Pattern CHECK_TARGET = Pattern.compile("(?m)^check[ \\t]*:(?!=)");
    private static final Pattern GO_REQUIRES = Pattern.compile("(?m)^[ \\t]*require\\b");
    private static final Pattern DEPENDENCIES = Pattern.compile("(?m)^[ \\t]*\\[.*dependencies.*]");

    private final ProjectFiles files;

    private DetectedCheck(ProjectFiles files) {
        this.files = files;
    }

    /** @param probe a shell command that fails where what it needs is missing */
    record Found(String command, String probe) {}

    static Optional<Found> in(ProjectFiles files) throws IOException {
        return new DetectedCheck(files).find();
    }

    private Optional<Found> find() throws IOException {
        Optional<Found> found = make();
        if (found.isEmpty()) {
            found = npm();
        }
        if (found.isEmpty()) {
            found = cargo();
        }
        if (found.isEmpty()) {
            found = go();
        }
        return found.isEmpty() ? pytest() : found;
    }

    private Optional<Found> make() throws IOException {
        // In make's own order.
        for (String name : List.of("GNUmakefile", "makefile", "Makefile")) {
            Optional<String> text = files.read(name, MOST);
            if (text.isPresent()) {
                return target(text.get()).map(target -> new Found("make " + target, "command -v make"));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> target(String makefile) {
        if (TEST_TARGET.matcher(makefile).find()) {
            return Optional.of("test");
        }
        return CHECK_TARGET.matcher(makefile).find() ? Optional.of("check") : Optional.empty();
    }

    private Optional<Found> npm() throws IOException {
        Optional<String> text = files.read("package.json", MOST);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Json manifest = Json.parse(text.get());
            String test = manifest.get("scripts").text("test");
            boolean bare = manifest.get("dependencies").isNull()
                    && manifest.get("devDependencies").isNull();
            boolean installed = files.read("node_modules/.package-lock.json", 1).isPresent();
            return test.isBlank() || test.contains("no test specified") || !(bare || installed)
                    ? Optional.empty()
                    : Optional.of(new Found("npm test", "command -v npm"));
        } catch (JsonException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<Found> cargo() throws IOException {
        return files.read("Cargo.toml", MOST)
                .filter(text -> !DEPENDENCIES.matcher(text).find())
                .map(text -> new Found("cargo test --offline", "command -v cargo"));
    }

    private Optional<Found> go() throws IOException {
        Optional<String> text = files.read("go.mod", MOST);
        boolean vendored = files.read("vendor/modules.txt", 1).isPresent();
        return text.filter(mod -> vendored || !GO_REQUIRES.matcher(mod).find())
                .map(mod -> new Found("go test ./...", "command -v go"));
    }

    private Optional<Found> pytest() throws IOException {
        boolean used = files.read("pytest.ini", 1).isPresent()
                || files.read("conftest.py", 1).isPresent()
                || files.read("pyproject.toml", MOST)
                        .filter(text -> text.contains("[tool.pytest"))
                        .isPresent()
                || files.read("setup.cfg", MOST)
                        .filter(text -> text.contains("[tool:pytest]"))
                        .isPresent();
        return used ? Optional.of(new Found("python3 -m pytest -q", "python3 -c 'import pytest'")) : Optional.empty();
    }
}
