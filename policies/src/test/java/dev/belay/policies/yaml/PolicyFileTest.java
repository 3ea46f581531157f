package dev.belay.policies.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.belay.policies.Mode;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PolicyFileTest {
    private static final String FILE = ".belay/policy.yaml";

    private static Reading read(String text) {
        return PolicyFile.read(new Source(FILE, text));
    }

    @TestFactory
    Stream<DynamicTest> finds_all_that_is_wrong_says_where_and_how_to_mend_it() {
        return Blocks.read("bad.txt").stream()
                .map(block -> DynamicTest.dynamicTest("bad.txt:" + block.line() + " " + block.name(), () -> {
                    List<String> found = read(block.text()).problems().stream()
                            .map(PolicyFileTest::words)
                            .toList();

                    assertThat(found).hasSameSizeAs(block.expected()).isNotEmpty();
                    for (int i = 0; i < found.size(); i++) {
                        String expected = block.expected().get(i);
                        if (expected.endsWith("...")) {
                            assertThat(found.get(i)).startsWith(expected.substring(0, expected.length() - 3));
                        } else {
                            assertThat(found.get(i)).isEqualTo(expected);
                        }
                    }
                }));
    }

    /** Without the file, which is the same everywhere; a place that is said in a message has it as well. */
    private static String words(Problem problem) {
        assertThat(problem.spot().file()).isEqualTo(FILE);
        return (problem.spot() + ": " + problem.what() + " >> " + problem.fix()).replace(FILE + ":", "");
    }

    @TestFactory
    Stream<DynamicTest> reads_what_is_there_and_nothing_else() {
        return Blocks.read("good.txt").stream()
                .map(block -> DynamicTest.dynamicTest("good.txt:" + block.line() + " " + block.name(), () -> {
                    Reading reading = read(block.text());

                    assertThat(reading.problems()).isEmpty();
                    assertThat(said(reading)).isEqualTo(block.expected());
                }));
    }

    private static List<String> said(Reading reading) {
        List<String> said = new ArrayList<>();
        for (Line line : reading.lines()) {
            if (line instanceof Line.Rules rules) {
                assertThat(rules.clauses())
                        .isNotEmpty()
                        .allSatisfy(clause -> assertThat(clause.origin()).isEqualTo(rules.origin()));
                rules.clauses().forEach(clause -> said.add(words(clause)));
            } else {
                said.add(line.toString());
            }
        }
        Settings settings = reading.settings();
        settings.memoryMib().ifPresent(value -> said.add("memory_mib " + value));
        settings.processes().ifPresent(value -> said.add("processes " + value));
        settings.diskMib().ifPresent(value -> said.add("disk_mib " + value));
        settings.maxTurns().ifPresent(value -> said.add("max_turns " + value));
        settings.maxUsd().ifPresent(value -> said.add("max_usd " + value));
        settings.timeoutSeconds().ifPresent(value -> said.add("timeout " + value));
        settings.modes().stream().map(Mode::word).forEach(mode -> said.add("mode " + mode));
        if (settings.otherCommands() != Settings.NONE.otherCommands()) {
            said.add("others " + settings.otherCommands());
        }
        return said;
    }

    private static String words(Clause clause) {
        Spot spot = clause.origin().spot();
        String reason = clause.origin().reason();
        return spot.line() + ":" + spot.column() + " " + clause.effect() + " " + clause.subject() + " "
                + clause.pattern() + (reason.isEmpty() ? "" : " because " + reason);
    }

    /** The tables write {@code swordfish} wherever people put a value, and numbers where it has the looks of one. */
    @Test
    void never_shows_what_may_be_the_value_of_a_secret() {
        List<Problem> shown = Blocks.read("bad.txt").stream()
                .flatMap(block -> read(block.text()).problems().stream())
                .filter(problem -> (problem.what() + problem.fix()).contains("swordfish")
                        || (problem.what() + problem.fix()).contains("0123456789"))
                .toList();

        assertThat(shown).isEmpty();
    }

    @Test
    void keeps_a_rule_as_it_was_written() {
        Line line = read("policy: belay/1\nnetwork: {allow: [Example.com]}\n")
                .lines()
                .getFirst();

        assertThat(line.origin().text()).isEqualTo("Example.com");
        assertThat(line.origin().spot()).isEqualTo(new Spot(FILE, 2, 19));
    }

    @Test
    void refuses_a_policy_that_is_too_large() {
        Reading reading = read("policy: belay/1\n#" + "x".repeat(256 << 10));

        assertThat(reading.problems())
                .containsExactly(new Problem(
                        new Spot(FILE, 0, 0),
                        "the policy is larger than 256 KiB",
                        "name folders instead of single files"));
    }

    @Test
    void refuses_more_rules_than_anybody_reads() {
        String rules = IntStream.rangeClosed(0, 2_001)
                .mapToObj(i -> "  - Edit(d" + i + ")\n")
                .collect(Collectors.joining());

        assertThat(read("policy: belay/1\nallowed:\n" + rules).problems())
                .containsExactly(new Problem(
                        new Spot(FILE, 2_003, 5),
                        "the policy has more than 2000 rules",
                        "name folders and hosts by *"));
    }

    @Test
    void counts_the_methods_and_paths_of_one_item_like_rules() {
        String paths = IntStream.rangeClosed(1, 2_100)
                .mapToObj(i -> "        - /p" + i + "\n")
                .collect(Collectors.joining());

        assertThat(read("policy: belay/1\nnetwork:\n  allow:\n    - host: a.example.com\n      paths:\n" + paths)
                        .problems())
                .containsExactly(new Problem(
                        new Spot(FILE, 2_005, 11),
                        "the policy has more than 2000 rules",
                        "name folders and hosts by *"));
    }

    @Test
    void refuses_a_rule_that_is_longer_than_any() {
        assertThat(read("policy: belay/1\nallowed: [Bash(" + "x".repeat(1_000) + ")]\n")
                        .problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.what()).isEqualTo("a rule is longer than 1000 characters");
                    assertThat(problem.spot()).isEqualTo(new Spot(FILE, 2, 11));
                });
    }

    @Test
    void stops_to_count_what_is_wrong_at_some_point() {
        assertThat(read("policy: belay/1\nallowed:\n" + "  - Bsh(x)\n".repeat(1_500))
                        .problems())
                .hasSize(100);
    }

    @Test
    void does_not_take_long_over_rules_that_are_made_to_be_compared_for_long() {
        StringBuilder text = new StringBuilder("policy: belay/1\n");
        for (String key : List.of("allowed", "restricted")) {
            text.append(key).append(":\n");
            for (int i = 0; i < 999; i++) {
                text.append("  - Edit(")
                        .append("*a".repeat(40))
                        .append(key.charAt(0))
                        .append(i)
                        .append(")\n");
            }
        }

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(read(text.toString()).problems()).isEmpty());
    }

    @Test
    void does_not_take_long_over_requests_that_are_made_to_be_compared_for_long() {
        StringBuilder text = new StringBuilder("policy: belay/1\nnetwork:\n");
        for (String key : List.of("allow", "deny")) {
            text.append("  ").append(key).append(":\n    - host: a.example.com\n      paths:\n");
            for (int i = 0; i < 990; i++) {
                text.append("        - /")
                        .append("*a".repeat(40))
                        .append(key.charAt(0))
                        .append(i)
                        .append('\n');
            }
        }

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(read(text.toString()).problems()).isEmpty());
    }

    @Test
    void reads_a_file_that_begins_with_a_mark_of_its_encoding() {
        assertThat(read("\ufeffpolicy: belay/1\n").problems()).isEmpty();
    }

    /** Files that people begin with, changed in every way: never an exception, and a place for each problem. */
    @Test
    void takes_any_text_whatsoever() {
        Random random = new Random(7);
        List<String> files = new ArrayList<>();
        Blocks.read("good.txt").forEach(block -> files.add(block.text()));
        Blocks.read("bad.txt").forEach(block -> files.add(block.text()));
        String alphabet = "\n  :-[]{},#&*!|>'\"%@`?()/\\.~ab1\t\0\ud83d\u202e\u00e9<=";
        int refused = 0;
        for (int round = 0; round < 6_000; round++) {
            StringBuilder text = new StringBuilder(files.get(random.nextInt(files.size())));
            for (int changes = 1 + random.nextInt(4); changes > 0 && !text.isEmpty(); changes--) {
                change(text, random, alphabet, files);
            }
            Reading reading = read(text.toString());
            refused += reading.problems().isEmpty() ? 0 : 1;
            for (Problem problem : reading.problems()) {
                assertThat(problem.what()).as(text.toString()).isNotBlank().doesNotContain("\n", "\u001b", "\u202e");
                assertThat(problem.fix()).isNotBlank();
                assertThat(problem.spot().file()).isEqualTo(FILE);
            }
        }
        assertThat(refused).isBetween(2_000, 5_999);
    }

    private static void change(StringBuilder text, Random random, String alphabet, List<String> files) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + 1 + random.nextInt(8));
        String other = files.get(random.nextInt(files.size()));
        switch (random.nextInt(4)) {
            case 0 -> text.delete(at, end);
            case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
            case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
            default -> {
                int from = other.isEmpty() ? 0 : random.nextInt(other.length());
                text.replace(at, end, other.substring(from, Math.min(other.length(), from + 20)));
            }
        }
    }
}
