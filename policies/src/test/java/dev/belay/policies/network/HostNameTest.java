package dev.belay.policies.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.Com., example.com",
        "localhost, localhost",
        "_srv.Example, _srv.example",
        "BÜCHER.example, xn--bcher-kva.example",
        "пример.испытание, xn--e1afmkfd.xn--80akhbyknj4f",
        "例え.テスト, xn--r8jz45g.xn--zckzah",
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::ffff:192.0.2.1, 192.0.2.1",
        "[::FFFF:C000:201], 192.0.2.1",
        "::, ::",
        "[::1], ::1",
        "1::, 1::",
        "0:0:0:0:0:0:0:0, ::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:192.0.2.1, 1:2:3:4:5:6:c000:201",
        "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
    })
    void a_host_has_one_spelling(String said, String text) {
        assertThat(HostName.of(said)).map(HostName::text).contains(text);
        assertThat(HostName.of(text)).isEqualTo(HostName.of(said));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, ''",
        "192.0.2.1, c0000201",
        "::ffff:192.0.2.1, c0000201",
        "1::2, 00010000000000000000000000000002"
    })
    void an_address_is_known_by_its_bytes(String said, String bytes) {
        HostName name = HostName.of(said).orElseThrow();

        assertThat(name.isAddress()).isEqualTo(!bytes.isEmpty());
        assertThat(name.address().map(HexFormat.of()::formatHex))
                .isEqualTo(Optional.of(bytes).filter(hex -> !hex.isEmpty()));
    }

    @Test
    void what_is_changed_in_the_bytes_changes_no_name() {
        HostName name = HostName.of("192.0.2.1").orElseThrow();

        name.address().orElseThrow()[0] = 127;

        assertThat(name.address().orElseThrow()).startsWith(192);
    }

    @Test
    void names_are_bounded() {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);

        assertThat(HostName.of(longest)).isPresent();
        assertThat(HostName.of(longest + ".")).isPresent();
        assertThat(HostName.of(longest + "a")).isEmpty();
        assertThat(HostName.of(label + "a.com")).isEmpty();
        assertThat(HostName.of("ü".repeat(200) + ".com")).isEmpty();
        assertThat(HostName.of("a.".repeat(1 << 20))).isEmpty();
        assertThat(HostName.of(":".repeat(1 << 20))).isEmpty();
    }

    @Test
    void every_address_is_read_back_as_it_is_printed_and_as_the_platform_prints_it() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] address = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(address);
            for (int i = random.nextInt(address.length + 1); i > 0; i--) {
                address[random.nextInt(address.length)] = 0;
            }
            String text = AddressText.print(address);
            String platform = InetAddress.getByAddress(address).getHostAddress();

            assertThat(HostName.of(text)).map(HostName::text).contains(text);
            assertThat(HostName.of(text).flatMap(HostName::address))
                    .hasValueSatisfying(read -> assertThat(read).isEqualTo(address));
            assertThat(HostName.of(platform)).map(HostName::text).contains(text);
        }
    }

    /** Whatever is said, there is an answer; and what it is has the form of a host and is its own spelling. */
    @Test
    void nothing_that_is_said_is_met_with_more_than_a_refusal() {
        Random random = new Random(11);
        String letters = "aZ09.-_:[]%@/\\#?*x \u0000\n"
                + "\u00fc\u00df\u0130\u3002\uff0e\uff11\u2024\u200d\u0301\ud83d\ude00\ud800\u05d0\u0661ßﬀ℀xn--";
        for (int round = 0; round < 100_000; round++) {
            StringBuilder said = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                said.append(
                        random.nextInt(20) == 0
                                ? (char) random.nextInt(0x10000)
                                : letters.charAt(random.nextInt(letters.length())));
            }
            HostName.of(said.toString()).ifPresent(name -> {
                assertThat(name.text()).matches("[a-z0-9_.:-]{1,253}");
                assertThat(HostName.of(name.text())).contains(name);
            });
        }
    }
}
