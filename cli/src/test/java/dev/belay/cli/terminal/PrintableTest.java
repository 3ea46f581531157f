package dev.belay.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @CsvSource({
        "'\u001b[2J\u001b[1;1H', '\\e[2J\\e[1;1H'",
        "'\u001b]0;title\u0007', '\\e]0;title\\x07'",
        "'\u001b]8;;http://x\u001b\\link', '\\e]8;;http://x\\e\\link'",
        "'a\u009b31mb', 'a\\x9b31mb'",
        "'over\rwritten', 'over\\rwritten'",
        "'two\nlines', 'two\\nlines'",
        "'back\b\bspace', 'back\\x08\\x08space'",
        "'user\u202etxt.exe', 'user\\u{202e}txt.exe'",
        "'\u2066isolate\u2069', '\\u{2066}isolate\\u{2069}'",
        "'zero\u200bwidth', 'zero\\u{200b}width'",
        "'\ufeffbom', '\\u{feff}bom'",
        "'lone\ud800', 'lone\\u{d800}'",
        "'Grüße 日本 🎉', 'Grüße 日本 🎉'",
    })
    void what_could_act_on_the_terminal_is_shown_instead(String hostile, String shown) {
        assertThat(Printable.line(hostile)).isEqualTo(shown);
    }

    @Test
    void a_tag_character_cannot_hide_text() {
        assertThat(Printable.line("a" + Character.toString(0xe0041))).isEqualTo("a\\u{e0041}");
    }

    @ParameterizedTest
    @CsvSource({"abc,3", "日本,4", "é,1", "e\u0301,1", "🎉,2"})
    void columns_are_those_of_a_terminal(String text, int columns) {
        assertThat(Printable.columns(text)).isEqualTo(columns);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 11, 12})
    void what_is_cut_fits_and_says_that_it_was_cut(int width) {
        Line line = new Line().add("abc").bold("日本語").dim("xyz").fit(width);

        assertThat(line.columns()).isLessThanOrEqualTo(width);
        if (width < 12) {
            assertThat(line.toString()).endsWith("…");
        } else {
            assertThat(line.toString()).isEqualTo("abc日本語xyz");
        }
    }

    @Test
    void colour_never_comes_from_the_text() {
        String rendered = new Line().add(Line.Look.RED, "a\u001b[32mb").render(true);

        assertThat(rendered).isEqualTo("\u001b[31ma\\e[32mb\u001b[0m");
    }

    @Test
    void a_commands_output_keeps_its_lines_and_loses_its_power_wherever_it_is_cut() {
        byte[] bytes = "Grüße\r\n\u001b[2Jtab\there 🎉\rend\n".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            try (TerminalOutput out = new TerminalOutput(new PrintStream(shown, true, StandardCharsets.UTF_8))) {
                out.write(bytes, 0, cut);
                out.write(bytes, cut, bytes.length - cut);
            }
            assertThat(shown.toString(StandardCharsets.UTF_8))
                    .as("cut after %s bytes", cut)
                    .isEqualTo("Grüße\n\\e[2Jtab\there 🎉\\rend\n");
        }
    }
}
