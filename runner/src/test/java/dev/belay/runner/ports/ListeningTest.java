package dev.belay.runner.ports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @Test
    void of_the_kernels_tables_what_listens_is_taken_once_and_in_order() {
        assertThat(Listening.in(HEAD + """
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
                   1: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 100 0 0 10 0
                   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0 100 0 0 10 0
                   3: 0100007F:C350 0100007F:1F90 06 00000000:00000000 00:00000000 00000000  1000        0 4 1 0 100 0 0 10 0
                   4: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 5
                """)).containsExactly(3000, 8080);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "   0: 0100007F:0000 00000000:0000 0A x",
                "   0: 0100007F:FFFFF 00000000:0000 0A x",
                "   0: 0100007F:+1F9 00000000:0000 0A x",
                "   0: 7F:1F90 00000000:0000 0A x",
                "   0: 0100007F:1f90 00000000:0000 0A x",
                "   0: 0100007F:1F90 00000000:0000 0A",
                "0A 0A 0A 0A 0A 0A",
            })
    void lines_that_no_kernel_writes_say_nothing(String line) {
        assertThat(Listening.in(HEAD + line)).isEmpty();
    }
}
