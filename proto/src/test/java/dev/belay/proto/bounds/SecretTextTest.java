package dev.belay.proto.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"A", "NPM_TOKEN", "A1", "X__", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKL"
            })
    void is_a_name(String name) {
        assertThat(SecretText.isName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "1A",
                "_A",
                "A-B",
                "A B",
                "A=B",
                "A\n",
                "Ä",
                "A/../B",
                "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM",
            })
    void is_no_name(String name) {
        assertThat(SecretText.isName(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345678", "with blanks in it", "~!@#$%^&*()_+{}|:\"<>?"})
    void is_a_value(String value) {
        assertThat(SecretText.fault(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1234567", " 12345678", "12345678 ", "1234\r\n5678", "1234\t5678", "pässwörter", "12345678\0"
            })
    void is_no_value_and_why_says_nothing_of_it(String value) {
        assertThat(SecretText.fault(value))
                .hasValueSatisfying(why -> assertThat(why).startsWith("it ").doesNotContain("1234"));
    }

    @Test
    void a_value_has_an_end() {
        assertThat(SecretText.fault("x".repeat(SecretText.LONGEST))).isEmpty();
        assertThat(SecretText.fault("x".repeat(SecretText.LONGEST + 1))).isPresent();
    }
}
