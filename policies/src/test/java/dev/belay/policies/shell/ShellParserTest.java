package dev.belay.policies.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.shell.ShellParse.Parsed;
import dev.belay.policies.shell.ShellParse.Unparsable;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ShellParserTest {
    private static final String CHARACTERS = "\"'`$(){}[]<>|&;#\\!*?=~ \n\tab1@E-+:/\r";

    @TestFactory
    Stream<DynamicTest> each_line_holds_the_commands_beside_it() throws Exception {
        try (InputStream table = Objects.requireNonNull(ShellParserTest.class.getResourceAsStream("lines.txt"))) {
            List<String> cases = new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(" => ") && !line.startsWith("# A line"))
                    .toList();
            return cases.stream()
                    .map(line -> DynamicTest.dynamicTest(line, () -> {
                        int arrow = line.lastIndexOf(" => ");
                        assertThat(shown(ShellParser.parse(unescaped(line.substring(0, arrow)))))
                                .isEqualTo(unescaped(line.substring(arrow + 4)));
                    }));
        }
    }

    private static String unescaped(String line) {
        return line.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r");
    }

    private static String shown(ShellParse parse) {
        return switch (parse) {
            case Unparsable _ -> "!";
            case Parsed parsed ->
                parsed.commands().stream().map(ShellParserTest::shown).collect(Collectors.joining(" ;; "));
        };
    }

    private static String shown(ShellCommand command) {
        return command.words().isEmpty()
                ? "--"
                : command.words().stream()
                        .map(word -> word.literal().orElse("<>"))
                        .collect(Collectors.joining(" | "));
    }

    @Test
    void a_here_document_is_known_where_nothing_in_it_is_expanded() {
        assertThat(redirect("a <<E\nb \\$c\nE"))
                .isEqualTo(new Redirect("<<", new Word("E", Optional.of("E")), Optional.of("b $c\n")));
        assertThat(redirect("a <<-'E'\n\t$b\n\tE").text()).contains("$b\n");
        assertThat(redirect("a <<E\n$b\nE").text()).isEmpty();
        assertThat(redirect("a <<< 'b c'").text()).contains("b c\n");
    }

    private static Redirect redirect(String line) {
        return ((Parsed) ShellParser.parse(line))
                .commands()
                .getFirst()
                .redirects()
                .getFirst();
    }

    @Test
    void assignments_redirections_functions_and_the_text_are_told() {
        Parsed parsed = (Parsed) ShellParser.parse("f() { :; }; X=1 Y[2]=b make -j2 2>> log # all");

        ShellCommand command = parsed.commands().getLast();
        assertThat(parsed.functions()).containsExactly("f");
        assertThat(command.raw()).isEqualTo("X=1 Y[2]=b make -j2 2>> log");
        assertThat(command.assignments())
                .extracting(ShellCommand.Assignment::name)
                .containsExactly("X", "Y");
        assertThat(command.redirects()).extracting(Redirect::operator).containsExactly(">>");
    }

    @Test
    void what_is_too_long_too_deep_or_no_text_is_not_parsable() {
        assertThat(List.of(
                        "a".repeat(10_001),
                        "(".repeat(9_000),
                        "$(".repeat(51) + ")".repeat(51),
                        "a \"".repeat(3_333),
                        "${x:-".repeat(1_000),
                        "if ".repeat(3_000),
                        "[[ " + "( ".repeat(4_000),
                        "a \0",
                        "a \u0001",
                        "a \ud800"))
                .allSatisfy(line -> assertThat(ShellParser.parse(line)).isInstanceOf(Unparsable.class));
    }

    @Test
    void random_text_is_answered_at_once() {
        Random random = new Random(7);
        long begin = System.nanoTime();
        for (int i = 0; i < 40_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int length = random.nextInt(i % 400 == 0 ? 10_000 : 40); length > 0; length--) {
                line.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            assertThat(ShellParser.parse(line.toString())).isNotNull();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    }
}
