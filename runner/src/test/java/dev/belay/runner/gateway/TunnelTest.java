package dev.belay.runner.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.sandbox.Eventually;
import dev.belay.runner.secrets.SharedScrubber;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelTest {
    private static final byte[] DENIED = {0x15, 3, 1, 0, 2, 2, 49};

    private Outside outside;

    @BeforeEach
    void open() throws Exception {
        outside = new Outside(Outside.limits(128, Duration.ofSeconds(2), Duration.ofSeconds(5), 1 << 30, 1 << 30, 0));
    }

    @AfterEach
    void close() throws Exception {
        outside.close();
    }

    private static void echo(InputStream in, OutputStream out) throws Exception {
        in.transferTo(out);
    }

    /** After its 200. */
    private Socket tunnel(String authority) throws Exception {
        Socket socket = outside.connect();
        Outside.write(
                socket.getOutputStream(), "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
        assertThat(Outside.head(socket.getInputStream())).isEqualTo("HTTP/1.1 200 Connection established\r\n\r\n");
        return socket;
    }

    @Test
    void bytes_pass_both_ways_and_each_direction_ends_by_itself() throws Exception {
        Outside.Server server = outside.server((in, out) -> {
            String all = new String(in.readAllBytes(), ISO_8859_1);
            Outside.write(out, "heard " + all);
        });
        try (Socket socket = tunnel(server.at())) {
            Outside.write(socket.getOutputStream(), "hello");
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo("heard hello");
        }
        try (Socket socket = tunnel(outside.server((in, out) -> {
                    Outside.write(out, "bye");
                    out.close();
                })
                .at())) {
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo("bye");
        }
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void a_server_that_ends_first_still_hears_the_rest() throws Exception {
        CompletableFuture<String> rest = new CompletableFuture<>();
        try (ServerSocket listener = new ServerSocket(0, 1, Outside.loopback(1))) {
            try (Socket socket = tunnel(Outside.HOST + ":" + listener.getLocalPort());
                    Socket served = listener.accept()) {
                served.shutdownOutput();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
                Outside.write(socket.getOutputStream(), "the rest");
                socket.shutdownOutput();
                rest.complete(new String(served.getInputStream().readAllBytes(), ISO_8859_1));
            }
        }
        assertThat(rest.join()).isEqualTo("the rest");
    }

    @Test
    void a_server_that_speaks_first_is_heard() throws Exception {
        Outside.Server server = outside.server((in, out) -> {
            Outside.write(out, "SSH-2.0-x\r\n");
            echo(in, out);
        });
        try (Socket socket = tunnel(server.at())) {
            assertThat(new String(socket.getInputStream().readNBytes(11), ISO_8859_1))
                    .isEqualTo("SSH-2.0-x\r\n");
            Outside.write(socket.getOutputStream(), "SSH");
            assertThat(new String(socket.getInputStream().readNBytes(3), ISO_8859_1))
                    .isEqualTo("SSH");
        }
    }

    @Test
    void megabytes_arrive_unchanged() throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        byte[] much = new byte[10 << 20];
        new java.util.Random(2).nextBytes(much);
        much[0] = 'x';
        try (Socket socket = tunnel(server.at())) {
            Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(much);
                    socket.shutdownOutput();
                } catch (java.io.IOException seenByTheOtherSide) {
                    Thread.yield();
                }
            });
            assertThat(hash(socket.getInputStream().readAllBytes())).isEqualTo(hash(much));
        }
        assertThat(outside.gateway.traffic().bytesUp()).isEqualTo(much.length);
        assertThat(outside.gateway.traffic().bytesDown()).isEqualTo(much.length);
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void nothing_is_promised_before_somebody_is_there() throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        server.close();

        assertThat(outside.say("CONNECT " + server.at() + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502 ");
        assertThat(outside.say("CONNECT unknown.test:80 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502 ");
        outside.deniedAddresses.add(Outside.loopback(1));
        assertThat(outside.say("CONNECT " + server.at() + " HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("a private address");
    }

    @Test
    void what_was_said_before_the_answer_is_not_lost() throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);

        assertThat(outside.say("CONNECT " + server.at() + " HTTP/1.1\r\n\r\nearly"))
                .endsWith("\r\n\r\nearly");
    }

    static Stream<Arguments> hellos() throws Exception {
        byte[] other = Hello.extension(0x1234, new byte[7]);
        byte[] name = Hello.serverName("allowed.test");
        byte[] message = Hello.message(other, name, other);
        String noHello = "no TLS client hello";
        return Stream.of(
                Arguments.of("its name", Hello.named("allowed.test"), ""),
                Arguments.of("its name in capitals", Hello.named("ALLOWED.Test"), ""),
                Arguments.of("its name with a dot", Hello.named("allowed.test."), ""),
                Arguments.of("its name among other things", Hello.record(message), ""),
                Arguments.of("in records of one byte", inRecords(message, 1), ""),
                Arguments.of("in records of ten bytes", inRecords(message, 10), ""),
                Arguments.of("another name", Hello.named("evil.com"), "its TLS names another host: evil.com"),
                Arguments.of(
                        "another name in records",
                        inRecords(Hello.message(Hello.serverName("evil.com")), 3),
                        "another host: evil.com"),
                Arguments.of("a name below", Hello.named("x.allowed.test"), "another host: x.allowed.test"),
                Arguments.of("a NUL", Hello.named("allowed.test\0.evil.com"), "another host: an unreadable one"),
                Arguments.of("no name", Hello.nameless(), "its TLS names no host"),
                Arguments.of("two names", Hello.record(Hello.message(name, Hello.serverName("evil.com"))), noHello),
                Arguments.of(
                        "a hidden name",
                        Hello.record(Hello.message(name, Hello.extension(0xfe0d, new byte[40]))),
                        "the name inside is hidden"),
                Arguments.of(
                        "a cut extension", Hello.record(Hello.message(Arrays.copyOf(name, name.length - 1))), noHello),
                Arguments.of("another message", Hello.record(new byte[] {2, 0, 0, 1, 0}), noHello),
                Arguments.of(
                        "more than a hello",
                        Hello.record(ByteBuffer.allocate(message.length + 1)
                                .put(message)
                                .array()),
                        noHello),
                Arguments.of("an empty record", new byte[] {0x16, 3, 1, 0, 0}, noHello),
                Arguments.of("an old version", new byte[] {0x16, 2, 0, 0, 1, 1}, noHello),
                Arguments.of(
                        "a record of another kind between",
                        concat(Hello.record(Arrays.copyOf(message, 9)), new byte[] {0x17, 3, 1, 0, 1, 0}),
                        noHello),
                Arguments.of("a hello beyond bounds", Hello.record(new byte[] {1, 9, 0, 0}), noHello),
                Arguments.of("half a hello", Arrays.copyOf(Hello.named("allowed.test"), 40), noHello));
    }

    private static byte[] inRecords(byte[] message, int size) {
        byte[] all = {};
        for (int at = 0; at < message.length; at += size) {
            all = concat(all, Hello.record(Arrays.copyOfRange(message, at, Math.min(at + size, message.length))));
        }
        return all;
    }

    private static byte[] concat(byte[] one, byte[] two) {
        return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hellos")
    void tls_on_any_port_must_name_the_host_that_was_judged(String name, byte[] hello, String reason) throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        try (Socket socket = tunnel(server.at())) {
            socket.getOutputStream().write(hello);
            socket.shutdownOutput();

            byte[] heard = socket.getInputStream().readAllBytes();

            assertThat(heard).isEqualTo(reason.isEmpty() ? hello : DENIED);
        }
        assertThat(server.heard()).isEqualTo(reason.isEmpty() ? new String(hello, ISO_8859_1) : "");
        assertThat(outside.reasons()).hasSize(reason.isEmpty() ? 0 : 1).allMatch(said -> said.contains(reason));
    }

    @Test
    void an_address_needs_no_name() throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        for (byte[] hello : List.of(Hello.nameless(), Hello.named("127.0.0.1"), Hello.named("evil.com"))) {
            try (Socket socket = tunnel("127.0.0.1:" + server.port())) {
                socket.getOutputStream().write(hello);
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readAllBytes())
                        .isEqualTo(new String(hello, ISO_8859_1).contains("evil") ? DENIED : hello);
            }
        }
        assertThat(outside.asked).isEmpty();
    }

    @Test
    void a_hello_that_drips_in_many_segments_is_understood() throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        byte[] hello = Hello.named("allowed.test");
        try (Socket socket = tunnel(server.at())) {
            socket.setTcpNoDelay(true);
            for (byte part : hello) {
                socket.getOutputStream().write(part);
            }
            assertThat(socket.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        }
    }

    /** A tunnel to a port that nobody else can have here: the two ends of it are sockets of the test. */
    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "\u0080.\u0001"})
    void on_the_port_of_tls_nothing_else_is_spoken(String said) throws Exception {
        Tunnelled tunnelled = tunnelled(said.getBytes(ISO_8859_1));

        assertThat(tunnelled.client()).isEqualTo(DENIED);
        assertThat(tunnelled.server()).isEmpty();
        assertThat(tunnelled.refusals().getFirst().reason()).contains("no TLS client hello");
    }

    @Test
    void on_the_port_of_tls_the_right_hello_passes() throws Exception {
        byte[] hello = Hello.named("allowed.test");

        Tunnelled tunnelled = tunnelled(hello);

        assertThat(tunnelled.server()).isEqualTo(hello);
        assertThat(tunnelled.refusals()).isEmpty();
    }

    /** What each end heard. */
    private record Tunnelled(byte[] client, byte[] server, List<Egress.Denial> refusals) {}

    private static Tunnelled tunnelled(byte[] said) throws Exception {
        List<Egress.Denial> refusals = new CopyOnWriteArrayList<>();
        GatewayLimits limits = GatewayLimits.STANDARD;
        Quota quota = new Quota(limits);
        Warden warden = new Warden(Egress.NOTHING, new RefusalLog(() -> 1, one -> refusals.add(one.denial())), quota);
        Target target = Target.named("allowed.test", 443, Protocol.CONNECT, "CONNECT");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                ServerSocket listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
                Connection connection = new Connection(limits);
                Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket clientInside = connection.keep(listener.accept());
                Socket server = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket serverInside = connection.keep(listener.accept())) {
            Means means = new Means(
                    warden,
                    new Dialler(Egress.NOTHING, new Lookup(Names.OF_THE_RUNNER, limits.lookup()), limits),
                    quota,
                    limits,
                    threads,
                    Gateway.unknownAuthority(),
                    Trust.OF_THE_RUNNER,
                    HeapShare.OF_THIS_PROCESS,
                    Vault.EMPTY,
                    new SharedScrubber(),
                    new Semaphore(1));
            client.getOutputStream().write(said);
            client.shutdownOutput();
            server.shutdownOutput();
            new Tunnel(
                            means,
                            connection,
                            target,
                            connection.wire(clientInside, Flow.UNCOUNTED),
                            connection.wire(serverInside, quota))
                    .run();
            connection.close();
            return new Tunnelled(
                    client.getInputStream().readAllBytes(),
                    server.getInputStream().readAllBytes(),
                    List.copyOf(refusals));
        }
    }

    static Stream<Arguments> socks() {
        return Stream.of(
                Arguments.of("5 by name", "5 1 0 5 1 0 3 12 allowed.test PORT", "5 0 5 0 0 1 0 0 0 0 0 0"),
                Arguments.of("5 by address", "5 2 2 0 5 1 0 1 127 0 0 1 PORT", "5 0 5 0 0 1 0 0 0 0 0 0"),
                Arguments.of("5 with a password only", "5 1 2", "5 255"),
                Arguments.of("5 denied", "5 1 0 5 1 0 3 8 evil.com PORT", "5 0 5 2 0 1 0 0 0 0 0 0"),
                Arguments.of("5 cut name", "5 1 0 5 1 0 3 13 evil 0 allowed. PORT", "5 0 5 2 0 1 0 0 0 0 0 0"),
                Arguments.of("5 unknown name", "5 1 0 5 1 0 3 12 unknown.test PORT", "5 0 5 5 0 1 0 0 0 0 0 0"),
                Arguments.of("5 listen", "5 1 0 5 2 0 3 12 allowed.test PORT", "5 0 5 7 0 1 0 0 0 0 0 0"),
                Arguments.of("5 UDP", "5 1 0 5 3 0 3 12 allowed.test PORT", "5 0 5 7 0 1 0 0 0 0 0 0"),
                Arguments.of("5 unknown address", "5 1 0 5 1 0 9 12 allowed.test PORT", "5 0 5 8 0 1 0 0 0 0 0 0"),
                Arguments.of("5 no port", "5 1 0 5 1 0 3 12 allowed.test 0 0", "5 0 5 2 0 1 0 0 0 0 0 0"),
                Arguments.of("4", "4 1 PORT 127 0 0 1 me 0", "0 90 0 0 0 0 0 0"),
                Arguments.of("4a", "4 1 PORT 0 0 0 1 me 0 allowed.test 0", "0 90 0 0 0 0 0 0"),
                Arguments.of("4a denied", "4 1 PORT 0 0 0 1 me 0 evil.com 0", "0 91 0 0 0 0 0 0"),
                Arguments.of("4 listen", "4 2 PORT 127 0 0 1 me 0", "0 91 0 0 0 0 0 0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("socks")
    void socks_is_judged_and_dialled_the_same(String name, String said, String answer) throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        byte[] words = words(said.replace("PORT", (server.port() >> 8) + " " + (server.port() & 0xff)));
        byte[] expected = words(answer);
        boolean granted = answer.startsWith("0 90") || answer.startsWith("5 0 5 0");
        try (Socket socket = outside.connect()) {
            socket.getOutputStream().write(words);
            assertThat(socket.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
            if (granted) {
                Outside.write(socket.getOutputStream(), "hello");
            }
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo(granted ? "hello" : "");
        }
        assertThat(server.connections()).isEqualTo(granted ? 1 : 0);
        assertThat(outside.reported)
                .hasSize(granted || name.contains("password") || name.contains("unknown name") ? 0 : 1);
    }

    @Test
    void socks_to_tls_must_name_its_host_too() throws Exception {
        Outside.Server server = outside.server(TunnelTest::echo);
        try (Socket socket = outside.connect()) {
            socket.getOutputStream()
                    .write(words(
                            "5 1 0 5 1 0 3 12 allowed.test " + (server.port() >> 8) + " " + (server.port() & 0xff)));
            socket.getInputStream().readNBytes(12);
            socket.getOutputStream().write(Hello.named("evil.com"));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(DENIED);
        }
        assertThat(outside.reasons()).containsExactly(server.at() + ": its TLS names another host: evil.com");
    }

    /** Numbers are bytes, anything else is text. */
    private static byte[] words(String text) {
        byte[] all = {};
        for (String word : text.split(" ")) {
            all = concat(
                    all,
                    word.matches("[0-9]+") ? new byte[] {(byte) Integer.parseInt(word)} : word.getBytes(ISO_8859_1));
        }
        return all;
    }

    @Test
    void a_tunnel_that_breaks_off_is_not_taken_for_one_that_ended() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, Outside.loopback(1));
                Socket socket = tunnel(Outside.HOST + ":" + listener.getLocalPort())) {
            Socket served = listener.accept();
            served.setSoLinger(true, 0);
            served.close();

            assertThat(Eventually.within(Duration.ofSeconds(3), () -> isReset(socket)))
                    .isTrue();
        }
    }

    private static boolean isReset(Socket socket) {
        try {
            return socket.getInputStream().read() > 0;
        } catch (java.io.IOException reset) {
            return true;
        }
    }

    @Test
    void real_tls_clients_work_through_it() throws Exception {
        Tls tls = outside.closing(Tls.of("allowed.test"));
        String url = "https://allowed.test:" + tls.port() + "/x";
        var client = outside.closing(java.net.http.HttpClient.newBuilder()
                .sslContext(tls.trusting())
                .proxy(java.net.ProxySelector.of(outside.address()))
                .build());

        var answer = client.send(
                java.net.http.HttpRequest.newBuilder(java.net.URI.create(url)).build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());

        assertThat(answer.body()).isEqualTo("over TLS");
        if (Program.exists("curl")) {
            String proxy = "127.0.0.1:" + outside.port();
            for (String scheme : List.of("http", "socks4a", "socks5h")) {
                assertThat(Program.run(tls.folder(), "curl", "-sS", "-k", "-x", scheme + "://" + proxy, url))
                        .isEqualTo("over TLS");
            }
        }
        assertThat(outside.reported).isEmpty();
    }
}
