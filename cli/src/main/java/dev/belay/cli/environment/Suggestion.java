package dev.belay.cli.environment;

import dev.belay.policies.environment.foreign.EnvironmentTranslation;
import dev.belay.policies.environment.foreign.Fate;
import dev.belay.policies.language.Spot;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a project's lockfiles say about its set-up, as lines that somebody could write.
 *
 * @param seen the files that say it
 * @param lines of an environment; none where nothing is suggested
 */
record Suggestion(List<String> seen, List<String> lines) {
    private static final String STEP = "  - ";

    Suggestion {
        seen = List.copyOf(seen);
        lines = List.copyOf(lines);
    }

    static Suggestion of(Path root) {
        return new Search(root).all();
    }

    /** As an environment, which it is once somebody wants it. */
    EnvironmentTranslation translation() {
        String heading = "# Made of " + String.join(", ", seen) + " by belay env import. Read it before it is used.\n"
                + "# The hosts that it fetches from must be allowed: belay policy show.\n";
        List<Fate> fates = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            String file = seen.get(i);
            // The lines begin with the key, and have a step for each file.
            String step = lines.get(i + 1).substring(STEP.length());
            fates.add(new Fate.Taken(new Spot(file, 0, 0), file, "a step: " + step));
        }
        return new EnvironmentTranslation(heading + String.join("\n", lines) + "\n", fates, List.of());
    }

    private static final class Search {
        private final Path root;
        private final List<String> seen = new ArrayList<>();
        private final List<String> commands = new ArrayList<>();
        private String path = "";

        Search(Path root) {
            this.root = root;
        }

        Suggestion all() {
            if (!first("package-lock.json", "npm ci") && !first("pnpm-lock.yaml", "pnpm install --frozen-lockfile")) {
                first("yarn.lock", "yarn install " + (has(".yarnrc.yml") ? "--immutable" : "--frozen-lockfile"));
            }
            first("pom.xml", (has("mvnw") ? "./mvnw" : "mvn") + " -q -B dependency:go-offline");
            first("gradlew", "./gradlew --no-daemon testClasses");
            python();
            first("go.mod", "go mod download");
            if (!first("Cargo.lock", "cargo fetch --locked")) {
                first("Cargo.toml", "cargo fetch");
            }
            List<String> lines = new ArrayList<>();
            if (!commands.isEmpty()) {
                lines.add("setup:");
                commands.forEach(command -> lines.add(STEP + command));
            }
            if (!path.isEmpty()) {
                lines.add("env:");
                lines.add("  PATH: \"" + path + ":$PATH\"");
            }
            return new Suggestion(seen, lines);
        }

        private void python() {
            String venv = "/workspace/.venv/bin";
            if (first("uv.lock", "uv sync --frozen")) {
                path = venv;
            } else if (!first("poetry.lock", "poetry install --no-interaction")
                    && first(
                            "requirements.txt", "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt")) {
                path = venv;
            }
        }

        private boolean first(String file, String command) {
            boolean there = has(file);
            if (there) {
                seen.add(file);
                commands.add(command);
            }
            return there;
        }

        private boolean has(String file) {
            return Files.isRegularFile(root.resolve(file), LinkOption.NOFOLLOW_LINKS);
        }
    }
}
