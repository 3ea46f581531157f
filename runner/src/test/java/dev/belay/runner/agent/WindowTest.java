package dev.belay.runner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
    @ParameterizedTest
    @CsvSource({
        "1000000, 32000, 20000, 948000, 15000",
        "200000, 32000, 20000, 148000, 15000",
        "128000, 8000, 8000, 112000, 15000",
        "64000, 16000, 16000, 32000, 8000",
        "8192, 2048, 2048, 4096, 1024",
        "8192, 4096, 2048, 2048, 512",
        "1000, 500, 250, 250, 62",
    })
    void what_is_kept_free_and_what_stays_is_smaller_where_little_is_read(
            long context, int output, long reserve, long usable, long tail) {
        Window window = new Window(context, output, 0);

        assertThat(window.reserve()).isEqualTo(reserve);
        assertThat(window.usable()).isEqualTo(usable);
        assertThat(window.tail()).isEqualTo(tail);
    }
}
