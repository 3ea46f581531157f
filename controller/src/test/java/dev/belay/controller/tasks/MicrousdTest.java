package dev.belay.controller.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MicrousdTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "-0.0, 0", "0.5, 500000", "0.0000001, 1", "0.0000016, 2", "1000000, 1000000000000"})
    void a_limit_is_counted_in_millionths_and_is_none_only_when_it_is_nothing(double usd, long microusd) {
        assertThat(Microusd.limit(usd)).isEqualTo(microusd);
    }

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "0.01, true",
        "1000000, true",
        "1000000.01, false",
        "-0.01, false",
        "NaN, false",
        "Infinity, false",
        "-Infinity, false",
    })
    void a_limit_is_a_number_that_money_can_have(double usd, boolean limit) {
        assertThat(Microusd.isLimit(usd)).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.00", "500000, 0.50", "1, 0.000001", "1250000, 1.25", "100000000, 100.00", "1234000, 1.234"})
    void it_is_said_with_no_more_digits_than_it_takes(long microusd, String words) {
        assertThat(Microusd.words(microusd)).isEqualTo(words);
    }
}
