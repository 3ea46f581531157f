package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTextTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.com, example.com",
        "example.com., example.com",
        "a_b.example.com, a_b.example.com",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "localhost, localhost",
        "1.1.1.1, 1.1.1.1",
        "1and1.com, 1and1.com",
        "::1, ::1",
        "2001:DB8::1, 2001:db8::1",
        "fd00:ec2::254, fd00:ec2::254",
        "::ffff:169.254.169.254, ::ffff:169.254.169.254"
    })
    void one_spelling_is_left(String said, String canonical) {
        assertThat(HostText.canonical(said)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a.b",
                "a.b..",
                "-a.b",
                "a b",
                "a\0.b",
                "a%2eb",
                "a%b",
                "a/b",
                "a@b",
                "a#b",
                "a\\b",
                "bücher.example",
                "ａ.example",
                "127.1",
                "127.0.0.1.",
                "0177.0.0.1",
                "127.0.0.01",
                "0x7f.0.0.1",
                "0x7f000001",
                "2130706433",
                "1.2.3.256",
                "1.2.3.4.5",
                "a.1",
                "a.0x1",
                "[::1]",
                "::1%eth0",
                "0:0:0:0:0:0:0:1",
                "::0:1",
                "::ffff:7f00:1",
                "::127.0.0.1",
                "1::2::3",
                "1:2",
                "example.com:80"
            })
    void what_somebody_could_read_otherwise_is_nothing(String said) {
        assertThat(HostText.canonical(said)).isEmpty();
    }

    @Test
    void lengths_are_bounded() {
        assertThat(HostText.canonical("a".repeat(63) + ".b")).isPresent();
        assertThat(HostText.canonical("a".repeat(64) + ".b")).isEmpty();
        assertThat(HostText.canonical("a.".repeat(126) + "a")).isPresent();
        assertThat(HostText.canonical("a.".repeat(127) + "aa")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.2.3.4", "::", "::1", "1::", "1:0:0:2::3", "1::2:0:0:3:4", "1:2:3:4:5:6:7:8", "fe80::1:0:1"})
    void an_address_of_bytes_is_spelt_as_it_is_read(String text) throws Exception {
        byte[] bytes = InetAddress.getByName(text).getAddress();

        assertThat(HostText.of(bytes)).isEqualTo(text);
        assertThat(HostText.canonical(text)).contains(text);
        assertThat(HostText.address(text).orElseThrow().getAddress()).isEqualTo(bytes);
    }
}
