package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.sandbox.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatewayTest {
    private static final Duration GREETING = Duration.ofSeconds(2);

    private final List<Refusal> reported = new CopyOnWriteArrayList<>();
    private final AtomicInteger step = new AtomicInteger(1);
    private ServerSocket listener;
    private Gateway gateway;

    @BeforeEach
    void open() throws IOException {
        listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        gateway = new Gateway(
                listener,
                Egress.NOTHING,
                host -> {
                    throw new AssertionError("nothing is resolved that nothing allows: " + host);
                },
                Outside.limits(64, GREETING, Duration.ofSeconds(10), 1 << 20, 1 << 20, 0),
                step::get,
                reported::add,
                Gateway.unknownAuthority(),
                Trust.OF_THE_RUNNER,
                Vault.EMPTY);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    /** @param label what the refusal must name; empty: nothing is reported */
    record Said(String name, byte[] bytes, Protocol protocol, String label, String method) {
        static Said http(String name, String text, Protocol protocol, String label, String method) {
            return new Said(name, text.getBytes(StandardCharsets.ISO_8859_1), protocol, label, method);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Said> said() {
        Protocol http = Protocol.HTTP;
        Protocol unknown = Protocol.UNKNOWN;
        String unreadable = "an unreadable address";
        return Stream.of(
                Said.http(
                        "absolute form",
                        "GET http://example.com/x HTTP/1.1\r\nHost: other.com\r\n\r\n",
                        http,
                        "example.com:80",
                        "GET"),
                Said.http("port", "POST http://example.com:8080/ HTTP/1.1\r\n\r\n", http, "example.com:8080", "POST"),
                Said.http(
                        "https without a tunnel",
                        "GET https://example.com HTTP/1.1\r\n\r\n",
                        http,
                        "example.com:443",
                        "GET"),
                Said.http(
                        "user information",
                        "GET http://allowed.com@evil.com/ HTTP/1.1\r\n\r\n",
                        http,
                        "evil.com:80",
                        "GET"),
                Said.http(
                        "a fragment that looks like a host",
                        "GET http://evil.com#.allowed.com HTTP/1.1\r\n\r\n",
                        http,
                        "evil.com:80",
                        "GET"),
                Said.http("capitals", "GET http://EXAMPLE.com/ HTTP/1.0\r\n\r\n", http, "example.com:80", "GET"),
                Said.http(
                        "IPv6",
                        "GET http://[::ffff:169.254.169.254]:80/ HTTP/1.1\r\n\r\n",
                        http,
                        "[::ffff:169.254.169.254]:80",
                        "GET"),
                Said.http(
                        "connect",
                        "CONNECT example.com:22 HTTP/1.1\r\nHost: x\r\n\r\n",
                        Protocol.CONNECT,
                        "example.com:22",
                        "CONNECT"),
                Said.http(
                        "connect to IPv6",
                        "CONNECT [fd00:ec2::254]:443 HTTP/1.1\r\n\r\n",
                        Protocol.CONNECT,
                        "[fd00:ec2::254]:443",
                        "CONNECT"),
                Said.http(
                        "origin form",
                        "GET /x HTTP/1.1\r\nHost: example.com:81\r\n\r\n",
                        http,
                        "example.com:81",
                        "GET"),
                Said.http("bare newlines", "GET http://example.com/ HTTP/1.1\n\n", http, "example.com:80", "GET"),
                Said.http(
                        "a NUL in the name",
                        "CONNECT evil.com\0.allowed.com:443 HTTP/1.1\r\n\r\n",
                        Protocol.CONNECT,
                        unreadable + ":443",
                        "CONNECT"),
                Said.http(
                        "a header smuggled in the name",
                        "CONNECT a\rX-Evil:1:443 HTTP/1.1\r\n\r\n",
                        Protocol.CONNECT,
                        unreadable + ":443",
                        "CONNECT"),
                Said.http(
                        "a port out of range",
                        "CONNECT example.com:99999 HTTP/1.1\r\n\r\n",
                        Protocol.CONNECT,
                        "example.com",
                        "CONNECT"),
                Said.http("no version", "GET /\r\n\r\n", unknown, unreadable, ""),
                Said.http("a line without end", "G".repeat(100_000), unknown, unreadable, ""),
                Said.http("garbage", "\1\2\3\4", unknown, unreadable, ""),
                new Said(
                        "SOCKS5 name",
                        bytes(5, 1, 0, 5, 1, 0, 3, 11, "example.com", 1, 187),
                        Protocol.SOCKS5,
                        "example.com:443",
                        "CONNECT"),
                new Said(
                        "SOCKS5 address",
                        bytes(5, 1, 0, 5, 1, 0, 1, 169, 254, 169, 254, 0, 80),
                        Protocol.SOCKS5,
                        "169.254.169.254:80",
                        "CONNECT"),
                new Said(
                        "SOCKS5 cut name",
                        bytes(5, 1, 0, 5, 1, 0, 3, 9, "evil\0.com", 1, 187),
                        Protocol.SOCKS5,
                        unreadable + ":443",
                        "CONNECT"),
                new Said("SOCKS4", bytes(4, 1, 0, 80, 10, 0, 0, 1, "me", 0), Protocol.SOCKS4, "10.0.0.1:80", "CONNECT"),
                new Said(
                        "SOCKS4a",
                        bytes(4, 1, 1, 187, 0, 0, 0, 1, 0, "example.com", 0),
                        Protocol.SOCKS4,
                        "example.com:443",
                        "CONNECT"),
                new Said("TLS", Hello.named("example.com"), Protocol.TLS, "example.com", ""),
                new Said(
                        "TLS cut short",
                        java.util.Arrays.copyOf(Hello.named("example.com"), 60),
                        Protocol.TLS,
                        unreadable,
                        ""));
    }

    @ParameterizedTest
    @MethodSource("said")
    void names_what_it_refuses(Said said) throws Exception {
        byte[] answer = say(said.bytes());

        assertThat(Eventually.within(Duration.ofSeconds(2), () -> reported.size() == 1))
                .isTrue();
        Refusal refusal = reported.getFirst();
        assertThat(refusal.target().protocol()).isEqualTo(said.protocol());
        assertThat(refusal.target().label()).isEqualTo(said.label());
        assertThat(refusal.target().method()).isEqualTo(said.method());
        assertThat(refusal.denial().rule()).isEqualTo("RESTRICTED network (default)");
        assertThat(answer)
                .startsWith(
                        switch (said.protocol()) {
                            case HTTP, HTTPS, CONNECT, UNKNOWN -> "HTTP/1.1 403 ".getBytes(StandardCharsets.US_ASCII);
                            case SOCKS4 -> new byte[] {0, 0x5b};
                            case SOCKS5 -> new byte[] {5, 0, 5, 2};
                            case TLS -> new byte[] {0x15, 3, 1, 0, 2, 2, 49};
                        });
    }

    @Test
    void the_answer_tells_a_model_what_to_do() throws Exception {
        String answer = new String(
                say("GET http://example.com/ HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                StandardCharsets.UTF_8);

        assertThat(answer)
                .contains(
                        "X-Belay-Denied: egress example.com:80\r\n",
                        "X-Belay-Denied-Layer: gateway\r\n",
                        "X-Belay-Denied-Rule: RESTRICTED network (default)\r\n",
                        "Do not retry",
                        ".belay/policy.yaml");
    }

    @Test
    void a_connection_that_says_nothing_is_no_refusal() throws Exception {
        try (Socket socket = connect()) {
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(reported).isEmpty();
    }

    @Test
    void the_same_again_in_a_step_is_counted_and_reported_rarely() throws Exception {
        for (int time = 0; time < 25; time++) {
            say("CONNECT a.com:443 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        step.set(2);
        say("CONNECT a.com:443 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(reported)
                .extracting(refusal -> refusal.step() + "x" + refusal.count())
                .containsExactly("1x1", "1x10", "2x1");
        assertThat(gateway.refusals()).extracting(Refusal::count).containsExactly(1);
    }

    @Test
    void a_scan_does_not_flood_the_reports() throws Exception {
        for (int port = 1; port <= 150; port++) {
            say(("CONNECT a.com:" + port + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(reported).hasSizeLessThanOrEqualTo(RefusalLog.DISTINCT + 3);
        assertThat(gateway.refusals()).extracting(Refusal::count).contains(50);
    }

    @Test
    void more_connections_than_there_are_places_are_turned_away_at_once() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int number = 0; number < 64; number++) {
                Socket socket = connect();
                socket.getOutputStream().write('G');
                idle.add(socket);
            }
            assertThat(Eventually.within(Duration.ofSeconds(2), this::oneMoreIsTurnedAway))
                    .isTrue();
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void one_that_drips_is_cut_off() throws Exception {
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            assertThat(Eventually.within(Duration.ofSeconds(8), () -> !drip(socket)))
                    .isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(GREETING.minusMillis(500), GREETING.plusSeconds(2));
        }
    }

    @Test
    void a_closed_gateway_does_not_listen() throws Exception {
        gateway.close();

        assertThat(listener.isClosed()).isTrue();
    }

    private static boolean drip(Socket socket) {
        try {
            socket.getOutputStream().write('G');
            return true;
        } catch (IOException cutOff) {
            return false;
        }
    }

    private boolean oneMoreIsTurnedAway() throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(200);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 503 ");
        } catch (SocketException reset) {
            return false;
        } catch (java.net.SocketTimeoutException served) {
            return false;
        }
    }

    private byte[] say(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes();
        }
    }

    private Socket connect() throws IOException {
        return new Socket(listener.getInetAddress(), listener.getLocalPort());
    }

    private static byte[] bytes(Object... parts) {
        ByteBuffer buffer = ByteBuffer.allocate(256);
        for (Object part : parts) {
            if (part instanceof Integer number) {
                buffer.put(number.byteValue());
            } else {
                buffer.put(part.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return java.util.Arrays.copyOf(buffer.array(), buffer.position());
    }
}
