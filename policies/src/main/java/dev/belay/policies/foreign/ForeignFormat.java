package dev.belay.policies.foreign;

import dev.belay.policies.claude.ClaudeSettings;
import dev.belay.policies.codex.CodexRules;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonSyntaxException;
import dev.belay.policies.json.JsonTree;
import dev.belay.policies.language.Source;
import dev.belay.policies.sandboxruntime.ProjectFolder;
import dev.belay.policies.sandboxruntime.SandboxRuntimeSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A kind of policy that another agent keeps. */
public enum ForeignFormat {
    SRT("sandbox-runtime settings") {
        @Override
        public Translation translate(Source source, ProjectFolder project) {
            return new Translator(this, source).of(SandboxRuntimeSettings.read(source, project), Map.of());
        }

        @Override
        List<String> remarks() {
            return List.of("Relative paths are taken as seen from the project's root.");
        }
    },
    CODEX("Codex rules") {
        @Override
        public Translation translate(Source source, ProjectFolder project) {
            CodexRules rules = CodexRules.read(source);
            return new Translator(this, source).of(rules.reading(), rules.samples());
        }

        @Override
        List<String> remarks() {
            return List.of("What is allowed there runs outside of that sandbox; here every command stays inside.");
        }
    },
    CLAUDE("Claude Code settings") {
        @Override
        public Translation translate(Source source, ProjectFolder project) {
            return new Translator(this, source).of(ClaudeSettings.read(source), Map.of());
        }

        @Override
        List<String> remarks() {
            return List.of("In the project itself, .claude/settings.json is read without being translated.");
        }
    };

    private static final Set<String> OF_SRT = Set.of("network", "filesystem", "ignoreViolations", "credentials");

    private final String title;

    ForeignFormat(String title) {
        this.title = title;
    }

    /** @param project where its paths are seen from */
    public abstract Translation translate(Source source, ProjectFolder project);

    /** What holds for every policy of this kind. */
    abstract List<String> remarks();

    String title() {
        return title;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(ForeignFormat::word).toList();
    }

    public static Optional<ForeignFormat> named(String word) {
        return Arrays.stream(values())
                .filter(format -> format.word().equals(word))
                .findFirst();
    }

    /** By the name of the file, and where that says nothing by what is in it. */
    public static Optional<ForeignFormat> of(Source source) {
        String name = source.file().substring(source.file().lastIndexOf('/') + 1);
        if (name.endsWith(".rules") || name.endsWith(".codexpolicy")) {
            return Optional.of(CODEX);
        }
        if (name.endsWith("srt-settings.json")) {
            return Optional.of(SRT);
        }
        Set<String> keys = keys(source.text());
        if (keys.contains("permissions")) {
            return Optional.of(CLAUDE);
        }
        if (keys.stream().anyMatch(OF_SRT::contains)) {
            return Optional.of(SRT);
        }
        boolean rules = source.text()
                .lines()
                .anyMatch(line -> line.startsWith("prefix_rule(") || line.startsWith("network_rule("));
        if (rules) {
            return Optional.of(CODEX);
        }
        boolean claude = source.file().endsWith(".claude/settings.json")
                || source.file().endsWith(".claude/settings.local.json");
        return claude ? Optional.of(CLAUDE) : Optional.empty();
    }

    private static Set<String> keys(String text) {
        try {
            return JsonTree.read(text.startsWith("\ufeff") ? text.substring(1) : text) instanceof Members object
                    ? object.members().stream()
                            .map(member -> member.key().value())
                            .collect(Collectors.toSet())
                    : Set.of();
        } catch (JsonSyntaxException none) {
            return Set.of();
        }
    }
}
