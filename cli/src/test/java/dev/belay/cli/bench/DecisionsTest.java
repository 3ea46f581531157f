package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.language.Subject;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of which policy, and how it is counted. */
class DecisionsTest {
    private static Stream<Arguments> kinds() throws IOException {
        Policy policy = Decisions.compiled().policy();
        Predicate<Questions.Host> hosts =
                host -> policy.network(host.name(), host.port()).allowed();
        Predicate<String> edits = path -> policy.edit(path).allowed();
        Predicate<String> reads = path -> policy.read(path).allowed();
        Predicate<String> commands = line -> policy.command(line).allowed();
        return Stream.of(
                Arguments.of(new Questions().hosts(), hosts),
                Arguments.of(new Questions().paths(), edits),
                Arguments.of(new Questions().paths(), reads),
                Arguments.of(new Questions().commands(), commands));
    }

    @ParameterizedTest
    @CsvSource({"30,HOST", "30,READ EDIT", "30,COMMAND"})
    void the_policy_has_as_many_rules_of_a_kind_as_a_real_one(int rules, String subjects) throws IOException {
        Compiled compiled = Decisions.compiled();

        assertThat(compiled.clauses())
                .filteredOn(clause -> Stream.of(subjects.split(" ", -1))
                        .map(Subject::valueOf)
                        .anyMatch(subject -> subject == clause.subject()))
                .hasSize(rules);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <Q> void no_question_is_asked_twice_and_each_answer_is_given_often(List<Q> questions, Predicate<Q> allowed) {
        Set<Q> different = new HashSet<>(questions);
        long yes = questions.stream().filter(allowed).count();

        assertThat(different).hasSize(Questions.COUNT);
        assertThat(yes).isBetween(Questions.COUNT / 10L, Questions.COUNT * 9L / 10);
    }

    @Test
    void every_run_asks_the_same() {
        assertThat(new Questions().hosts()).isEqualTo(new Questions().hosts());
        assertThat(new Questions().paths()).isEqualTo(new Questions().paths());
        assertThat(new Questions().commands()).isEqualTo(new Questions().commands());
    }

    @ParameterizedTest
    @ValueSource(strings = {" | ", " && ", "'", "<<'EOF'", "bash -c '"})
    void command_lines_have_what_everyday_lines_have(String part) {
        assertThat(new Questions().commands())
                .filteredOn(line -> line.contains(part))
                .hasSizeGreaterThan(50);
    }

    @Test
    void a_reading_has_a_rate_of_each_run_and_says_what_was_asked() throws IOException {
        Reading reading = Decisions.reading(6, 2, List.of(1, 2, 3), List.of(number -> number > 1, number -> false));

        assertThat(reading.sample().size()).isEqualTo(6);
        assertThat(reading.sample().min()).isPositive();
        assertThat(reading.note()).startsWith("3 different questions, asked 2 ways, 2 allowed;");
    }

    @Test
    void a_rate_is_what_was_decided_in_a_second() {
        assertThat(Decisions.rate(4000, 20)).isEqualTo(200_000);
    }

    @ParameterizedTest
    @CsvSource({"0,2,3", "6,2,3", "3,2,3"})
    void a_policy_that_always_says_the_same_or_wavers_is_no_measurement(int allowed, int rounds, int all) {
        assertThatThrownBy(() -> Decisions.counted(allowed, rounds, all))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("were allowed");
    }
}
