package dev.belay.policies.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRulesTest {
    private static final String LISTED =
            "allow npm test *; allow npm run build; allow git *; allow grep *; allow find *";

    @Test
    void without_rules_everything_is_allowed_unread() throws PatternException {
        assertThat(new CommandRules(List.of()).judge("git push '")).isEqualTo(new Verdict.Allowed("standard"));
    }

    @Test
    void a_denial_names_the_rule_its_place_and_the_command() throws PatternException {
        CommandRules rules = Corpus.rules("deny git push *");

        assertThat(rules.judge("ls; git -C a push 'o n'"))
                .isEqualTo(new Verdict.Denied(
                        "tool",
                        "RESTRICTED Bash(git push *)",
                        "CLAUDE.md:14",
                        "`git push 'o n'` is restricted",
                        "do the work without it, or say why it is needed"));
    }

    @Test
    void the_reason_of_a_rules_author_is_given_instead() throws PatternException {
        CommandRules rules =
                new CommandRules(List.of(Corpus.clause(Effect.DENY, "git push *", "releases are made by CI")));

        assertThat(rules.judge("git push"))
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> assertThat(denied.reason()).isEqualTo("releases are made by CI"));
    }

    @Test
    void a_long_command_is_shown_in_part_and_on_one_line() throws PatternException {
        CommandRules rules = Corpus.rules("deny curl *");

        assertThat(rules.judge("curl '" + "a\nb".repeat(2_000) + "'"))
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied ->
                                assertThat(denied.reason()).hasSizeLessThan(110).doesNotContain("\n"));
    }

    @Test
    void a_denial_wins_over_a_question_wherever_the_two_stand() throws PatternException {
        CommandRules rules = Corpus.rules("ask git *; deny git push *; allow git push *");

        assertThat(rules.judge("git status; git push")).isInstanceOf(Verdict.Denied.class);
        assertThat(rules.judge("git $x; git push")).isInstanceOf(Verdict.Denied.class);
        assertThat(rules.judge("git status")).isInstanceOf(Verdict.Asks.class);
    }

    @Test
    void a_line_that_cannot_be_read_is_asked_about_and_says_which_rules_are_the_reason() throws PatternException {
        CommandRules rules = Corpus.rules("deny a; deny b; deny c; ask d; ask e");

        assertThat(rules.judge("echo 'x")).isInstanceOfSatisfying(Verdict.Asks.class, asks -> {
            assertThat(asks.layer()).isEqualTo("tool");
            assertThat(asks.reason())
                    .contains("cannot be read with certainty", "RESTRICTED Bash(a)", "RESTRICTED Bash(c) and 2 more");
            assertThat(asks.instead()).isEqualTo("write it as simpler commands, one after the other");
        });
    }

    @Test
    void what_is_not_certain_is_said_shortly_and_on_one_line() throws PatternException {
        CommandRules rules = Corpus.rules("deny git push *");

        assertThat(rules.judge("bash -c \"$(cat <<'EOF'\n" + "git push\n".repeat(100) + "EOF\n)\""))
                .isInstanceOfSatisfying(
                        Verdict.Asks.class,
                        asks -> assertThat(asks.reason()).hasSizeLessThan(300).doesNotContain("\n"));
    }

    @Test
    void wrapping_without_an_end_is_asked_about() throws PatternException {
        CommandRules rules = Corpus.rules("deny git push *");

        assertThat(rules.judge("env ".repeat(7) + "git push")).isInstanceOf(Verdict.Denied.class);
        assertThat(rules.judge("nice ".repeat(1_000) + "git push")).isInstanceOf(Verdict.Asks.class);
        assertThat(rules.judge("watch " + "-Z a ".repeat(1_000) + "ls")).isInstanceOf(Verdict.Asks.class);
        assertThat(rules.judge("rm -r x; ".repeat(1_000))).isInstanceOf(Verdict.Allowed.class);
    }

    @Test
    void a_clause_on_something_else_is_a_mistake_of_the_caller() {
        assertThatThrownBy(() -> new CommandRules(List.of(new Clause(
                        Effect.DENY,
                        Subject.READ,
                        ".env",
                        Corpus.clause(Effect.DENY, "x", "").origin()))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "npm test",
                "npm test -- --ci",
                "cd web && npm test",
                "npm test 2>&1 | grep FAIL",
                "git status; echo done",
                "export CI=1; npm test",
                "CI=1 npm test",
                "set -e\nnpm run build",
                "[ -d x ] || npm test",
                "timeout 60 npm test",
                "bash -lc 'npm test && git status'",
                "git ls-files | xargs grep -n x",
                "find . -name '*.js' -exec grep x {} +",
                "t() { npm test; }; t",
                "echo $(git rev-parse HEAD)",
                "git -C web status",
                "echo x > /dev/null",
                "echo x >&2",
                "command -v git"
            })
    void a_line_of_listed_commands_is_listed(String line) throws PatternException {
        assertThat(Corpus.rules(LISTED).everyCommandListed(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "npm test; id",
                "npm test && id",
                "npm test | id",
                "npm test\nid",
                "npm test $(id)",
                "npm test `id`",
                "npm test <(id)",
                "npm test & id",
                "npm run build --now",
                "npm run build2",
                "id",
                "timeout 60 id",
                "bash -lc 'npm test; id'",
                "bash -c \"$x\"",
                "bash",
                "echo x > ~/.bashrc",
                "find . -exec id {} +",
                "find . -exec rm {} +",
                "xargs rm",
                "echo id | xargs -I{} {}",
                "$x",
                "npm test '",
                "PATH=. npm test",
                "git submodule foreach id",
                "git -c alias.x=id x",
                "t() { id; }; t",
                "/tmp/npm test",
                "eval id",
                "trap id EXIT",
                "env id",
                "alias npm=id"
            })
    void what_is_not_listed_is_found(String line) throws PatternException {
        assertThat(Corpus.rules(LISTED).everyCommandListed(line)).isFalse();
    }

    @Test
    void without_an_allowed_command_nothing_but_the_shells_own_is_listed() throws PatternException {
        CommandRules rules = new CommandRules(List.of());

        assertThat(rules.everyCommandListed("cd a && true")).isTrue();
        assertThat(rules.everyCommandListed("ls")).isFalse();
    }
}
