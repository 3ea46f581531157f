package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PushCommandsTest {
    private static final String MAIN = "refs/heads/main";
    private static final String FLUSH = PushBody.FLUSH;
    private static final String FIRST = PushBody.line(PushBody.command(MAIN) + "\0report-status");

    /** One byte at a time, as the worst of networks would. */
    private static BodyReader dripping(String body) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(PushBody.bytes(body));
        return (into, most) -> bytes.read(into, 0, Math.min(1, most));
    }

    private static PushCommands read(String body) throws IOException {
        return PushCommands.read(new PktLines(dripping(body), PushCommands.MOST_BYTES));
    }

    private static Arguments good(String name, String body, String... refs) {
        return Arguments.of(name, body, List.of(refs));
    }

    static Stream<Arguments> good() {
        String longer = "3".repeat(64);
        String[] thousand = IntStream.range(0, PushCommands.MOST)
                .mapToObj(number -> "refs/heads/" + number)
                .toArray(String[]::new);
        return Stream.of(
                good("one", PushBody.of(MAIN), MAIN),
                good("one alone", FIRST + FLUSH, MAIN),
                good("two", PushBody.of(MAIN, "refs/tags/v1"), MAIN, "refs/tags/v1"),
                good("one twice", PushBody.of(MAIN, MAIN), MAIN),
                good("a thousand", PushBody.of(thousand), thousand),
                good("no capabilities", PushBody.line(PushBody.command(MAIN)) + FLUSH, MAIN),
                good("empty capabilities", PushBody.with("", MAIN), MAIN),
                good("a line feed", PushBody.line(PushBody.command(MAIN) + "\0 atomic\n") + FLUSH, MAIN),
                good(
                        "a line feed later",
                        FIRST + PushBody.line(PushBody.command("refs/heads/b") + "\n") + FLUSH,
                        MAIN,
                        "refs/heads/b"),
                good("a new ref", PushBody.line(PushBody.NONE + " " + PushBody.NEW + " " + MAIN) + FLUSH, MAIN),
                good("a ref less", PushBody.line(PushBody.OLD + " " + PushBody.NONE + " " + MAIN) + FLUSH, MAIN),
                good("a longer hash", PushBody.line(longer + " " + longer + " " + MAIN) + FLUSH, MAIN),
                good(
                        "a length in capitals",
                        FIRST.toUpperCase(java.util.Locale.ROOT).substring(0, 4) + FIRST.substring(4) + FLUSH,
                        MAIN),
                good("shallow", PushBody.line("shallow " + PushBody.OLD) + FIRST + FLUSH, MAIN),
                good("much follows", FIRST + FLUSH + "x".repeat(3 << 20), MAIN),
                good("other commands follow", FIRST + FLUSH + PushBody.of("refs/heads/b"), MAIN),
                good("a name in bytes", PushBody.of("refs/heads/\u00c3\u0085\u00c3"), "refs/heads/\u00c3\u0085\u00c3"),
                good("marks", PushBody.of("refs/for/main%submit,r=a@b.c"), "refs/for/main%submit,r=a@b.c"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void every_ref_is_read(String name, String body, List<String> refs) throws Exception {
        assertThat(read(body).refs()).as(name).isEqualTo(refs);
    }

    static Stream<Arguments> bad() {
        String own = PushBody.line(PushBody.command("refs/heads/belay/t-1/x") + "\0report-status");
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("half a length", "00"),
                Arguments.of("no length", "hello, world"),
                Arguments.of("a signed length", "-001" + FLUSH),
                Arguments.of("a length with a space", " 067" + FIRST.substring(4) + FLUSH),
                Arguments.of("a length with a mark", "0x67" + FIRST.substring(4) + FLUSH),
                Arguments.of("a length in wide digits", "\u00b2067" + FIRST.substring(4) + FLUSH),
                Arguments.of("a delimiter", "0001" + FIRST + FLUSH),
                Arguments.of("a delimiter later", FIRST + "0001" + FIRST + FLUSH),
                Arguments.of("the end of a response", FIRST + "0002" + FLUSH),
                Arguments.of("a length of three", FIRST + "0003" + FLUSH),
                Arguments.of("an empty line", FIRST + "0004" + FLUSH),
                Arguments.of("a line of one line feed", FIRST + "0005\n" + FLUSH),
                Arguments.of("a line longer than any", "fff1" + "x".repeat(70_000)),
                Arguments.of("a longest line of nonsense", "fff0" + "x".repeat(70_000)),
                Arguments.of("no end", FIRST),
                Arguments.of("a line that is cut", FIRST.substring(0, 60)),
                Arguments.of("a flush that is cut", FIRST + "000"),
                Arguments.of("something after the probe", FLUSH + "x"),
                Arguments.of("a command after the probe", FLUSH + FIRST + FLUSH),
                Arguments.of("the probe twice", FLUSH + FLUSH),
                Arguments.of("a pack alone", PushBody.PACK),
                Arguments.of("shallow alone", PushBody.line("shallow " + PushBody.OLD) + FLUSH),
                Arguments.of("shallow later", own + PushBody.line("shallow " + PushBody.OLD) + FLUSH),
                Arguments.of("shallow without a hash", PushBody.line("shallow x") + FIRST + FLUSH),
                Arguments.of("shallow and more", PushBody.line("shallow " + PushBody.OLD + " x") + FIRST + FLUSH),
                Arguments.of("unshallow", PushBody.line("unshallow " + PushBody.OLD) + FIRST + FLUSH),
                Arguments.of("a want", PushBody.line("want " + PushBody.OLD) + FLUSH),
                Arguments.of("a command of version 2", PushBody.line("command=ls-refs") + FLUSH),
                Arguments.of("an error", PushBody.line("ERR no") + FIRST + FLUSH),
                Arguments.of("a certificate", PushBody.line("push-cert\0report-status") + FIRST + FLUSH),
                Arguments.of("a certificate later", own + PushBody.line("push-cert") + FIRST + FLUSH),
                Arguments.of("no hash", PushBody.line("x y " + MAIN) + FLUSH),
                Arguments.of("one hash", PushBody.line(PushBody.OLD + " " + MAIN) + FLUSH),
                Arguments.of("a short hash", PushBody.line("1".repeat(39) + " " + PushBody.NEW + " " + MAIN) + FLUSH),
                Arguments.of(
                        "hashes of two kinds", PushBody.line(PushBody.OLD + " " + "2".repeat(64) + " " + MAIN) + FLUSH),
                Arguments.of("two spaces", PushBody.line(PushBody.OLD + "  " + PushBody.NEW + " " + MAIN) + FLUSH),
                Arguments.of("a tab", PushBody.line(PushBody.OLD + "\t" + PushBody.NEW + " " + MAIN) + FLUSH),
                Arguments.of("a space before", PushBody.line(" " + PushBody.command(MAIN)) + FLUSH),
                Arguments.of("no ref", PushBody.line(PushBody.OLD + " " + PushBody.NEW + " ") + FLUSH),
                Arguments.of("a hidden ref", own + PushBody.line(PushBody.command("refs/heads/b\0" + MAIN)) + FLUSH),
                Arguments.of("two capabilities", PushBody.line(PushBody.command(MAIN) + "\0a\0push-options") + FLUSH),
                Arguments.of("a tab in them", PushBody.line(PushBody.command(MAIN) + "\0a\tpush-options") + FLUSH),
                Arguments.of("a line feed in them", PushBody.line(PushBody.command(MAIN) + "\0a\nb") + FLUSH),
                Arguments.of("two line feeds", PushBody.line(PushBody.command(MAIN) + "\n\n") + FLUSH),
                Arguments.of("carriage return", PushBody.line(PushBody.command(MAIN) + "\r\n") + FLUSH),
                Arguments.of(
                        "too many",
                        PushBody.of(IntStream.rangeClosed(0, PushCommands.MOST)
                                .mapToObj(number -> "refs/heads/" + number)
                                .toArray(String[]::new))),
                Arguments.of(
                        "too much", PushBody.line("shallow " + PushBody.OLD).repeat(30_000) + FIRST + FLUSH),
                Arguments.of("gzip that nobody spoke of", PushBody.gzip(PushBody.of(MAIN))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void what_could_be_read_in_two_ways_is_not_read(String name, String body) {
        assertThatThrownBy(() -> read(body)).as(name).isInstanceOf(BadPushException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEAD",
                "main",
                "refs",
                "refs/",
                "/refs/heads/main",
                "REFS/heads/main",
                "refs/heads/",
                "refs//heads/main",
                "refs/heads/belay/t-1/../../main",
                "refs/heads/belay/t-1/..",
                "refs/heads/./main",
                "refs/heads/.main",
                "refs/heads/main.",
                "refs/heads/main.lock",
                "refs/heads/main.lock/x",
                "refs/heads/main@{1}",
                "refs/heads/ma in",
                "refs/heads/ma\tin",
                "refs/heads/main\u007f",
                "refs/heads/ma\nin",
                "refs/heads/main~1",
                "refs/heads/main^",
                "refs/heads/main:x",
                "refs/heads/mai?",
                "refs/heads/*",
                "refs/heads/mai[n]",
                "refs/heads\\main"
            })
    void what_git_takes_for_no_ref_is_none(String ref) {
        assertThatThrownBy(() -> read(PushBody.of(ref)))
                .isInstanceOf(BadPushException.class)
                .hasMessage("a name in it is not that of a branch, a tag or another ref");
    }

    @Test
    void a_ref_is_bounded() throws Exception {
        String longest = "refs/" + "x/".repeat(2045) + "x";

        assertThat(read(PushBody.of(longest)).refs()).containsExactly(longest);
        assertThatThrownBy(() -> read(PushBody.of(longest + "x"))).isInstanceOf(BadPushException.class);
    }

    @Test
    void the_probe_has_no_command() throws Exception {
        assertThat(read(FLUSH).commands()).isEmpty();
    }

    @Test
    void capabilities_are_known_by_their_names() throws Exception {
        PushCommands commands = read(PushBody.with(" report-status push-options=x agent=y atomic", MAIN));

        assertThat(commands.capabilities()).contains("report-status", "push-options", "agent", "atomic");
        assertThat(commands.hasOptions()).isTrue();
        assertThat(read(PushBody.with("report-status no-push-options", MAIN)).hasOptions())
                .isFalse();
    }

    @Test
    void what_the_client_spoke_is_known_when_a_later_line_is_bad() {
        assertThatThrownBy(() -> read(FIRST + "0004" + FLUSH))
                .isInstanceOfSatisfying(
                        BadPushException.class,
                        bad -> assertThat(bad.capabilities()).containsExactly("report-status"));
        assertThatThrownBy(() -> read(PushBody.line("push-cert\0report-status") + FLUSH))
                .isInstanceOfSatisfying(
                        BadPushException.class,
                        bad -> assertThat(bad.capabilities()).containsExactly("report-status"));
    }

    @Test
    void what_was_read_is_read_again_to_the_last_byte() throws Exception {
        String body = PushBody.of(MAIN) + "x".repeat(100_000);
        for (String sent : List.of(body, PushBody.gzip(body))) {
            ByteArrayInputStream bytes = new ByteArrayInputStream(PushBody.bytes(sent));
            RecordedBody recorded = new RecordedBody((into, most) -> bytes.read(into, 0, most), 1 << 20);
            try (GunzippedBody gunzipped = new GunzippedBody(recorded)) {
                PushCommands.read(new PktLines(sent.equals(body) ? recorded : gunzipped, 1 << 20));
            }

            assertThat(all(recorded.again())).isEqualTo(sent);
        }
    }

    @Test
    void gzip_is_read_as_what_it_holds() throws Exception {
        try (GunzippedBody gunzipped = new GunzippedBody(dripping(PushBody.gzip(PushBody.of(MAIN))))) {
            assertThat(all(gunzipped)).isEqualTo(PushBody.of(MAIN));
        }
    }

    static Stream<Arguments> badGzip() {
        String whole = PushBody.gzip(PushBody.of(MAIN));
        String half = PushBody.gzip(FIRST);
        return Stream.of(
                Arguments.of("none", PushBody.of(MAIN)),
                Arguments.of("a cut header", whole.substring(0, 5)),
                Arguments.of("a cut body", whole.substring(0, 30)),
                Arguments.of("a name in the header", whole.substring(0, 3) + "\10" + whole.substring(4)),
                Arguments.of("another method", whole.substring(0, 2) + "\7" + whole.substring(3)),
                Arguments.of("broken", whole.substring(0, 10) + "\u00ff".repeat(50)),
                Arguments.of("zlib", "x\u009c" + whole.substring(10)),
                Arguments.of("two members", half + PushBody.gzip(FLUSH)),
                Arguments.of("a member and plain text", half + FLUSH),
                Arguments.of(
                        "a bomb",
                        PushBody.gzip(PushBody.line("shallow " + PushBody.OLD).repeat(100_000))),
                Arguments.of("blocks of nothing", whole.substring(0, 10) + "\0\0\0\u00ff\u00ff".repeat(300_000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badGzip")
    void gzip_that_not_everybody_reads_alike_is_not_read(String name, String body) {
        RecordedBody recorded = new RecordedBody(dripping(body), PushCommands.MOST_BYTES);
        try (GunzippedBody gunzipped = new GunzippedBody(recorded)) {
            assertThatThrownBy(() -> PushCommands.read(new PktLines(gunzipped, PushCommands.MOST_BYTES)))
                    .as(name)
                    .isInstanceOf(BadPushException.class);
        }
    }

    @Test
    void a_ref_is_shown_in_plain_text() {
        assertThat(PushCommands.shown("refs/heads/a\u001b[2J\u00c3\u00a4\u00e2\u0080\u00ae"))
                .isEqualTo("refs/heads/a?[2J\u00e4?");
        assertThat(PushCommands.shown("refs/" + "x".repeat(4000))).hasSize(101);
    }

    private static String all(BodyReader body) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[1000];
        for (int count = body.read(piece, piece.length); count >= 0; count = body.read(piece, piece.length)) {
            all.writeBytes(Arrays.copyOf(piece, count));
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }
}
