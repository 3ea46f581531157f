package dev.belay.policies.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.policies.language.PatternException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretPatternTest {
    @ParameterizedTest
    @CsvSource({
        "NPM_TOKEN to registry.example as $NPM_TOKEN, NPM_TOKEN to registry.example as $NPM_TOKEN",
        "A to Registry.Example.:443, A to registry.example:443",
        "A to *.example.com as $_x9, A to *.example.com as $_x9",
        "A to [0:0::1]:80-90, A to [::1]:80-90",
        "A to 192.0.2.1, A to 192.0.2.1",
    })
    void a_pattern_has_one_reading_which_is_read_again_as_the_same(String text, String plain) throws PatternException {
        SecretPattern pattern = SecretPattern.parse(text);

        assertThat(pattern).hasToString(plain);
        assertThat(SecretPattern.parse(plain)).isEqualTo(pattern);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A",
                "a to registry.example",
                "A registry.example",
                "A to *",
                "A to https://registry.example",
                "A to registry.example as NPM",
                "A to registry.example as $",
                "A to registry.example as $a-b",
                "A to registry.example as $A B",
                "A  to registry.example",
                "A to registry.example\n",
            })
    void what_is_no_pattern_is_refused_with_what_to_write(String text) {
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> SecretPattern.parse(text))
                .satisfies(refused -> {
                    assertThat(refused.fix()).isNotBlank();
                    assertThat(refused.at()).isBetween(0, text.length());
                });
    }

    @ParameterizedTest
    @CsvSource({
        "A to a.example, A to a.example:443 as $X, true",
        "A to a.example as $X, A to a.example as $Y, true",
        "A to *.example.com, A to a.example.com, true",
        "A to a.example:443, A to a.example, false",
        "A to a.example, B to a.example, false",
        "A to a.example.com, A to *.example.com, false",
    })
    void one_covers_another_by_its_name_and_hosts_and_not_by_its_variable(String one, String other, boolean covers)
            throws PatternException {
        assertThat(SecretPattern.parse(one).covers(SecretPattern.parse(other))).isEqualTo(covers);
    }
}
