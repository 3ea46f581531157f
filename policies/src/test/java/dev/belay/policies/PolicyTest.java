package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    @ParameterizedTest
    @CsvSource({"example.com,443", "localhost,80", "169.254.169.254,80", "'',0", "evil.com\u0000.ok.com,1"})
    void an_empty_list_allows_no_host_whatever_it_is_called(String host, int port) {
        Verdict verdict = Policy.standard().network(host, port);

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
            assertThat(denied.layer()).isEqualTo("gateway");
            assertThat(denied.rule()).isNotBlank();
            assertThat(denied.instead()).isNotBlank();
        });
    }

    @ParameterizedTest
    @CsvSource({"full,true", "approve,true", "Full,false", "yolo,false", "'',false"})
    void a_mode_is_named_by_its_exact_word(String word, boolean exists) {
        assertThat(Mode.named(word).isPresent()).isEqualTo(exists);
    }

    @Test
    void a_misspelt_mode_gets_a_hint() {
        assertThat(Mode.hint("ful")).isEqualTo("; did you mean full?");
        assertThat(Mode.hint("bananas")).isEmpty();
    }
}
