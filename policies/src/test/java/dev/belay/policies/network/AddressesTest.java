package dev.belay.policies.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.policies.language.PatternException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AddressesTest {
    private static Stream<Table.Row> addresses() {
        return Table.of("addresses.txt").rows().stream();
    }

    private static Stream<Table.Row> ranges() {
        return Table.of("ranges.txt").rows().stream();
    }

    /** As it comes from a resolver, an IPv4 address in the clothes of IPv6 with all its bytes. */
    private static byte[] bytes(String text) {
        return AddressText.v4(text).or(() -> AddressText.v6(text)).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void only_the_public_network_is_dialled_unasked(Table.Row row) {
        String[] words = row.text().split(" ", 2);

        if (words[1].equals("public")) {
            assertThat(Addresses.refused(bytes(words[0]))).as(row.toString()).isEmpty();
        } else {
            assertThat(Addresses.refused(bytes(words[0])))
                    .as(row.toString())
                    .hasValueSatisfying(why -> assertThat(why).contains(words[1]));
        }
    }

    @Test
    void what_is_no_address_is_refused() {
        assertThat(Addresses.refused(new byte[0])).isPresent();
        assertThat(Addresses.refused(new byte[] {8, 8, 8, 8, 8})).isPresent();
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void a_range_has_one_reading_or_a_fix(Table.Row row) throws PatternException {
        String[] words = row.text().split(" ", 3);

        if (words[1].equals("=")) {
            assertThat(AddressRange.parse(words[0])).as(row.toString()).hasToString(words[2]);
        } else {
            assertThatExceptionOfType(PatternException.class)
                    .as(row.toString())
                    .isThrownBy(() -> AddressRange.parse(words[0]))
                    .satisfies(refused -> assertThat(refused.fix()).contains(words[2]));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, ::ffff:10.1.1.1, true",
        "10.0.0.0/8, ::10.1.1.1, false",
        "192.168.1.128/25, 192.168.1.127, false",
        "192.168.1.128/25, 192.168.1.128, true",
        "192.168.1.20, 192.168.1.20, true",
        "192.168.1.20, 192.168.1.21, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ::1, true",
        "::/0, 10.0.0.1, false",
        "::/0, ::ffff:10.0.0.1, false",
        "fd00::/8, fd12:3456::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void a_range_holds_the_addresses_that_begin_like_it(String range, String address, boolean holds)
            throws PatternException {
        assertThat(AddressRange.parse(range).contains(bytes(address))).isEqualTo(holds);
    }
}
