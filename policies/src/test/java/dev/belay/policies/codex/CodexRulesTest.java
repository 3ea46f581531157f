package dev.belay.policies.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.foreign.Outcome;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import dev.belay.policies.yaml.Blocks;
import dev.belay.policies.yaml.Samples;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodexRulesTest {
    private static CodexRules read(String text) {
        return CodexRules.read(new Source("default.rules", text));
    }

    @TestFactory
    Stream<DynamicTest> a_rule_becomes_what_it_means_here_or_is_refused_at_its_place() {
        return Blocks.read(CodexRulesTest.class, "rules.txt").stream()
                .map(block -> DynamicTest.dynamicTest(
                        "rules.txt:" + block.line() + " " + block.name(),
                        () -> assertThat(Outcome.of(read(block.text()).reading()))
                                .isEqualTo(block.expected())));
    }

    @Test
    void each_example_goes_to_the_rule_that_it_speaks_of() {
        Map<String, Samples> samples = read("""
                        prefix_rule(
                            pattern = ["git", ["push", "fetch"]],
                            decision = "forbidden",
                            match = [["git", "push", "a b"], "git fetch --all"],
                            not_match = ["git 'status'"],
                        )
                        """).samples().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().pattern(), Map.Entry::getValue));

        assertThat(samples.get("git push *")).isEqualTo(new Samples(List.of("git push 'a b'"), List.of("git status")));
        assertThat(samples.get("git fetch *"))
                .isEqualTo(new Samples(List.of("git fetch --all"), List.of("git status")));
    }

    @Test
    void just_as_many_choices_as_are_taken() {
        String choices = ", [\"a\", \"b\"]".repeat(8);

        assertThat(read("prefix_rule(pattern = [\"x\"" + choices + "], decision = \"prompt\")")
                        .reading()
                        .lines())
                .singleElement()
                .satisfies(line -> assertThat(((Line.Rules) line).clauses())
                        .hasSize(256)
                        .extracting(Clause::pattern)
                        .contains("x a a a a a a a a *", "x b b b b b b b b *"));
    }

    @Test
    void a_file_that_is_too_large_is_refused() {
        assertThat(read("#".repeat((256 << 10) + 1)).reading().problems())
                .containsExactly(
                        new Problem(new Spot("default.rules", 0, 0), "the file is larger than 256 KiB", "shorten it"));
    }

    @Test
    void a_tab_and_windows_line_ends_are_blanks() {
        assertThat(Outcome.of(read("# x\r\nprefix_rule(\r\n\tpattern = [\"git\"],\r\n\tdecision = \"prompt\")\r\n")
                        .reading()))
                .containsExactly("2:1 ASK COMMAND git *");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "a b; a b",
                "|  a   b |; a b",
                "a 'b c'; a b c",
                "a \"b \\\" c\"; a b \" c",
                "a \"\\n\"; a \\n",
                "a\\ b; a b",
                "a # c; a",
                "a#b; a#b",
            })
    void an_example_is_split_as_a_shell_splits_it(String line, String words) {
        assertThat(ShellWords.of(line).map(found -> String.join(" ", found))).contains(words);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {"'", "\"", "a 'b", "a \"b\\\"", "a\\"})
    void an_open_quote_splits_nothing(String line) {
        assertThat(ShellWords.of(line)).isEmpty();
    }
}
