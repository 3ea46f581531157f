package dev.belay.controller.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverheardTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, false",
        "127.8.9.10, false",
        "::1, false",
        "::ffff:127.0.0.1, false",
        "10.0.0.1, true",
        "192.168.1.5, true",
        "0.0.0.0, true",
        "203.0.113.9, true",
        "fe80::1, true",
        "fd00::1, true",
        "2001:db8::1, true",
        "::ffff:203.0.113.9, true",
    })
    void what_comes_from_another_machine_passes_where_others_may_listen(String peer, boolean possible)
            throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(peer), 40_000);

        assertThat(Overheard.possible(address, false)).isEqualTo(possible);
        assertThat(Overheard.possible(address, true)).isFalse();
    }

    @Test
    void a_peer_that_is_not_known_is_another_machine() {
        assertThat(Overheard.possible(null, false)).isTrue();
        assertThat(Overheard.possible(InetSocketAddress.createUnresolved("localhost", 1), false))
                .isTrue();
        assertThat(Overheard.possible(UnixDomainSocketAddress.of("/s"), false)).isTrue();
    }
}
