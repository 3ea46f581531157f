package dev.belay.proto.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "4k, 4096",
        "4 KiB, 4096",
        "3MB, 3145728",
        " 2g , 2147483648",
        "1T, 1099511627776",
        "999999999999, 999999999999"
    })
    void a_number_is_read_as_people_write_it(String written, long amount) {
        assertThat(Amount.parse(written)).hasValue(amount);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5G", "many", "1P", "9999999999999", "999999999999T", "1 2", "K"})
    void what_is_no_number_or_beyond_all_bounds_is_none(String written) {
        assertThat(Amount.parse(written)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0 KiB", "2048, 2 KiB", "10485759, 10239 KiB", "10485760, 10 MiB", "5368709120, 5120 MiB"})
    void bytes_are_said_in_words(long bytes, String words) {
        assertThat(Amount.bytes(bytes)).isEqualTo(words);
    }
}
