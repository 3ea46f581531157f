package dev.belay.policies.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Compiled;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.claude.ClaudeSettings;
import dev.belay.policies.codex.CodexRules;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;
import dev.belay.policies.sandboxruntime.ProjectFolder;
import dev.belay.policies.sandboxruntime.SandboxRuntimeSettings;
import dev.belay.policies.yaml.Blocks;
import dev.belay.policies.yaml.PolicyFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignFormatTest {
    private static final ProjectFolder SHOP = new ProjectFolder("/home/ann/shop", "/home/ann");

    record Case(ForeignFormat format, String name, String text) {
        Source source() {
            return new Source("theirs", text);
        }

        Reading reading() {
            return switch (format) {
                case SRT -> SandboxRuntimeSettings.read(source(), SHOP);
                case CODEX -> CodexRules.read(source()).reading();
                case CLAUDE -> ClaudeSettings.read(source());
            };
        }

        Translation translation() {
            return format.translate(source(), SHOP);
        }
    }

    static List<Case> corpus() {
        List<Case> all = new ArrayList<>();
        Blocks.read(SandboxRuntimeSettings.class, "settings.txt")
                .forEach(block -> all.add(new Case(ForeignFormat.SRT, block.name(), block.text())));
        Blocks.read(CodexRules.class, "rules.txt")
                .forEach(block -> all.add(new Case(ForeignFormat.CODEX, block.name(), block.text())));
        Blocks.read(ForeignFormatTest.class, "claude.txt")
                .forEach(block -> all.add(new Case(ForeignFormat.CLAUDE, block.name(), block.text())));
        return all;
    }

    @TestFactory
    Stream<DynamicTest> a_translation_compiles_and_says_to_everything_what_was_read() {
        return corpus().stream()
                .map(one -> DynamicTest.dynamicTest(one.format() + " " + one.name(), () -> {
                    Reading reading = one.reading();
                    Translation translation = one.translation();

                    assertThat(translation.problems()).isEqualTo(reading.problems());
                    if (!reading.problems().isEmpty()) {
                        assertThat(translation.text()).isEmpty();
                        return;
                    }
                    Source written = new Source(".belay/policy.yaml", translation.text());
                    Compiled compiled = PolicyCompiler.compile(List.of(written));
                    assertThat(compiled.problems()).as(translation.text()).isEmpty();
                    assertThat(Verdicts.of(PolicyFile.read(written)))
                            .as(translation.text())
                            .isEqualTo(Verdicts.of(reading));
                    assertThat(translation.notTranslated())
                            .containsExactlyElementsOf(reading.lines().stream()
                                    .filter(Line.NotEnforced.class::isInstance)
                                    .map(Line.NotEnforced.class::cast)
                                    .distinct()
                                    .toList())
                            .allSatisfy(line -> assertThat(translation.text())
                                    .contains("#   " + line.origin().spot() + " ")
                                    .contains(": " + line.why()));
                }));
    }

    @Test
    void the_file_is_one_that_a_person_would_write() {
        Translation translation = new Case(ForeignFormat.CODEX, "", """
                        prefix_rule(pattern = ["git", "push"], decision = "forbidden", justification = "a person: delivers",
                            match = ["git push origin"], not_match = ["git pull"])
                        prefix_rule(pattern = ["git", "push", "-f"])
                        prefix_rule(pattern = ["npm", "publish"], decision = "prompt")
                        network_rule(host = "api.example.com", protocol = "https", decision = "allow", justification = "data")
                        """).translation();

        assertThat(translation.text()).isEqualTo("""
                        # Translated from theirs (Codex rules) by belay policy import. Read it before it is used.
                        # What is allowed there runs outside of that sandbox; here every command stays inside.
                        #
                        # Not translated, or not as it was meant:
                        #   theirs:5:1 network_rule https api.example.com: stricter here: it opens api.example.com:443, and no other port for this protocol
                        #
                        # Left out, because another rule decides all of it:
                        #   theirs:3:1 prefix_rule git push -f: Bash(git push -f *)
                        policy: belay/1

                        ask:
                          - Bash(npm publish *)

                        restricted:
                          - rule: Bash(git push *)
                            reason: "a person: delivers"
                            match: ["git push origin"]
                            not_match: ["git pull"]

                        network:
                          allow:
                            - host: "api.example.com:443"
                              reason: "data"
                        """);
    }

    @Test
    void a_list_of_which_nothing_is_left_bounds_still() {
        Translation translation = new Case(
                        ForeignFormat.SRT,
                        "",
                        "{\"filesystem\": {\"allowWrite\": [\"src\"], \"denyWrite\": [\"src\"]}}")
                .translation();

        Compiled compiled = PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", translation.text())));

        assertThat(compiled.problems()).isEmpty();
        assertThat(compiled.policy().edit("docs/x").allowed()).isFalse();
        assertThat(compiled.policy().edit("src/x").allowed()).isFalse();
    }

    @Test
    void more_rules_than_a_policy_takes_are_refused_and_not_cut_off() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            text.append("prefix_rule(pattern = [\"x")
                    .append(i)
                    .append("\"")
                    .append(", [\"a\", \"b\"]".repeat(8))
                    .append("], decision = \"prompt\")\n");
        }

        assertThat(new Case(ForeignFormat.CODEX, "", text.toString())
                        .translation()
                        .problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.what()).contains("it becomes 2304 rules, and a policy has at most 2000"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "default.rules; {}; CODEX",
                "rules/x.codexpolicy; ||; CODEX",
                ".srt-settings.json; {}; SRT",
                "conf/srt-settings.json; {}; SRT",
                "x.json; {\"network\": {}}; SRT",
                "x.json; {\"filesystem\": {}}; SRT",
                "settings.json; {\"permissions\": {}}; CLAUDE",
                "settings.json; {\"permissions\": {}, \"network\": {}}; CLAUDE",
                ".claude/settings.json; {}; CLAUDE",
                ".claude/settings.local.json; {}; CLAUDE",
                "x; prefix_rule(pattern = [\"a\"]); CODEX",
                "x; network_rule(host = 1); CODEX",
                "settings.json; {}; ||",
                "x.json; [1]; ||",
                "x.txt; hello; ||",
            })
    void it_is_recognised_by_name_or_content(String file, String text, String format) {
        assertThat(ForeignFormat.of(new Source(file, text)).map(Enum::name).orElse(""))
                .isEqualTo(format);
    }

    @Test
    void every_format_has_a_word() {
        assertThat(ForeignFormat.words()).containsExactly("srt", "codex", "claude");
        assertThat(ForeignFormat.named("codex")).contains(ForeignFormat.CODEX);
        assertThat(ForeignFormat.named("Codex")).isEmpty();
    }
}
