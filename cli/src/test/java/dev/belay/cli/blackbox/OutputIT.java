package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is printed: plain text for a pipe, colours for a terminal that wants them, lines that fit. */
class OutputIT {
    private static Belay belay;
    private static Repository shop;
    private static String task;

    @BeforeAll
    static void a_task_has_ended() {
        belay = Belay.started();
        shop = belay.repository("output");
        task = belay.task(
                shop,
                new Script()
                        .write("a/rather/long/path/that/does/not/fit/a/narrow/terminal/at/all/file.txt", "1\n")
                        .bash("printf '\\033[31mred\\033[0m \\033]0;title\\007 \\033[2J end\\n'; echo "
                                + "word ".repeat(40) + "; false"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attach TASK",
                "logs TASK",
                "context list",
                "retry --list",
                "ps -a",
                "show TASK",
                "snapshots TASK",
                "diff TASK",
                "diff TASK --stat",
                "status",
                "help",
                "show t-nope",
                "rollback TASK s1 --dry-run",
                "revert TASK s1 --dry-run",
                "wait TASK",
                "doctor"
            })
    void a_pipe_gets_no_escape_codes(String words) {
        Result result = belay.run(words.replace("TASK", task).split(" "));

        assertThat(result.out() + result.err())
                .isNotBlank()
                .doesNotContain("\u001b")
                .doesNotContain("\r");
    }

    @Test
    void a_terminal_gets_colours_unless_it_wants_none() {
        assertThat(belay.with("TERM", "xterm").onTerminal(80, "ps").well().out())
                .contains("\u001b[");
        assertThat(belay.with("TERM", "xterm")
                        .with("NO_COLOR", "1")
                        .onTerminal(80, "ps")
                        .well()
                        .out())
                .contains("TASK")
                .doesNotContain("\u001b[3");
        assertThat(belay.with("TERM", "dumb").onTerminal(80, "ps").well().out()).doesNotContain("\u001b");
        assertThat(belay.with("TERM", "xterm")
                        .onTerminal(80, "ps", "--no-color")
                        .well()
                        .out())
                .doesNotContain("\u001b[3");
    }

    @Test
    void what_a_command_printed_cannot_act_on_the_terminal() {
        String seen = belay.with("TERM", "xterm")
                .onTerminal(100, "attach", task)
                .well()
                .out();

        assertThat(seen).contains("red").doesNotContain("\u001b[2J", "\u001b]0;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"attach TASK", "logs TASK", "ps -a", "snapshots TASK", "diff TASK --stat", "status"})
    void nothing_is_wider_than_a_narrow_terminal(String words) {
        String seen = belay.with("TERM", "xterm")
                .with("NO_COLOR", "1")
                .onTerminal(60, words.replace("TASK", task).split(" "))
                .well()
                .out();

        List<String> wide = seen.lines()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "").replace("\r", ""))
                .filter(line -> line.codePointCount(0, line.length()) > 60)
                .toList();
        assertThat(wide).isEmpty();
    }

    @Test
    void tables_are_not_ragged() {
        List<String> lines = belay.run("snapshots", task).well().out().lines().toList();
        int turn = lines.getFirst().indexOf("TURN");
        int tool = lines.getFirst().indexOf("TOOL");

        assertThat(lines).allSatisfy(line -> {
            assertThat(line.charAt(turn)).isNotEqualTo(' ');
            assertThat(line.charAt(turn - 1)).isEqualTo(' ');
            assertThat(line.charAt(tool)).isNotEqualTo(' ');
        });
    }

    @Test
    void no_line_ends_in_blanks() {
        for (String words : List.of(
                "ps -a", "snapshots TASK", "show TASK", "attach TASK", "logs TASK", "context list", "status", "help")) {
            assertThat(belay.run(words.replace("TASK", task).split(" ")).out().lines())
                    .as(words)
                    .noneMatch(line -> line.endsWith(" "));
        }
    }

    @Test
    void results_are_on_stdout_and_errors_are_on_stderr_and_both_for_machines() {
        Result people = belay.run("show", "t-nope").refused("E_NO_SUCH_TASK", 8);
        assertThat(people.out()).isEmpty();

        Result machines = belay.run("show", "t-nope", "--json").refused("E_NO_SUCH_TASK", 8);
        assertThat(machines.json().get("error").text("code")).isEqualTo("E_NO_SUCH_TASK");
        assertThat(machines.json().get("error").number("exit_code")).isEqualTo(8);
        assertThat(machines.json().get("error").text("next")).startsWith("belay ");
        assertThat(machines.json().get("error").text("work")).isNotBlank();
    }
}
