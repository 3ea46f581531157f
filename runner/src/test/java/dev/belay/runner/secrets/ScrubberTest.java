package dev.belay.runner.secrets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubberTest {
    private static final String VALUE = "tok/en+Value&1234567";

    private static Scrubber of(String... values) {
        return Scrubber.of(Stream.of(values).map(SecretValue::new).toList());
    }

    private static String fed(Scrubbing scrubbing, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return new String(scrubbing.feed(bytes, bytes.length), ISO_8859_1);
    }

    private static String ended(Scrubbing scrubbing) {
        return new String(scrubbing.end(), ISO_8859_1);
    }

    @Test
    void a_value_is_overwritten_and_nothing_else() {
        assertThat(of(VALUE).scrub("<" + VALUE + "> and " + VALUE + "."))
                .isEqualTo("<" + "*".repeat(20) + "> and " + "*".repeat(20) + ".");
    }

    static Stream<String> spellings() {
        return Spellings.of(new SecretValue(VALUE)).stream().map(bytes -> new String(bytes, ISO_8859_1));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void every_spelling_is_overwritten(String spelling) {
        assertThat(of(VALUE).scrub("(" + spelling + ")")).isEqualTo("(" + "*".repeat(spelling.length()) + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "u", "us", "user", "a longer user"})
    void the_value_cannot_be_read_from_basic_credentials(String user) {
        String basic = Base64.getEncoder().encodeToString((user + ":" + VALUE).getBytes(UTF_8));

        String scrubbed = of(VALUE).scrub(basic);

        assertThat(scrubbed).hasSameSizeAs(basic);
        String left = scrubbed.replace("*", "").replace("=", "");
        // What is left is of the user, and of no more than the edges of the value.
        assertThat(left.length() * 6 / 8).isLessThanOrEqualTo(user.length() + 1 + 2);
    }

    @ParameterizedTest
    @CsvSource({
        "abcd|bcde, xabcdex, x*****x",
        "abcd|bc, abc bc abcd, a** ** ****",
        "abab, ababab, ******",
        "aaaa, aaaaaaa, *******",
        "abcdef|cd|efgh, abcdefgh cd, ******** **",
        "aXb|XbY, aXbY aXb XbY aX, **** *** *** aX",
        "ab|bc|cd|de, abcde, *****"
    })
    void overlapping_matches_are_all_overwritten(String values, String text, String scrubbed) {
        assertThat(of(values.split("\\|")).scrub(text)).isEqualTo(scrubbed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "tok", "TOK/EN+VALUE&1234567", "\ud83d\ude00 \ud83d"})
    void a_text_without_it_stays_what_it_is(String text) {
        assertThat(of(VALUE).scrub(text)).isSameAs(text);
    }

    @Test
    void a_text_may_be_of_any_alphabet() {
        assertThat(of("schl\u00fcssel").scrub("\u00fc schl\u00fcssel \u20ac")).isEqualTo("\u00fc ********** \u20ac");
        assertThat(of("schl\u00fcssel").scrubBytes("\u00fc schl\u00c3\u00bcssel"))
                .isEqualTo("\u00fc **********");
    }

    static IntStream cuts() {
        return IntStream.rangeClosed(0, VALUE.length() + 2);
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void a_value_is_found_wherever_a_stream_is_cut(int cut) {
        String text = "<" + VALUE + ">";
        Scrubbing scrubbing = of(VALUE).begin();

        String heard = fed(scrubbing, text.substring(0, cut)) + fed(scrubbing, text.substring(cut)) + ended(scrubbing);

        assertThat(heard).isEqualTo("<" + "*".repeat(20) + ">");
    }

    @Test
    void only_what_may_be_its_beginning_is_held_back() {
        Scrubbing scrubbing = of("secret").begin();

        assertThat(fed(scrubbing, "data: one\n\n")).isEqualTo("data: one\n\n");
        assertThat(fed(scrubbing, "data: se")).isEqualTo("data: ");
        assertThat(fed(scrubbing, "c")).isEmpty();
        assertThat(fed(scrubbing, "ond")).isEqualTo("second");
        assertThat(fed(scrubbing, "secre")).isEmpty();
        assertThat(fed(scrubbing, "t")).isEqualTo("******");
        assertThat(fed(scrubbing, "se")).isEmpty();
        assertThat(ended(scrubbing)).isEqualTo("se");
        assertThat(ended(scrubbing)).isEmpty();
    }

    @Test
    void what_is_overwritten_is_not_held_back_for_a_longer_one() {
        Scrubbing scrubbing = of("abcd", "abcdefgh").begin();

        assertThat(fed(scrubbing, "abcd")).isEqualTo("****");
        assertThat(fed(scrubbing, "ef")).isEmpty();
        assertThat(fed(scrubbing, "gh")).isEqualTo("****");
    }

    @Test
    void a_stream_begins_anew_after_its_end() {
        Scrubbing scrubbing = of("secret").begin();
        fed(scrubbing, "sec");
        ended(scrubbing);

        assertThat(fed(scrubbing, "ret secret")).isEqualTo("ret ******");
    }

    /** Against the plainest reading of what a scrubber does, in texts that are made of pieces of the values. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void it_overwrites_what_a_plain_search_finds(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            List<SecretValue> values = new ArrayList<>();
            String letters = round % 2 == 0 ? "ab" : "ab/+&\"\\ <'\u00e9*";
            for (int number = random.nextInt(4); number >= 0; number--) {
                values.add(new SecretValue(random(random, letters, 1 + random.nextInt(12))));
            }
            byte[] text = text(random, values, letters);

            byte[] scrubbed = inPieces(Scrubber.of(values), text, random);

            assertThat(new String(scrubbed, ISO_8859_1))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(new String(plainly(values, text), ISO_8859_1));
            assertThat(Scrubber.of(values).scrub(text)).isEqualTo(scrubbed);
        }
    }

    private static String random(Random random, String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < length; at++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static byte[] text(Random random, List<SecretValue> values, String letters) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int piece = 0; piece < 20; piece++) {
            List<byte[]> spellings = Spellings.of(values.get(random.nextInt(values.size())));
            if (spellings.isEmpty() || random.nextInt(3) == 0) {
                text.writeBytes(random(random, letters, random.nextInt(6)).getBytes(UTF_8));
            } else {
                byte[] spelling = spellings.get(random.nextInt(spellings.size()));
                int from = random.nextInt(3) == 0 ? random.nextInt(spelling.length) : 0;
                int to = random.nextInt(3) == 0 ? random.nextInt(spelling.length) : spelling.length;
                text.writeBytes(Arrays.copyOfRange(spelling, Math.min(from, to), Math.max(from, to)));
            }
        }
        return text.toByteArray();
    }

    private static byte[] inPieces(Scrubber scrubber, byte[] text, Random random) {
        Scrubbing scrubbing = scrubber.begin();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length) {
            int count = Math.min(random.nextInt(9), text.length - at);
            out.writeBytes(scrubbing.feed(Arrays.copyOfRange(text, at, at + count), count));
            at += count;
        }
        out.writeBytes(scrubbing.end());
        return out.toByteArray();
    }

    private static byte[] plainly(List<SecretValue> values, byte[] text) {
        byte[] masked = text.clone();
        for (SecretValue value : values) {
            for (byte[] spelling : Spellings.of(value)) {
                for (int at = 0; at + spelling.length <= text.length; at++) {
                    if (Arrays.equals(text, at, at + spelling.length, spelling, 0, spelling.length)) {
                        Arrays.fill(masked, at, at + spelling.length, (byte) '*');
                    }
                }
            }
        }
        return masked;
    }

    /** A byte leads at most one deeper, so what is gone back altogether is no more than what came. */
    @Test
    void each_byte_is_one_step() {
        List<byte[]> patterns = List.of("aaaaaaaaab".getBytes(UTF_8), "aab".getBytes(UTF_8), "ab".getBytes(UTF_8));
        Automaton automaton = new Automaton(patterns);
        Random random = new Random(5);
        int state = Automaton.START;
        for (int count = 0; count < 10_000; count++) {
            int next = automaton.next(state, (byte) (random.nextInt(12) == 0 ? 'b' : 'a'));
            assertThat(automaton.depth(next)).isLessThanOrEqualTo(automaton.depth(state) + 1);
            state = next;
        }
        assertThat(automaton.states()).isLessThanOrEqualTo(1 + 10 + 3 + 2);
    }

    @Test
    void no_more_is_held_than_the_longest_spelling() {
        String value = "a".repeat(1000) + "b";
        Scrubbing scrubbing = of(value).begin();
        int in = 0;
        int out = 0;
        for (int piece = 0; piece < 200; piece++) {
            byte[] letters = "a".repeat(97).getBytes(UTF_8);
            in += letters.length;
            out += scrubbing.feed(letters, letters.length).length;
            assertThat(in - out).isLessThanOrEqualTo(1000);
        }
        assertThat(scrubbing.end()).hasSize(in - out);
    }

    @Test
    void the_states_of_a_long_value_are_bounded_by_its_spellings() {
        String value = HexFormat.of().formatHex(new byte[4096]);
        List<byte[]> spellings = Spellings.of(new SecretValue(value));

        assertThat(new Automaton(spellings).states())
                .isLessThanOrEqualTo(
                        1 + spellings.stream().mapToInt(bytes -> bytes.length).sum())
                .isLessThan(20 * value.length());
    }

    @Test
    void one_is_shared_until_a_value_is_added() {
        SharedScrubber shared = new SharedScrubber();
        assertThat(shared.covering(List.of())).isSameAs(Scrubber.NONE);

        Scrubber one = shared.covering(List.of(new SecretValue("first-value")));
        assertThat(shared.covering(List.of(new SecretValue("first-value")))).isSameAs(one);

        Scrubber two = shared.covering(List.of(new SecretValue("first-value"), new SecretValue("second-value")));
        assertThat(two.scrub("first-value second-value")).isEqualTo("*********** ************");
        assertThat(shared.covering(List.of(new SecretValue("second-value")))).isSameAs(two);
    }

    @Test
    void what_was_a_secret_once_is_not_shown_later() {
        SharedScrubber shared = new SharedScrubber();
        shared.covering(List.of(new SecretValue("first-value")));

        assertThat(shared.covering(List.of(new SecretValue("second-value"))).scrub("first-value"))
                .isEqualTo("***********");
        assertThat(shared.covering(List.of()).scrub("first-value")).isEqualTo("***********");
    }

    @Test
    void nothing_is_looked_for_without_values() {
        assertThat(Scrubber.NONE.isEmpty()).isTrue();
        assertThat(Scrubber.of(List.of())).isSameAs(Scrubber.NONE);
        assertThat(Scrubber.NONE.scrub("text")).isEqualTo("text");
    }

    @Test
    void nothing_prints_a_value() {
        Scrubber scrubber = of(VALUE);
        assertThat(List.of(scrubber, scrubber.begin(), new SecretValue(VALUE), new SharedScrubber())
                        .toString())
                .doesNotContain(VALUE);
    }
}
