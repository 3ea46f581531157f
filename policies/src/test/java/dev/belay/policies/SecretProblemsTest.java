package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with the secrets of several sources. */
class SecretProblemsTest {
    /** Rules, each a line of one file: a host, a request, or a secret. */
    private static List<Clause> clauses(String rules) {
        List<Clause> clauses = new ArrayList<>();
        for (String rule : rules.split("; ")) {
            Subject subject = rule.contains(" to ")
                    ? Subject.SECRET
                    : rule.startsWith("deny") || !rule.contains(" ") ? Subject.HOST : Subject.REQUEST;
            boolean denies = rule.startsWith("deny ");
            String pattern = denies ? rule.substring(5) : rule;
            clauses.add(new Clause(
                    denies ? Effect.DENY : Effect.ALLOW,
                    subject,
                    pattern,
                    new Origin(pattern, new Spot("f", clauses.size() + 1, 0), "")));
        }
        return clauses;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.example; A to a.example as $A",
                "a.example:443; A to a.example as $A",
                "*.example.com; A to a.example.com as $A",
                "a.example.com; A to *.example.com as $A",
                "GET a.example/x; A to a.example as $A",
                "a.example; A to a.example as $A; A to a.example:443 as $A",
                "a.example; A to a.example as $X; B to a.example as $Y",
                "A to a.example:443",
                "b.example; A to a.example:443; A to b.example as $A",
            })
    void a_secret_that_may_reach_one_of_its_hosts_is_right(String rules) {
        assertThat(SecretProblems.of(clauses(rules))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A to a.example as $A | f:1: `A` goes to a.example, which nothing allows",
                "b.example; A to a.example as $A | f:2: `A` goes to a.example, which nothing allows",
                "deny a.example; A to a.example as $A | f:2: `A` goes to a.example, which nothing allows",
                "a.example:8443; A to a.example as $A | f:2: `A` goes to a.example, which nothing allows",
                "*.a.example; A to a.example as $A | f:2: `A` goes to a.example, which nothing allows",
                "GET b.example/a.example; A to a.example as $A | f:2: `A` goes to a.example, which nothing allows",
                "a.example; A to a.example as $X; A to a.example as $Y | f:3: `A` is in `$Y` here and in `$X` at f:2",
                "a.example; A to a.example as $X; B to a.example as $X"
                        + " | f:3: `$X` is to hold `B` here and `A` at f:2",
            })
    void a_secret_that_never_goes_anywhere_or_is_in_two_places_is_told_at_its_place(String rules, String told) {
        assertThat(SecretProblems.of(clauses(rules)))
                .extracting(problem -> problem.spot() + ": " + problem.what())
                .containsExactly(told);
        assertThat(SecretProblems.of(clauses(rules))).extracting(Problem::fix).doesNotContain("");
    }
}
