package dev.belay.policies.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneWordTest {
    /** Of what a shell means something by, at every place of a word. */
    private static final List<String> TEXTS = texts();

    private static List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(
                "", "'", "''", "it's", "a b", " a", "a ", "a\nb", "\n", "\\", "\\'", "$HOME", "$(id)", "`id`", "*", "~",
                "~root", "-", "-n", "a=b", "#a", "!", "!!", "{a,b}", "[a]", "a;b", "a&b", "a|b", "<a", ">a", "(a)",
                "\"a\"", "é", "\u202e", "if", "100%"));
        IntStream.range(1, 128)
                .mapToObj(Character::toString)
                .forEach(c -> texts.addAll(List.of(c, c + "a", "a" + c, "a" + c + "b", c + c)));
        return texts;
    }

    @Test
    void a_shell_reads_the_text_again_as_one_word() throws Exception {
        StringBuilder plainest = new StringBuilder("printf '%s\\0'");
        StringBuilder quoted = new StringBuilder(plainest);
        for (String text : TEXTS) {
            plainest.append(' ').append(OneWord.of(text));
            quoted.append(' ').append(OneWord.quoted(text));
        }

        assertThat(read(plainest.toString())).isEqualTo(TEXTS);
        assertThat(read(quoted.toString())).isEqualTo(TEXTS);
    }

    private static List<String> read(String line) throws Exception {
        Process shell = new ProcessBuilder("/bin/sh").redirectErrorStream(true).start();
        try (Writer to = shell.outputWriter(StandardCharsets.UTF_8)) {
            to.write(line + "\n");
        }
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
        return List.of(said.split("\0", -1))
                .subList(0, (int) said.chars().filter(c -> c == 0).count());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "src/a.c,src/a.c",
                "a b,'a b'",
                "it's,'it'\\''s'",
                "\"\",''",
                "$(id),'$(id)'",
                "é,'é'",
                "A=b:c@d%e+f,A=b:c@d%e+f",
            })
    void only_what_needs_quotes_has_them(String text, String word) {
        assertThat(OneWord.of(text)).isEqualTo(word);
    }
}
