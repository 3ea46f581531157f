package dev.belay.runner.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingsTest {
    /** Of everything that some encoder changes. */
    private static final String VALUE = "a\"b\\c/d&e<f>g'h i+j=k~l\u00e9\nm%n";

    private static Set<String> spellings(String value) {
        Set<String> spellings = new HashSet<>();
        Spellings.of(new SecretValue(value)).forEach(bytes -> spellings.add(new String(bytes, StandardCharsets.UTF_8)));
        return spellings;
    }

    static Stream<Arguments> spelt() {
        return Stream.of(
                Arguments.of("as it is", VALUE),
                Arguments.of("JSON", "a\\\"b\\\\c/d&e<f>g'h i+j=k~l\u00e9\\nm%n"),
                Arguments.of("JSON with slashes", "a\\\"b\\\\c\\/d&e<f>g'h i+j=k~l\u00e9\\nm%n"),
                Arguments.of("JSON in ASCII", "a\\\"b\\\\c/d&e<f>g'h i+j=k~l\\u00e9\\nm%n"),
                Arguments.of("JSON in ASCII and capitals", "a\\\"b\\\\c/d&e<f>g'h i+j=k~l\\u00E9\\nm%n"),
                Arguments.of("JSON in ASCII with slashes", "a\\\"b\\\\c\\/d&e<f>g'h i+j=k~l\\u00e9\\nm%n"),
                Arguments.of("JSON for pages", "a\\\"b\\\\c/d\\u0026e\\u003cf\\u003eg'h i+j=k~l\u00e9\\nm%n"),
                Arguments.of(
                        "stricter JSON for pages",
                        "a\\\"b\\\\c/d\\u0026e\\u003cf\\u003eg\\u0027h i+j\\u003dk~l\u00e9\\nm%n"),
                Arguments.of("percent", "a%22b%5Cc%2Fd%26e%3Cf%3Eg%27h%20i%2Bj%3Dk~l%C3%A9%0Am%25n"),
                Arguments.of("lower percent", "a%22b%5cc%2fd%26e%3cf%3eg%27h%20i%2bj%3dk~l%c3%a9%0am%25n"),
                Arguments.of("percent with a plus", "a%22b%5Cc%2Fd%26e%3Cf%3Eg%27h+i%2Bj%3Dk~l%C3%A9%0Am%25n"),
                Arguments.of("a form", URLEncoder.encode(VALUE, StandardCharsets.UTF_8)),
                Arguments.of("a component", "a%22b%5Cc%2Fd%26e%3Cf%3Eg'h%20i%2Bj%3Dk~l%C3%A9%0Am%25n"),
                Arguments.of("a path", "a%22b%5Cc/d%26e%3Cf%3Eg%27h%20i%2Bj%3Dk~l%C3%A9%0Am%25n"),
                Arguments.of("a whole address", "a%22b%5Cc/d&e%3Cf%3Eg'h%20i+j=k~l%C3%A9%0Am%25n"),
                Arguments.of("HTML", "a&quot;b\\c/d&amp;e&lt;f&gt;g&#39;h i+j=k~l\u00e9\nm%n"),
                Arguments.of("HTML between tags", "a\"b\\c/d&amp;e&lt;f&gt;g'h i+j=k~l\u00e9\nm%n"),
                Arguments.of("HTML in numbers", "a&#34;b\\c/d&amp;e&lt;f&gt;g&#39;h i+j=k~l\u00e9\nm%n"),
                Arguments.of("HTML with plus", "a&#34;b\\c/d&amp;e&lt;f&gt;g&#39;h i&#43;j=k~l\u00e9\nm%n"),
                Arguments.of("HTML of old", "a&quot;b\\c/d&amp;e&lt;f&gt;g&#039;h i+j=k~l\u00e9\nm%n"),
                Arguments.of("HTML with slashes", "a&quot;b\\c&#x2F;d&amp;e&lt;f&gt;g&#x27;h i+j=k~l\u00e9\nm%n"),
                Arguments.of("XML", "a&quot;b\\c/d&amp;e&lt;f&gt;g&apos;h i+j=k~l\u00e9\nm%n"),
                Arguments.of("hex", "6122625c632f6426653c663e67276820692b6a3d6b7e6cc3a90a6d256e"),
                Arguments.of("HEX", "6122625C632F6426653C663E67276820692B6A3D6B7E6CC3A90A6D256E"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spelt")
    void a_value_is_known_in_every_spelling(String name, String spelling) {
        assertThat(spellings(VALUE)).contains(spelling);
    }

    static Stream<Arguments> surroundings() {
        return IntStream.range(0, 7)
                .boxed()
                .flatMap(before -> IntStream.range(0, 4).mapToObj(after -> Arguments.of(before, after)));
    }

    /** Whatever stands around it, all but the edges is one of its spellings. */
    @ParameterizedTest
    @MethodSource("surroundings")
    void base64_is_known_at_every_distance(int before, int after) {
        String value = "\u00ff\u00fe?>tok/en+123";
        String text = "u".repeat(before) + value + "!".repeat(after);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int own = value.getBytes(StandardCharsets.UTF_8).length * 8 / 6 - 2;

        for (Base64.Encoder encoder : List.of(
                Base64.getEncoder(), Base64.getUrlEncoder(), Base64.getEncoder().withoutPadding())) {
            String encoded = encoder.encodeToString(bytes);
            assertThat(spellings(value)).anyMatch(spelling -> spelling.length() >= own && encoded.contains(spelling));
        }
        assertThat(spellings(value))
                .anyMatch(spelling -> Base64.getEncoder()
                        .encodeToString(bytes)
                        .replace("+", "%2B")
                        .replace("/", "%2F")
                        .contains(spelling));
    }

    @Test
    void a_short_value_has_no_base64_of_its_own() {
        // Of five bytes at most six letters are its own.
        assertThat(spellings("abcde")).containsExactlyInAnyOrder("abcde", "6162636465");
        assertThat(spellings("abcdef")).contains("YWJjZGVm");
    }

    @Test
    void blanks_at_its_ends_may_be_lost() {
        assertThat(spellings(" token\n")).contains(" token\n", "token", "746f6b656e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "plain-token_1234567890", VALUE})
    void no_spelling_is_empty_or_said_twice(String value) {
        List<byte[]> spellings = Spellings.of(new SecretValue(value));

        assertThat(spellings).allMatch(bytes -> bytes.length > 0);
        assertThat(spellings.stream().map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)))
                .doesNotHaveDuplicates();
    }

    @Test
    void an_empty_value_is_nowhere() {
        assertThat(Spellings.of(new SecretValue(""))).isEmpty();
    }

    /** So that what looks for them stays small: most tokens are letters and digits. */
    @Test
    void a_plain_token_has_few_spellings() {
        assertThat(Spellings.of(new SecretValue("npm_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789")))
                .hasSizeLessThan(8);
    }
}
