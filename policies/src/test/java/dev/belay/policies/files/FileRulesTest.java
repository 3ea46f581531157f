package dev.belay.policies.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileRulesTest {
    private static final String FILE = ".belay/policy.yaml";

    /** {@code allow Edit src}, one rule a line. */
    private static FileRules rules(String... lines) throws Exception {
        List<Clause> clauses = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ", 3);
            clauses.add(new Clause(
                    Effect.valueOf(words[0].toUpperCase(Locale.ROOT)),
                    Subject.valueOf(words[1].toUpperCase(Locale.ROOT)),
                    words[2],
                    new Origin(words[1] + "(" + words[2] + ")", new Spot(FILE, clauses.size() + 3, 5), "")));
        }
        return new FileRules(clauses);
    }

    @Test
    void lets_everything_be_read_and_changed_where_nothing_is_said() throws Exception {
        FileRules none = rules();

        assertThat(none.edit("src/A.java")).isEqualTo(new Verdict.Allowed("ALLOWED files (default)"));
        assertThat(none.read(".env")).isEqualTo(new Verdict.Allowed("ALLOWED files (default)"));
        assertThat(none.boundsEdits()).isFalse();
    }

    @Test
    void says_which_rule_forbids_a_change_and_where_it_stands() throws Exception {
        assertThat(rules("deny Edit .env").edit("app/.ENV"))
                .isEqualTo(new Verdict.Denied(
                        "tool",
                        "RESTRICTED Edit(.env)",
                        ".belay/policy.yaml:3",
                        "`app/.ENV` must not be changed",
                        "leave it; trying again does not help, only a person can take the rule at .belay/policy.yaml:3"
                                + " away"));
    }

    @Test
    void gives_the_reason_that_the_rule_has() throws Exception {
        FileRules rules = new FileRules(List.of(new Clause(
                Effect.ASK,
                Subject.EDIT,
                "migrations/**",
                new Origin("Edit(migrations/**)", new Spot(FILE, 7, 5), "they run in production"))));

        assertThat(rules.edit("migrations/1.sql"))
                .isEqualTo(new Verdict.Asks(
                        "tool",
                        "ASK Edit(migrations/**)",
                        ".belay/policy.yaml:7",
                        "they run in production",
                        "a person has to agree to it, or take the rule at .belay/policy.yaml:7 away"));
    }

    @Test
    void allows_only_what_a_list_names_where_there_is_one() throws Exception {
        FileRules rules = rules("allow Edit ./src", "allow Edit tests/**");

        assertThat(rules.boundsEdits()).isTrue();
        assertThat(rules.edit("tests/a")).isEqualTo(new Verdict.Allowed("ALLOWED Edit(tests/**)"));
        assertThat(rules.edit("pom.xml"))
                .isEqualTo(new Verdict.Denied(
                        "tool",
                        "ALLOWED paths ./src, tests/**",
                        ".belay/policy.yaml:3",
                        "`pom.xml` is not among the paths that may be changed",
                        "leave it, or say what should change there; trying again does not help"));
        assertThat(rules.read("pom.xml").allowed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "src/a, Allowed",
        "src/b, Asks",
        "src/c, Denied",
        "SRC/B, Asks",
        "SRC/C, Denied",
        "SRC/a, Denied",
        "lib/b, Asks",
        "lib/a, Denied"
    })
    void denies_before_it_asks_and_asks_before_it_allows(String path, String verdict) throws Exception {
        FileRules rules =
                rules("allow Edit src", "ask Edit b", "allow Edit src/b", "ask Edit c", "deny Edit c", "allow Edit c");

        assertThat(rules.edit(path).getClass().getSimpleName()).isEqualTo(verdict);
    }

    @Test
    void keeps_reading_and_changing_apart() throws Exception {
        FileRules rules = rules("deny Read *.pem", "deny Edit *.lock", "allow Read x");

        assertThat(rules.read("a.pem").allowed()).isFalse();
        assertThat(rules.edit("a.pem").allowed()).isTrue();
        assertThat(rules.read("a.lock").allowed()).isTrue();
        assertThat(rules.edit("a.lock").allowed()).isFalse();
        assertThat(rules.boundsEdits()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "/etc/passwd", "a/.. /b", "a\\..\\..\\b", "..", "a\0b", "\u2025/x"})
    void refuses_a_path_that_is_none_of_the_project(String path) throws Exception {
        assertThat(rules().edit(path)).isInstanceOf(Verdict.Denied.class);
        assertThat(rules().read(path))
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied ->
                                assertThat(denied.rule()).isEqualTo("RESTRICTED paths outside the project (default)"));
    }

    @Test
    void shows_nothing_of_a_hostile_path_that_a_terminal_would_obey() throws Exception {
        Verdict verdict = rules("deny Edit **").edit("a\u001b[2J\n\u202e" + "x".repeat(4000));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> assertThat(denied.reason())
                                .startsWith("`a?[2J??xxx")
                                .endsWith("...` must not be changed")
                                .hasSizeLessThan(200));
    }

    @Test
    void refuses_a_path_that_is_longer_than_any() throws Exception {
        assertThat(rules().edit("a".repeat(5000)).allowed()).isFalse();
    }

    @Test
    void shortens_a_long_list_in_what_it_says() throws Exception {
        String[] many = new String[20];
        for (int i = 0; i < many.length; i++) {
            many[i] = "allow Edit d" + i;
        }

        assertThat(rules(many).edit("x"))
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> assertThat(denied.rule())
                                .isEqualTo("ALLOWED paths d0, d1, d2, d3, d4, d5, d6, d7 and 12 more"));
    }
}
