package dev.belay.policies.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Spot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTranslatorTest {
    record Case(int line, Effect effect, String rule, String kind, String rest) {
        @Override
        public String toString() {
            return "rules.txt:" + line + " " + rule;
        }
    }

    private static Stream<Case> cases() throws IOException {
        try (InputStream in = RuleTranslatorTest.class.getResourceAsStream("rules.txt")) {
            assertThat(in).isNotNull();
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<Case> cases = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (!line.isBlank() && !line.startsWith("#")) {
                    int equals = line.lastIndexOf(" = ");
                    String rule = line.substring(6, equals).strip();
                    String outcome = line.substring(equals + 3);
                    int blank = outcome.indexOf(' ');
                    cases.add(new Case(
                            i + 1,
                            Effect.valueOf(line.substring(0, 5).strip().toUpperCase(Locale.ROOT)),
                            rule,
                            outcome.substring(0, blank),
                            outcome.substring(blank + 1)));
                }
            }
            return cases.stream();
        }
    }

    private static Line translate(Effect effect, String rule) throws PatternException {
        return new RuleTranslator(effect, new Origin(rule, new Spot(".claude/settings.json", 3, 5), "")).line(rule);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_rule_becomes_what_it_means_here_or_says_why_it_means_nothing(Case one) throws PatternException {
        switch (one.kind()) {
            case "always" ->
                assertThat(translate(one.effect(), one.rule()))
                        .as(one.toString())
                        .isInstanceOfSatisfying(
                                Line.Inherent.class,
                                line -> assertThat(line.mechanism()).contains(one.rest()));
            case "not" ->
                assertThat(translate(one.effect(), one.rule()))
                        .as(one.toString())
                        .isInstanceOfSatisfying(
                                Line.NotEnforced.class,
                                line -> assertThat(line.why()).contains(one.rest()));
            case "wrong" -> {
                String[] expected = one.rest().split(" ", 2);
                assertThatExceptionOfType(PatternException.class)
                        .as(one.toString())
                        .isThrownBy(() -> translate(one.effect(), one.rule()))
                        .satisfies(wrong -> {
                            assertThat(wrong.getMessage() + "; " + wrong.fix()).contains(expected[1]);
                            assertThat(wrong.at()).isEqualTo(Integer.parseInt(expected[0]));
                        });
            }
            default ->
                assertThat(translate(one.effect(), one.rule()))
                        .as(one.toString())
                        .isInstanceOfSatisfying(Line.Rules.class, line -> {
                            assertThat(line.clauses())
                                    .extracting(Clause::effect)
                                    .containsOnly(one.effect());
                            assertThat(line.clauses().stream()
                                            .map(clause -> clause.subject() + " " + clause.pattern())
                                            .collect(Collectors.joining(" | ")))
                                    .isEqualTo(one.kind() + " " + one.rest());
                        });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bash(a\nb)", "Bash(a\u0000b)", "Read(\u202egnp.x)", "\u001b[2J", "Bash(\ud800)"})
    void what_cannot_be_seen_denies_nothing_silently_and_allows_nothing_at_all(String rule) throws PatternException {
        assertThat(translate(Effect.ALLOW, rule)).isInstanceOf(Line.NotEnforced.class);
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> translate(Effect.DENY, rule))
                .withMessageMatching("[ -~\u00a0-\ud7ff]*");
    }

    @Test
    void a_rule_is_bounded() throws PatternException {
        String long2 = "Read(" + "a".repeat(1 << 20) + ")";

        assertThat(translate(Effect.ALLOW, long2)).isInstanceOf(Line.NotEnforced.class);
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> translate(Effect.DENY, long2))
                .satisfies(wrong -> assertThat(wrong.getMessage()).hasSizeLessThan(300));
    }

    /** Whatever is written, it becomes a line or is refused at one of its characters. */
    @Test
    void no_rule_is_dropped_and_none_breaks_the_reader() {
        Random random = new Random(23);
        List<String> words = List.of(
                "Bash",
                "Read",
                "Edit",
                "Write",
                "WebFetch",
                "mcp__",
                "(",
                ")",
                "domain:",
                "*",
                "**",
                "/",
                "//",
                "~",
                ":",
                "=",
                " ",
                "[",
                "{",
                "\\",
                "\n",
                "..",
                "git push",
                "example.com",
                "é",
                "\ud83d\ude00",
                "command");
        for (int round = 0; round < 50_000; round++) {
            StringBuilder rule = new StringBuilder();
            for (int i = random.nextInt(7); i > 0; i--) {
                rule.append(words.get(random.nextInt(words.size())));
            }
            Effect effect = List.of(Effect.values()).get(random.nextInt(3));
            try {
                assertThat(translate(effect, rule.toString()).origin().text()).isEqualTo(rule.toString());
            } catch (PatternException wrong) {
                assertThat(wrong.getMessage()).isNotBlank();
                assertThat(wrong.fix()).isNotBlank();
                assertThat(wrong.at()).as(rule.toString()).isBetween(0, rule.length());
            }
        }
    }
}
