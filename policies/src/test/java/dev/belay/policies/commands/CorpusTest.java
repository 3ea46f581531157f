package dev.belay.policies.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.belay.policies.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CorpusTest {
    private static final String SEEDS = "gitpushcurl \t\n;&|(){}[]<>$`'\"\\*?=-/~!#@:+,.0aé\u0000\ud83d";

    @TestFactory
    Stream<DynamicTest> a_line_is_judged_as_it_is_labelled() throws Exception {
        Corpus corpus = Corpus.read();
        return corpus.entries().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.toString(), () -> {
                    Verdict verdict = rules(corpus, entry).judge(entry.line());

                    assertThat(label(verdict)).as("%s: %s", entry, verdict).isEqualTo(entry.label());
                }));
    }

    @Test
    void there_are_enough_lines_to_mean_something() throws Exception {
        Corpus corpus = Corpus.read();

        assertThat(corpus.entries()).hasSizeGreaterThan(520);
        assertThat(corpus.entries().stream().filter(entry -> entry.label().equals("allow")))
                .hasSizeGreaterThan(180);
        assertThat(corpus.entries().stream().filter(entry -> !entry.label().equals("allow")))
                .hasSizeGreaterThan(250);
    }

    @Test
    void no_line_makes_it_throw_or_hang() throws Exception {
        Corpus corpus = Corpus.read();
        Random random = new Random(20_261_122);
        long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        for (int i = 0; i < 40_000 && System.nanoTime() < until; i++) {
            Corpus.Entry entry = any(corpus.entries(), random);
            String line = mutated(entry.line(), any(corpus.entries(), random).line(), random);

            assertThatCode(() -> {
                        rules(corpus, entry).judge(line);
                        rules(corpus, entry).everyCommandListed(line);
                    })
                    .as(line)
                    .doesNotThrowAnyException();
        }
    }

    private static CommandRules rules(Corpus corpus, Corpus.Entry entry) {
        CommandRules rules = corpus.rules().get(entry.rules());
        assertThat(rules).as("rules " + entry.rules()).isNotNull();
        return rules;
    }

    private static String label(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed _ -> "allow";
            case Verdict.Denied _ -> "deny";
            case Verdict.Asks _ -> "ask";
        };
    }

    private static String mutated(String line, String other, Random random) {
        StringBuilder mutated = new StringBuilder(line);
        for (int change = random.nextInt(4) + 1; change > 0; change--) {
            int at = random.nextInt(mutated.length() + 1);
            int end = Math.min(mutated.length(), at + random.nextInt(6));
            switch (random.nextInt(4)) {
                case 0 -> mutated.delete(at, end);
                case 1 -> mutated.insert(at, SEEDS.charAt(random.nextInt(SEEDS.length())));
                case 2 -> mutated.insert(at, other);
                default -> mutated.insert(at, mutated.substring(at, end).repeat(random.nextInt(20)));
            }
        }
        return mutated.toString();
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }
}
