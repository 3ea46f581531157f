package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherJavaTest {
    /** Java's default has a key and shows it; the runner's trust is the same, and it has none. */
    @ParameterizedTest
    @CsvSource({"default, CN=whom.test", "runner, nobody"})
    void the_runner_trusts_whom_its_java_trusts_and_shows_nobody_its_key(String who, String shown) throws Exception {
        try (Tls tls = Tls.of("whom.test");
                SSLServerSocket listener = (SSLServerSocket)
                        tls.asking().getServerSocketFactory().createServerSocket(0, 1, Outside.loopback(1))) {
            listener.setWantClientAuth(true);
            FutureTask<String> seen = new FutureTask<>(seen(listener));
            Thread.ofVirtual().start(seen);

            String said =
                    OtherJava.run(tls.folder(), tls.startOptions(), who, Integer.toString(listener.getLocalPort()));

            assertThat(said).isEqualTo("greeted\n");
            assertThat(seen.get()).isEqualTo(shown);
        }
    }

    private static Callable<String> seen(SSLServerSocket listener) {
        return () -> {
            try (Socket socket = listener.accept()) {
                SSLSocket tls = (SSLSocket) socket;
                tls.startHandshake();
                return tls.getSession().getPeerPrincipal().getName();
            } catch (SSLPeerUnverifiedException none) {
                return "nobody";
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"gateway, false", "vouching gateway, true"})
    void what_makes_certificates_is_loaded_by_the_first_one(String kind, boolean loaded, @TempDir Path folder)
            throws Exception {
        String said = OtherJava.run(folder, List.of("-Xlog:class+load"), kind);

        assertThat(said).contains("HTTP/1.1 403 ");
        assertThat(said.contains(" org.bouncycastle.")).isEqualTo(loaded);
    }
}
