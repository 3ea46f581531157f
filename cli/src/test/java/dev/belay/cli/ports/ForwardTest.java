package dev.belay.cli.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardTest {
    @ParameterizedTest
    @CsvSource({"5173, 5173, 5173", "8080:5173, 8080, 5173", "0:5173, 0, 5173", "1, 1, 1", "65535:65535, 65535, 65535"})
    void one_port_is_the_same_on_both_sides_and_the_first_of_two_is_here(String text, int local, int inside) {
        assertThat(Forward.parse(text)).isEqualTo(new Forward(local, inside));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "65536",
                "-1",
                "+80",
                "http",
                "80:",
                ":80",
                "80:0",
                "80:80:80",
                " 80",
                "８０",
                "0x50",
                "999999999999"
            })
    void anything_else_is_refused_by_name(String text) {
        assertThatThrownBy(() -> Forward.parse(text))
                .isInstanceOfSatisfying(
                        BelayException.class, wrong -> assertThat(wrong.code()).isEqualTo(ErrorCode.E_USAGE))
                .hasMessageContaining("not a port: " + text);
    }
}
