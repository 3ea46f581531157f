package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlainTextTest {
    private static final boolean FULL = Boolean.getBoolean("belay.full");

    static Stream<Arguments> outputs() {
        return Stream.of(
                arguments("plain é 日本 🙂\n\tx", "plain é 日本 🙂\n\tx"),
                arguments("\033[1;31mred\033[0m", "red"),
                arguments("\033[38;2;1;2;3mx\033[K", "x"),
                arguments("a\033]0;title\007b", "ab"),
                arguments("a\033]52;c;c2VjcmV0\007b", "ab"),
                arguments("a\033]52;c;c2VjcmV0\033\\b", "ab"),
                arguments("\033]8;;http://evil\033\\link\033]8;;\033\\", "link"),
                arguments("\u009b31mred", "red"),
                arguments("\u009d52;c;xx\u009cend", "end"),
                arguments("\033P+q\033\\x\033_apc\033\\y\033^pm\033\\z", "xyz"),
                arguments("\033(B\033)0\0337\0338\033cx", "x"),
                arguments("open\033]52;never ends", "open52;never ends"),
                arguments("open\033]52;one line\nnext", "open52;one line\nnext"),
                arguments("end\033", "end"),
                arguments("end\033[", "end"),
                arguments("\033[31\nx", "\nx"),
                arguments("10%\r20%\r\ndone\r", "10%\n20%\ndone\n"),
                arguments("a\bb\0c\007d\177e\013", "abcde"),
                arguments("ab\u202ecod\u202c", "ab\\u202ecod\\u202c"),
                arguments("\u2066x\u2069\u200e\u061c", "\\u2066x\\u2069\\u200e\\u061c"),
                arguments("hi\udb40\udc41there", "hi\\U000e0041there"),
                arguments("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
                arguments("lone\ud800", "lone\ufffd"));
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void output_loses_what_would_drive_a_terminal_and_shows_what_would_hide(String raw, String plain) {
        assertThat(PlainText.strip(raw)).isEqualTo(plain);
    }

    @Test
    void no_output_whatever_leaves_a_character_that_a_terminal_acts_on() {
        Random random = new Random(42);
        String alphabet = "\033[]PX^_\\0;mA\007\u009b\u009c\u009d\n\r\t\b é\u202e\u0090";
        for (int round = 0; round < (FULL ? 2_000_000 : 20_000); round++) {
            StringBuilder raw = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                raw.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(PlainText.strip(raw.toString()).codePoints().filter(point -> point != '\n'))
                    .as(raw.toString())
                    .noneMatch(PlainText::hidden);
        }
    }

    @Test
    void a_summary_is_one_short_line() {
        assertThat(PlainText.line("  make \n\t test \033[31m && x", 120)).isEqualTo("make test && x");
        assertThat(PlainText.line("x".repeat(500), 120)).hasSize(120).endsWith("…");
        assertThat(PlainText.line("🙂".repeat(200), 120).length()).isLessThanOrEqualTo(120);
    }

    static Stream<Arguments> names() {
        return Stream.of(
                arguments(bytes("a/b c.txt"), "a/b c.txt"),
                arguments(bytes("日本"), "日本"),
                arguments(bytes("new\nline"), "\"new\\nline\""),
                arguments(bytes("quo\"te\\"), "\"quo\\\"te\\\\\""),
                arguments(new byte[] {'c', (byte) 0xe9}, "\"c\\351\""),
                arguments(new byte[] {(byte) 0xed, (byte) 0xb2, (byte) 0x80}, "\"\\355\\262\\200\""),
                arguments(bytes("r\u202etl"), "\"r\\342\\200\\256tl\""),
                arguments(bytes("\033[31m"), "\"\\033[31m\""));
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_name_survives_decoding_and_display(byte[] name, String display) throws Exception {
        String path = SandboxPath.decode(name);

        assertThat(SandboxPath.encode(path)).isEqualTo(name);
        assertThat(SandboxPath.display(path)).isEqualTo(display);
        assertThat(SandboxPath.encode(SandboxPath.parse(display))).isEqualTo(name);
    }

    @Test
    void any_bytes_survive_as_a_name() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < (FULL ? 500_000 : 5_000); round++) {
            byte[] name = new byte[1 + random.nextInt(12)];
            for (int i = 0; i < name.length; i++) {
                name[i] = (byte) (1 + random.nextInt(255));
            }
            assertThat(SandboxPath.encode(SandboxPath.decode(name))).isEqualTo(name);
            assertThat(SandboxPath.encode(SandboxPath.parse(SandboxPath.display(SandboxPath.decode(name)))))
                    .isEqualTo(name);
        }
    }

    static Stream<Arguments> paths() {
        return Stream.of(
                arguments("a.txt", "/workspace/a.txt"),
                arguments("./a//b/../c", "/workspace/a/c"),
                arguments("../../../etc/passwd", "/etc/passwd"),
                arguments("/workspace/../tmp/x", "/tmp/x"),
                arguments("/", "/"),
                arguments(".", "/workspace"));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void a_path_is_resolved_below_the_project(String given, String resolved) {
        assertThat(SandboxPath.resolve("/workspace", given)).isEqualTo(resolved);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
