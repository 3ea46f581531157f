package dev.belay.cli.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A first policy for a project, of what can be seen of it: every line is one that somebody could have written. */
final class StarterPolicy {
    /** What a file tells of the commands of a project. */
    private static final Map<String, List<String>> STACKS = new LinkedHashMap<>();

    static {
        STACKS.put("package.json", List.of("npm test", "npm run *"));
        STACKS.put("mvnw", List.of("./mvnw *"));
        STACKS.put("pom.xml", List.of("mvn *"));
        STACKS.put("gradlew", List.of("./gradlew *"));
        STACKS.put("Cargo.toml", List.of("cargo build *", "cargo test *"));
        STACKS.put("go.mod", List.of("go build *", "go test *"));
        STACKS.put("pyproject.toml", List.of("pytest *"));
        STACKS.put("Makefile", List.of("make *"));
    }

    private static final List<String> FOLDERS = List.of("src", "lib", "app", "test", "tests", "docs");

    private final Path root;

    StarterPolicy(Path root) {
        this.root = root;
    }

    String text() {
        StringBuilder text = new StringBuilder("""
                # What a coding agent may do in this project. Checked by: belay policy lint
                # With no file: the project's copy is readable and writable, commands run in the sandbox, there is no network.
                policy: belay/1

                """);
        List<String> commands = commands();
        text.append("# Commands that need no question where one would be asked.\n");
        text.append(commands.isEmpty() ? "allowed: []\n" : "allowed:\n");
        commands.forEach(command -> text.append("  - Bash(").append(command).append(")\n"));
        text.append("""

                restricted:
                  - rule: Bash(git push *)
                    reason: a result is delivered by a person
                    match: ["git push origin main", "git -C . push"]
                    not_match: ["git pull"]

                """);
        List<String> folders = FOLDERS.stream()
                .filter(folder -> Files.isDirectory(root.resolve(folder)))
                .toList();
        text.append("# Only changes below these are delivered; take the section out, and all are.\n");
        if (folders.isEmpty()) {
            text.append("# files:\n#   write: [./src, ./tests]\n");
        } else {
            text.append("files:\n  write: [")
                    .append(String.join(
                            ", ", folders.stream().map(folder -> "./" + folder).toList()))
                    .append("]\n");
        }
        text.append("""

                # Hosts that can be reached, each with its port; none is no network.
                network:
                  allow: []
                """);
        return text.toString();
    }

    private List<String> commands() {
        List<String> all = new ArrayList<>();
        STACKS.forEach((file, commands) -> {
            boolean wrapped = file.equals("pom.xml") && Files.exists(root.resolve("mvnw"));
            if (Files.isRegularFile(root.resolve(file)) && !wrapped) {
                all.addAll(commands);
            }
        });
        return all;
    }
}
