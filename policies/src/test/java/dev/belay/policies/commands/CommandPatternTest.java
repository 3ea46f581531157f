package dev.belay.policies.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.language.PatternException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandPatternTest {
    @ParameterizedTest
    @CsvSource({
        "git push, git push",
        "git push *, git push",
        "git push *, git push origin main",
        "git push:*, git push",
        "git push:*, git push origin",
        "ls*, ls",
        "ls*, lsof -i",
        "ls *, ls",
        "*, anything at all",
        "* --force, git push --force",
        "* --force *, git push --force origin",
        "* --force *, git push --force",
        "git * main, git push origin main",
        "npm run test:*, npm run test",
        "npm  run   build, npm run build",
        "a*b*c, aXbYbZc",
    })
    void it_matches(String pattern, String command) throws PatternException {
        assertThat(CommandPattern.parse(pattern).matches(command)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "git push, git push origin",
        "git push, git pushy",
        "git push *, git pushy",
        "git push:*, git pushy",
        "git push *, git",
        "ls *, lsof",
        "ls, LS",
        "* --force, git push --force origin",
        "a*b*c, aXbYbZ",
        "git push, agit push",
    })
    void it_does_not_match(String pattern, String command) throws PatternException {
        assertThat(CommandPattern.parse(pattern).matches(command)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ":*", "git\npush", "git\tpush", "git \u0000", "A=1 git push", "PATH+=x ls", "_a="})
    void what_says_nothing_definite_is_refused(String pattern) {
        assertThatThrownBy(() -> CommandPattern.parse(pattern)).isInstanceOf(PatternException.class);
    }

    @Test
    void a_control_character_is_refused_where_it_is() {
        assertThatThrownBy(() -> CommandPattern.parse("git\u0007push"))
                .isInstanceOfSatisfying(
                        PatternException.class,
                        refused -> assertThat(refused.at()).isEqualTo(3));
    }

    @Test
    void it_is_written_as_it_was_said() throws PatternException {
        assertThat(CommandPattern.parse("  git   push * ")).hasToString("git push *");
    }

    @ParameterizedTest
    @CsvSource({"npm run deploy:*, npm run deploy:prod", "./deploy.sh *, deploy.sh x", "/usr/bin/git push, git push"})
    void a_rule_that_takes_away_means_more(String pattern, String command) throws PatternException {
        CommandPattern parsed = CommandPattern.parse(pattern);

        assertThat(parsed.restricts(command)).isTrue();
        assertThat(parsed.matches(command)).isFalse();
    }

    @Test
    @Timeout(5)
    void many_stars_on_a_long_command_take_no_time() throws PatternException {
        CommandPattern pattern = CommandPattern.parse("*a".repeat(200) + "b");
        long begun = System.nanoTime();

        assertThat(pattern.matches("a".repeat(20_000))).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }
}
