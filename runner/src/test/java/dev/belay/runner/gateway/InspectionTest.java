package dev.belay.runner.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.runner.sandbox.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionTest {
    private static final byte[] DENIED = {0x15, 3, 1, 0, 2, 2, 49};
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private Outside outside;

    @BeforeEach
    void open() throws Exception {
        outside = new Outside(Outside.limits(256, Duration.ofSeconds(2), Duration.ofSeconds(5), 1 << 30, 1 << 30, 0));
        outside.inspectedHosts.add(Outside.HOST);
    }

    @AfterEach
    void close() throws Exception {
        outside.close();
    }

    private Outside.Server server(Outside.Talk talk) throws Exception {
        return Inspected.server(outside, outside.worldsAuthority, Outside.HOST, talk);
    }

    private static Outside.Talk answering(String answer) {
        return (in, out) -> {
            Outside.head(in);
            Outside.write(out, answer);
        };
    }

    /** Answers with the body that it got, a chunked one with its frames. */
    private static void echo(InputStream in, OutputStream out) throws Exception {
        String head = Outside.head(in);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (head.contains("Content-Length: ")) {
            body.writeBytes(in.readNBytes(Integer.parseInt(head.replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1"))));
        } else if (head.contains("chunked")) {
            for (String line = line(in); !line.equals("0\r\n"); line = line(in)) {
                body.writeBytes(line.getBytes(ISO_8859_1));
                body.writeBytes(in.readNBytes(Integer.parseInt(line.strip(), 16) + 2));
            }
            body.writeBytes(("0\r\n" + line(in)).getBytes(ISO_8859_1));
        }
        Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.size() + "\r\n\r\n");
        out.write(body.toByteArray());
    }

    private static String line(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\n") < 0) {
            line.append((char) in.read());
        }
        return line.toString();
    }

    private String get(Outside.Server server, String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + server.at() + "\r\n";
    }

    @Test
    void a_request_inside_of_tls_goes_on_as_it_was_judged() throws Exception {
        Outside.Server server = server(answering(OK));

        String answer = Inspected.say(outside, server, get(server, "/x?a=b") + "X-One: 1\r\nTE: trailers\r\n\r\n");

        assertThat(answer).isEqualTo(OK);
        assertThat(server.heard())
                .isEqualTo("GET /x?a=b HTTP/1.1\r\nHost: " + server.at() + "\r\nX-One: 1\r\nConnection: close\r\n\r\n");
        assertThat(outside.requests).containsExactly(server.at() + " GET /x?a=b");
        assertThat(outside.reported).isEmpty();
        // The tunnel is one, the request another.
        assertThat(outside.gateway.traffic().requests()).isEqualTo(2);
        assertThat(outside.gateway.traffic().bytesUp())
                .isGreaterThan(server.heard().length());
    }

    @Test
    void bodies_pass_both_ways_unchanged() throws Exception {
        byte[] much = new byte[1 << 20];
        new Random(3).nextBytes(much);
        String body = new String(much, ISO_8859_1);
        Outside.Server server = server(InspectionTest::echo);

        try (SSLSocket inside = Inspected.enter(outside, server)) {
            Outside.write(
                    inside.getOutputStream(),
                    "POST /up HTTP/1.1\r\nHost: " + server.at() + "\r\nContent-Length: " + much.length + "\r\n\r\n");
            inside.getOutputStream().write(much);
            assertThat(Outside.head(inside.getInputStream())).contains("Content-Length: " + much.length + "\r\n");
            assertThat(Arrays.equals(inside.getInputStream().readNBytes(much.length), much))
                    .isTrue();
            Outside.write(
                    inside.getOutputStream(),
                    "POST /up HTTP/1.1\r\nHost: " + server.at()
                            + "\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\n\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(new String(inside.getInputStream().readNBytes(15), ISO_8859_1))
                    .isEqualTo("5\r\nhello\r\n0\r\n\r\n");
        }
        assertThat(server.heard()).contains(body);
        assertThat(outside.gateway.traffic().bytesUp()).isGreaterThan(much.length);
        assertThat(outside.gateway.traffic().bytesDown()).isGreaterThan(much.length);
    }

    static Stream<Arguments> denied() {
        return Stream.of(
                Arguments.of("DELETE /x", "DELETE /x HTTP/1.1\r\nHost: HOST\r\n\r\n"),
                Arguments.of("delete /x", "delete /x HTTP/1.1\r\nHost: HOST\r\n\r\n"),
                Arguments.of("GET /secret", "GET /secret HTTP/1.1\r\nHost: HOST\r\n\r\n"),
                Arguments.of("POST /x", "POST /x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello"),
                Arguments.of("PUT /x", "PUT /x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"),
                Arguments.of("HEAD /x", "HEAD /x HTTP/1.1\r\nHost: HOST\r\n\r\n"),
                Arguments.of("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n"),
                Arguments.of("GET /x", "GET /x HTTP/1.0\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("denied")
    void a_denied_request_is_refused_in_its_own_protocol(String denied, String request) throws Exception {
        Outside.Server server = server(answering(OK));
        outside.deniedRequests.add(denied);

        String answer = Inspected.say(outside, server, request.replace("HOST", server.at()));

        assertThat(answer)
                .startsWith("HTTP/1.1 403 Forbidden\r\nX-Belay-Denied: egress " + server.at() + "\r\n")
                .contains("Connection: close\r\n");
        assertThat(outside.reasons()).containsExactly(server.at() + ": " + denied + " is denied");
        assertThat(outside.reported.getFirst().target().protocol()).isEqualTo(Protocol.HTTPS);
        assertThat(server.connections()).isZero();
        assertThat(outside.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/../b",
                "/%2e%2e/b",
                "/a/%2E%2e%2fb",
                "//evil.com/x",
                "/?query",
                "/x?y=/../z",
                "/a\\b",
                "/;p=1",
                "/\u00e9"
            })
    void a_path_is_judged_and_sent_as_it_was_said(String path) throws Exception {
        Outside.Server server = server(answering(OK));

        assertThat(Inspected.say(outside, server, get(server, path) + "\r\n")).isEqualTo(OK);
        assertThat(outside.requests).containsExactly(server.at() + " GET " + path);
        assertThat(server.heard()).startsWith("GET " + path + " HTTP/1.1\r\n");

        outside.deniedRequests.add("GET " + path);
        assertThat(Inspected.say(outside, server, get(server, path) + "\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void each_request_of_a_kept_connection_is_judged() throws Exception {
        Outside.Server server = server(answering(OK));
        outside.deniedRequests.add("GET /secret");
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            for (String path : List.of("/1", "/2")) {
                Outside.write(inside.getOutputStream(), get(server, path) + "\r\n");
                assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(inside.getInputStream().readNBytes(2)).hasSize(2);
            }
            Outside.write(inside.getOutputStream(), get(server, "/secret") + "\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 403 ");
            Outside.write(inside.getOutputStream(), get(server, "/3") + "\r\n");
            assertThat(new String(inside.getInputStream().readAllBytes(), ISO_8859_1))
                    .doesNotContain("HTTP/1.1");
        }
        assertThat(outside.requests)
                .containsExactly(server.at() + " GET /1", server.at() + " GET /2", server.at() + " GET /secret");
        assertThat(server.heard()).doesNotContain("/secret", "/3");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void a_pipelined_request_is_judged_too() throws Exception {
        Outside.Server server = server(answering(OK));
        outside.deniedRequests.add("GET /secret");

        String answer = Inspected.say(
                outside,
                server,
                get(server, "/1") + "\r\n" + get(server, "/secret") + "\r\n" + get(server, "/3") + "\r\n");

        assertThat(answer).startsWith(OK + "HTTP/1.1 403 ");
        assertThat(answer.split("HTTP/1.1 [0-9]", -1)).hasSize(3);
        assertThat(server.heard()).contains("GET /1 ").doesNotContain("/secret", "/3");
    }

    @Test
    void what_a_policy_forbids_meanwhile_is_refused_inside_too() throws Exception {
        Outside.Server server = server(answering(OK));
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            outside.deniedHosts.add(Outside.HOST);
            Outside.write(inside.getOutputStream(), get(server, "/") + "\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 403 ");
        }
        assertThat(server.connections()).isZero();
        assertThat(outside.requests).isEmpty();
    }

    static Stream<Arguments> badRequests() {
        String end = "\r\n\r\n";
        String post = "POST / HTTP/1.1\r\nHost: HOST\r\n";
        return Stream.of(
                Arguments.of("another Host", "GET / HTTP/1.1\r\nHost: evil.com" + end, 400),
                Arguments.of("another allowed Host", "GET / HTTP/1.1\r\nHost: other.test" + end, 400),
                Arguments.of("another port", "GET / HTTP/1.1\r\nHost: allowed.test:1" + end, 400),
                Arguments.of("the port of TLS", "GET / HTTP/1.1\r\nHost: allowed.test" + end, 400),
                Arguments.of("two Hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.com" + end, 400),
                Arguments.of("the same Host twice", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST" + end, 400),
                Arguments.of("no Host", "GET / HTTP/1.1" + end, 400),
                Arguments.of("a Host with user information", "GET / HTTP/1.1\r\nHost: evil.com@HOST" + end, 400),
                Arguments.of(
                        "both lengths",
                        post + "Content-Length: 3\r\nTransfer-Encoding: chunked" + end + "0" + end,
                        400),
                Arguments.of("two lengths", post + "Content-Length: 3\r\nContent-Length: 4" + end + "abcd", 400),
                Arguments.of("a folded line", post + "X: a\r\n Content-Length: 3" + end + "abc", 400),
                Arguments.of("a bare line feed", post + "X: a\nContent-Length: 3" + end + "abc", 400),
                Arguments.of("a chunk size in words", post + "Transfer-Encoding: chunked" + end + "three" + end, 400),
                Arguments.of("a tunnel", "CONNECT HOST HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("a tunnel elsewhere", "CONNECT evil.com:443 HTTP/1.1\r\nHost: evil.com" + end, 400),
                Arguments.of("a whole address", "GET https://HOST/ HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("a whole plain address", "GET http://HOST/ HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("an address elsewhere", "GET http://evil.com/ HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("no path", "GET x HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("an asterisk", "GET * HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("a fragment", "GET /#x HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("a tab in the path", "GET /\tx HTTP/1.1\r\nHost: HOST" + end, 400),
                Arguments.of("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM" + end, 400),
                Arguments.of("no HTTP", "SSH-2.0-x\r\n\r\n", 400),
                Arguments.of(
                        "another protocol",
                        "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket" + end,
                        501),
                Arguments.of("an expectation", post + "Content-Length: 1\r\nExpect: more" + end + "a", 417));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void what_is_no_plain_request_to_the_host_of_the_tunnel_goes_nowhere(String name, String request, int status)
            throws Exception {
        Outside.Server server = server(answering(OK));

        String answer = Inspected.say(
                outside, server, request.replace("HOST", server.at()) + get(server, "/follower") + "\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close\r\n");
        assertThat(answer.split("HTTP/1.1 [0-9]", -1)).hasSize(2);
        assertThat(server.connections()).isZero();
        assertThat(outside.asked).isEmpty();
    }

    static Stream<Arguments> hellos() {
        return Stream.of(
                Arguments.of("another name", Hello.named("evil.com"), "its TLS names another host: evil.com"),
                Arguments.of("no name", Hello.nameless(), "its TLS names no host"),
                Arguments.of(
                        "a hidden name",
                        Hello.record(
                                Hello.message(Hello.serverName("allowed.test"), Hello.extension(0xfe0d, new byte[40]))),
                        "the name inside is hidden"),
                Arguments.of(
                        "half a hello", Arrays.copyOf(Hello.named("allowed.test"), 40), "each request to this host"),
                Arguments.of("plain HTTP", "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1), "each request to this host"),
                Arguments.of("SSH", "SSH-2.0-x\r\n".getBytes(ISO_8859_1), "each request to this host"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hellos")
    void a_tunnel_to_an_inspected_host_is_for_tls_to_it_alone(String name, byte[] hello, String reason)
            throws Exception {
        Outside.Server server = server(answering(OK));
        try (Socket tunnel = Inspected.tunnel(outside, server.at())) {
            tunnel.getOutputStream().write(hello);
            tunnel.shutdownOutput();

            assertThat(tunnel.getInputStream().readAllBytes()).isEqualTo(DENIED);
        }
        assertThat(outside.reasons()).hasSize(1).allMatch(said -> said.contains(reason));
        assertThat(server.connections()).isZero();
    }

    @Test
    void who_waits_for_the_server_to_speak_first_is_refused_in_time() throws Exception {
        Outside.Server server = server(answering(OK));
        long start = System.nanoTime();
        try (Socket tunnel = Inspected.tunnel(outside, server.at())) {
            assertThat(tunnel.getInputStream().readAllBytes()).isEqualTo(DENIED);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(5));
        assertThat(outside.reasons()).hasSize(1);
    }

    @Test
    void a_tunnel_that_is_closed_again_is_no_refusal() throws Exception {
        try (Socket tunnel = Inspected.tunnel(outside, "allowed.test:443")) {
            tunnel.shutdownOutput();
            assertThat(tunnel.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(outside.reported).isEmpty();
    }

    /** However its parts drip, all of the handshake has its one time. */
    @Test
    void a_handshake_that_drips_is_ended() throws Exception {
        byte[] hello = Hello.named("allowed.test");
        long start = System.nanoTime();
        try (Socket tunnel = Inspected.tunnel(outside, "allowed.test:443")) {
            tunnel.getOutputStream().write(hello, 0, 10);
            int[] sent = {10};
            assertThat(Eventually.within(Duration.ofSeconds(8), () -> {
                        if (System.nanoTime() - start > sent[0] * 100_000_000L && sent[0] < hello.length - 1) {
                            tunnel.getOutputStream().write(hello[sent[0]++]);
                        }
                        return tunnel.getInputStream().available() > 0;
                    }))
                    .isTrue();
            assertThat(tunnel.getInputStream().readNBytes(7)).isEqualTo(DENIED);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_handshake_that_stops_in_the_middle_is_ended() throws Exception {
        long start = System.nanoTime();
        try (Socket tunnel = Inspected.tunnel(outside, "allowed.test:443")) {
            tunnel.getOutputStream().write(realHello());
            // It answers, and then waits no longer than it does for a greeting.
            assertThat(tunnel.getInputStream().readAllBytes()).isNotEmpty();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        assertThat(outside.requests).isEmpty();
    }

    /** What a client of this Java says first. */
    private static byte[] realHello() throws Exception {
        var engine = SSLContext.getDefault().createSSLEngine(Outside.HOST, 443);
        engine.setUseClientMode(true);
        var hello = java.nio.ByteBuffer.allocate(64 * 1024);
        engine.wrap(java.nio.ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 20})
    void a_hello_in_many_records_is_understood_by_both_readers(int size) throws Exception {
        byte[] hello = realHello();
        byte[] message = Arrays.copyOfRange(hello, 5, hello.length);
        try (Socket tunnel = Inspected.tunnel(outside, "allowed.test:443")) {
            for (int at = 0; at < message.length; at += size) {
                tunnel.getOutputStream()
                        .write(Hello.record(Arrays.copyOfRange(message, at, Math.min(at + size, message.length))));
            }
            assertThat(tunnel.getInputStream().read()).isEqualTo(ClientHello.HANDSHAKE);
        }
    }

    @Test
    void an_idle_connection_ends_as_tls_ends() throws Exception {
        try (Outside hasty =
                new Outside(Outside.limits(8, Duration.ofSeconds(5), Duration.ofMillis(400), 1 << 20, 1 << 20, 0))) {
            hasty.inspectedHosts.add(Outside.HOST);
            Outside.Server server = Inspected.server(hasty, hasty.worldsAuthority, Outside.HOST, answering(OK));
            try (SSLSocket inside = Inspected.enter(hasty, server)) {
                Outside.write(inside.getOutputStream(), get(server, "/") + "\r\n");
                assertThat(new String(inside.getInputStream().readAllBytes(), ISO_8859_1))
                        .isEqualTo(OK);
            }
        }
    }

    @Test
    void a_request_and_its_answer_pass_at_the_same_time() throws Exception {
        int much = 8 << 20;
        Outside.Server server = server((in, out) -> {
            Outside.head(in);
            Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + much + "\r\n\r\n");
            in.transferTo(out);
        });
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            byte[] body = new byte[much];
            new Random(4).nextBytes(body);
            Thread.ofVirtual().start(() -> {
                try {
                    Outside.write(
                            inside.getOutputStream(),
                            "POST / HTTP/1.1\r\nHost: " + server.at() + "\r\nContent-Length: " + much + "\r\n\r\n");
                    inside.getOutputStream().write(body);
                } catch (IOException seenByTheOtherSide) {
                    Thread.yield();
                }
            });
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
            assertThat(Arrays.equals(inside.getInputStream().readNBytes(much), body))
                    .isTrue();
        }
    }

    @Test
    void a_client_that_does_not_trust_the_authority_ends_it() throws Exception {
        Outside.Server server = server(answering(OK));
        try (Socket tunnel = Inspected.tunnel(outside, server.at())) {
            assertThatThrownBy(() -> Inspected.enter(Inspected.trusting(outside.worldsAuthority), tunnel, Outside.HOST))
                    .isInstanceOf(SSLHandshakeException.class);
        }
        assertThat(server.connections()).isZero();
        assertThat(outside.requests).isEmpty();
        assertThat(outside.reported).isEmpty();
    }

    static Stream<Arguments> protocols() {
        return Stream.of(
                Arguments.of("h2 and http/1.1", List.of("h2", "http/1.1"), "http/1.1"),
                Arguments.of("none", List.of(), ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    void only_the_older_http_is_agreed_on(String name, List<String> offered, String agreed) throws Exception {
        Outside.Server server = server(answering(OK));
        try (SSLSocket inside = Inspected.enter(
                Inspected.trusting(outside.authority),
                Inspected.tunnel(outside, server.at()),
                Outside.HOST,
                offered.toArray(String[]::new))) {
            assertThat(inside.getApplicationProtocol()).isEqualTo(agreed);
            Outside.write(inside.getOutputStream(), get(server, "/") + "\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void a_client_of_the_newer_http_alone_gets_no_connection() throws Exception {
        try (Socket tunnel = Inspected.tunnel(outside, "allowed.test:443")) {
            assertThatThrownBy(() -> Inspected.enter(Inspected.trusting(outside.authority), tunnel, Outside.HOST, "h2"))
                    .isInstanceOf(SSLException.class);
        }
        assertThat(outside.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void both_versions_of_tls_are_spoken(String version) throws Exception {
        Outside.Server server = server(answering(OK));
        try (Socket tunnel = Inspected.tunnel(outside, server.at());
                SSLSocket inside = (SSLSocket) Inspected.trusting(outside.authority)
                        .getSocketFactory()
                        .createSocket(tunnel, Outside.HOST, 443, true)) {
            inside.setEnabledProtocols(new String[] {version});
            Outside.write(inside.getOutputStream(), get(server, "/") + "Connection: close\r\n\r\n");
            assertThat(new String(inside.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            assertThat(inside.getSession().getProtocol()).isEqualTo(version);
        }
    }

    @Test
    void an_older_version_is_not_begun_again_inside() throws Exception {
        Outside.Server server = server(answering(OK));
        try (Socket tunnel = Inspected.tunnel(outside, server.at());
                SSLSocket inside = (SSLSocket) Inspected.trusting(outside.authority)
                        .getSocketFactory()
                        .createSocket(tunnel, Outside.HOST, 443, true)) {
            inside.setEnabledProtocols(new String[] {"TLSv1.2"});
            inside.startHandshake();
            inside.startHandshake();

            assertThatThrownBy(() -> {
                        Outside.write(inside.getOutputStream(), get(server, "/") + "\r\n");
                        if (inside.getInputStream().read() < 0) {
                            throw new SSLException("ended");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_key_that_is_changed_inside_changes_nothing() throws Exception {
        Outside.Server server = server(answering(OK));
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            for (int number = 0; number < 3; number++) {
                // In TLS 1.3 this asks for new keys of both directions.
                inside.startHandshake();
                Outside.write(inside.getOutputStream(), get(server, "/" + number) + "\r\n");
                assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
                inside.getInputStream().readNBytes(2);
            }
        }
        assertThat(outside.requests).hasSize(3);
    }

    private Outside.Server stranger(String kind) throws Exception {
        return switch (kind) {
            case "nobody knows" ->
                Inspected.server(outside, Authority.create("x", Clock.systemUTC()), Outside.HOST, answering(OK));
            case "of the sandbox" -> Inspected.server(outside, outside.authority, Outside.HOST, answering(OK));
            case "another name" -> Inspected.server(outside, outside.worldsAuthority, "other.test", answering(OK));
            case "an address" -> Inspected.server(outside, outside.worldsAuthority, "127.0.0.1", answering(OK));
            case "over" -> Inspected.expired(outside, answering(OK));
            case "plain" ->
                outside.server((in, out) -> {
                    in.read();
                    Outside.write(out, "HTTP/1.1 400 Bad Request\r\n\r\n");
                });
            case "speaks first" ->
                outside.server((in, out) -> {
                    Outside.write(out, "220 mail\r\n");
                    in.readAllBytes();
                });
            case "closes" -> outside.server((in, out) -> in.read());
            default -> throw new AssertionError(kind);
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void a_server_that_does_not_prove_who_it_is_gets_no_request(String kind, String why) throws Exception {
        Outside.Server server = stranger(kind);

        String answer = Inspected.say(
                outside,
                server,
                "POST /token HTTP/1.1\r\nHost: " + server.at() + "\r\nContent-Length: 6\r\n\r\nsecret"
                        + get(server, "/again") + "\r\n");

        assertThat(answer).startsWith("HTTP/1.1 502 ").contains(why, "not a matter of permission");
        assertThat(answer.split("HTTP/1.1 [0-9]", -1)).hasSize(2);
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.heard()).doesNotContain("secret", "/token", "/again");
        assertThat(outside.reported).isEmpty();
    }

    static Stream<Arguments> strangers() {
        return Stream.of(
                Arguments.of("nobody knows", "its certificate is not trusted by this runner"),
                Arguments.of("of the sandbox", "its certificate is not trusted by this runner"),
                Arguments.of("another name", "its certificate is not valid for allowed.test"),
                Arguments.of("an address", "its certificate is not valid for allowed.test"),
                Arguments.of("over", "its certificate is not valid at this time"),
                Arguments.of("plain", "it does not speak TLS as it should"),
                Arguments.of("speaks first", "it does not speak TLS as it should"),
                Arguments.of("closes", "it broke off without ending TLS"));
    }

    @Test
    void a_server_that_does_not_end_its_handshake_is_given_up() throws Exception {
        Outside.Server server = outside.server((in, out) -> in.readAllBytes());
        long start = System.nanoTime();

        assertThat(Inspected.say(outside, server, get(server, "/") + "\r\n"))
                .startsWith("HTTP/1.1 504 ")
                .contains("no answer came in time");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void a_handshake_that_a_server_drips_is_given_up() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Outside.Server server = outside.server((in, out) -> {
            out.write(new byte[] {ClientHello.HANDSHAKE, 3, 3, 0x40, 0, 2, 0, 0x3f, 0});
            while (!over.await(100, TimeUnit.MILLISECONDS)) {
                out.write(0);
            }
        });
        long start = System.nanoTime();

        assertThat(Inspected.say(outside, server, get(server, "/") + "\r\n")).startsWith("HTTP/1.1 504 ");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        over.countDown();
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nraw", 502),
                Arguments.of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 502),
                Arguments.of("HTTP/2 200 OK\r\n\r\n", 502),
                Arguments.of("", 502));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void an_answer_that_is_none_is_not_passed_on(String said, int status) throws Exception {
        Outside.Server server = server(answering(said));

        String answer = Inspected.say(outside, server, get(server, "/") + "\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close\r\n");
        assertThat(answer.split("HTTP/1.1 [0-9]", -1)).hasSize(2);
        assertThat(answer).doesNotContain("raw");
    }

    @Test
    void an_answer_without_a_length_ends_where_tls_says_so() throws Exception {
        Outside.Server server = server(answering("HTTP/1.1 200 OK\r\n\r\nall of it"));

        assertThat(Inspected.say(outside, server, get(server, "/") + "\r\n"))
                .endsWith("\r\n\r\n9\r\nall of it\r\n0\r\n\r\n");
    }

    @Test
    void an_answer_that_is_cut_off_is_not_taken_for_the_whole() throws Exception {
        Outside.Server server = server((in, out) -> {
            Outside.head(in);
            Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        });
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            Outside.write(inside.getOutputStream(), get(server, "/") + "\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
            assertThatThrownBy(() -> inside.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    /** Whoever is between the gateway and the server can do that. */
    @Test
    void an_answer_that_ends_without_the_word_of_tls_is_not_the_whole() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, Outside.loopback(1))) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    SSLSocket tls = (SSLSocket) outside.worldsAuthority
                            .leaf(Outside.HOST)
                            .context()
                            .getSocketFactory()
                            .createSocket(socket, null, false);
                    Outside.head(tls.getInputStream());
                    Outside.write(tls.getOutputStream(), "HTTP/1.1 200 OK\r\n\r\nall but the end");
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (IOException seenByTheOtherSide) {
                    Thread.yield();
                }
            });
            String at = Outside.HOST + ":" + listener.getLocalPort();
            try (SSLSocket inside = Inspected.enter(
                    Inspected.trusting(outside.authority), Inspected.tunnel(outside, at), Outside.HOST)) {
                Outside.write(inside.getOutputStream(), "GET / HTTP/1.1\r\nHost: " + at + "\r\n\r\n");
                assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
                assertThatThrownBy(() -> inside.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void a_host_that_is_not_inspected_keeps_its_own_certificate() throws Exception {
        Outside.Server server = Inspected.server(outside, outside.worldsAuthority, "other.test", answering(OK));
        outside.names.put("other.test", outside.names.get(Outside.HOST));
        try (SSLSocket inside = Inspected.enter(
                Inspected.trusting(outside.worldsAuthority),
                Inspected.tunnel(outside, "other.test:" + server.port()),
                "other.test")) {
            Outside.write(inside.getOutputStream(), "GET /secret HTTP/1.1\r\nHost: whatever\r\n\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
            assertThat(Inspected.shown(inside))
                    .isEqualTo(outside.worldsAuthority.leaf("other.test").certificate());
        }
        assertThat(server.heard()).isEqualTo("GET /secret HTTP/1.1\r\nHost: whatever\r\n\r\n");
        assertThat(outside.requests).isEmpty();
    }

    @Test
    void a_plain_request_is_judged_too_whether_its_host_is_inspected_or_not() throws Exception {
        outside.names.put("other.test", outside.names.get(Outside.HOST));
        outside.deniedRequests.add("GET /secret");
        for (String host : List.of(Outside.HOST, "other.test")) {
            Outside.Server server = outside.server(answering(OK));
            String at = host + ":" + server.port();
            String start = "GET http://" + at;
            String end = " HTTP/1.1\r\nHost: " + at + "\r\n\r\n";

            assertThat(outside.say(start + "?a" + end + start + end + start + "/secret" + end))
                    .startsWith(OK + OK + "HTTP/1.1 403 ");
            assertThat(outside.requests).containsExactly(at + " GET /?a", at + " GET /", at + " GET /secret");
            assertThat(server.heard()).doesNotContain("secret");
            assertThat(outside.reasons()).containsExactly(at + ": GET /secret is denied");
            outside.requests.clear();
            outside.reported.clear();
        }
    }

    @Test
    void addresses_are_checked_for_what_is_inspected() throws Exception {
        Outside.Server server = server(answering(OK));
        outside.deniedAddresses.add(Outside.loopback(1));

        assertThat(Inspected.say(outside, server, get(server, "/") + "\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("a private address");
        assertThat(outside.reasons()).containsExactly(server.at() + ": a private address");
        assertThat(server.connections()).isZero();
    }

    @Test
    void an_address_has_a_certificate_of_its_own() throws Exception {
        outside.inspectedHosts.add("127.0.0.1");
        Outside.Server server = Inspected.server(outside, outside.worldsAuthority, "127.0.0.1", answering(OK));
        String at = "127.0.0.1:" + server.port();
        try (SSLSocket inside =
                Inspected.enter(Inspected.trusting(outside.authority), Inspected.tunnel(outside, at), "127.0.0.1")) {
            Outside.write(inside.getOutputStream(), "GET / HTTP/1.1\r\nHost: " + at + "\r\n\r\n");
            assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
        }
        assertThat(server.heard()).startsWith("GET / HTTP/1.1\r\nHost: " + at + "\r\n");
    }

    @Test
    void a_hundred_inspected_connections_at_once_all_finish() throws Exception {
        CountDownLatch all = new CountDownLatch(100);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                Outside patient = new Outside(
                        Outside.limits(128, Duration.ofSeconds(30), Duration.ofSeconds(30), 1 << 30, 1 << 30, 0))) {
            patient.inspectedHosts.add(Outside.HOST);
            Outside.Server known = Inspected.server(patient, patient.worldsAuthority, Outside.HOST, (in, out) -> {
                String path = Outside.head(in).split(" ", 3)[1];
                all.countDown();
                assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
                Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            });
            List<Future<String>> finished = new ArrayList<>();
            for (int number = 0; number < 100; number++) {
                String path = "/" + number;
                Callable<String> one = () -> Inspected.say(patient, known, get(known, path) + "\r\n");
                finished.add(threads.submit(one));
            }
            for (int number = 0; number < 100; number++) {
                assertThat(finished.get(number).get(60, TimeUnit.SECONDS)).endsWith("\r\n\r\n/" + number);
            }
            assertThat(patient.requests).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void the_bytes_of_a_task_are_those_of_its_tls() throws Exception {
        try (Outside small =
                new Outside(Outside.limits(8, Duration.ofSeconds(5), Duration.ofSeconds(5), 1 << 30, 100_000, 0))) {
            small.inspectedHosts.add(Outside.HOST);
            Outside.Server server = Inspected.server(small, small.worldsAuthority, Outside.HOST, (in, out) -> {
                Outside.head(in);
                Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n");
                out.write(new byte[500_000]);
            });
            try (SSLSocket inside = Inspected.enter(small, server)) {
                Outside.write(inside.getOutputStream(), get(server, "/") + "\r\n");
                assertThat(Outside.head(inside.getInputStream())).startsWith("HTTP/1.1 200 ");
                assertThatThrownBy(() -> inside.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            }
            assertThat(small.reasons())
                    .containsExactly(server.at() + ": this task has received the 100000 bytes that it may");
            assertThat(small.gateway.traffic().bytesDown()).isEqualTo(100_000);
        }
    }

    @Test
    void bytes_that_are_spent_in_the_handshake_are_a_refusal() throws Exception {
        try (Outside small =
                new Outside(Outside.limits(8, Duration.ofSeconds(5), Duration.ofSeconds(5), 100, 1 << 20, 0))) {
            small.inspectedHosts.add(Outside.HOST);
            Outside.Server server = Inspected.server(small, small.worldsAuthority, Outside.HOST, answering(OK));

            assertThat(Inspected.say(small, server, get(server, "/") + "\r\n"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("has sent the 100 bytes");
            assertThat(server.heard()).isEmpty();
        }
    }

    @Test
    void one_that_does_not_take_what_it_asked_for_is_cut_off() throws Exception {
        try (Outside hasty =
                new Outside(Outside.limits(1, Duration.ofSeconds(5), Duration.ofMillis(500), 1 << 30, 1 << 30, 0))) {
            hasty.inspectedHosts.add(Outside.HOST);
            Outside.Server server = Inspected.server(hasty, hasty.worldsAuthority, Outside.HOST, (in, out) -> {
                Outside.head(in);
                Outside.write(out, "HTTP/1.1 200 OK\r\n\r\n");
                for (int number = 0; number < 1000; number++) {
                    out.write(new byte[1 << 16]);
                }
            });
            try (SSLSocket lazy = Inspected.enter(hasty, server)) {
                Outside.write(lazy.getOutputStream(), get(server, "/") + "\r\n");
                // The only place is free again.
                assertThat(Eventually.within(
                                Duration.ofSeconds(10),
                                () -> !hasty.say("GET http://evil.com/ HTTP/1.1\r\n\r\n")
                                        .startsWith("HTTP/1.1 503")))
                        .isTrue();
            }
        }
    }

    @Test
    void a_closed_gateway_ends_what_is_inspected() throws Exception {
        Outside.Server server = server((in, out) -> in.readAllBytes());
        try (SSLSocket idle = Inspected.enter(outside, server);
                SSLSocket waiting = Inspected.enter(outside, server)) {
            Outside.write(waiting.getOutputStream(), get(server, "/") + "\r\n");
            assertThat(Eventually.within(
                            Duration.ofSeconds(3), () -> server.heard().contains("\r\n\r\n")))
                    .isTrue();

            outside.gateway.close();

            assertThat(Eventually.within(Duration.ofSeconds(3), outside.gateway::ended))
                    .isTrue();
            assertThatThrownBy(() -> idle.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_real_curl_works_through_it(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Program.exists("curl"), "curl is not installed");
        Outside.Server server = server(InspectionTest::echo);
        outside.deniedRequests.add("GET /secret");
        Files.writeString(folder.resolve("ca.pem"), outside.authority.certificatePem());
        Files.writeString(folder.resolve("body"), "x".repeat(300_000));
        String url = "https://" + server.at();
        for (String scheme : List.of("http", "socks4a", "socks5h")) {
            String[] curl = {
                "curl", "-sS", "--cacert", "ca.pem", "-x", scheme + "://127.0.0.1:" + outside.port(), "--http2"
            };
            assertThat(Program.run(folder, words(curl, "--data-binary", "@body", url + "/a", url + "/b"))
                            .equals("x".repeat(600_000)))
                    .isTrue();
            String chunked = Program.run(
                    folder, words(curl, "-H", "Transfer-Encoding: chunked", "--data-binary", "@body", url + "/c"));
            assertThat(chunked.chars().filter(character -> character == 'x').count())
                    .isEqualTo(300_000);
            assertThat(Program.run(folder, words(curl, url + "/secret")))
                    .contains("Do not retry", "GET /secret is denied");
            assertThat(Program.run(folder, words(curl, "--path-as-is", url + "/a/../secret")))
                    .isEmpty();
        }
        assertThat(outside.requests)
                .contains(server.at() + " POST /a", server.at() + " POST /b", server.at() + " GET /a/../secret");
        assertThat(server.heard()).doesNotContain("GET /secret");
        int before = server.connections();
        String proxy = "http://127.0.0.1:" + outside.port();
        assertThatThrownBy(() -> Program.run(folder, "curl", "-sS", "-x", proxy, url + "/a"))
                .hasMessageContaining("certificate");
        assertThat(server.connections()).isEqualTo(before);
    }

    private static String[] words(String[] first, String... others) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(others)).toArray(String[]::new);
    }
}
