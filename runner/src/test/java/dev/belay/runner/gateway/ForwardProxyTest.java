package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.sandbox.Eventually;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardProxyTest {
    private Outside outside;

    @BeforeEach
    void open() throws Exception {
        outside = new Outside(Outside.limits(128, Duration.ofSeconds(2), Duration.ofSeconds(5), 1 << 30, 1 << 30, 0));
    }

    @AfterEach
    void close() throws Exception {
        outside.close();
    }

    /** Answers every request with its own head. */
    private static void mirror(InputStream in, OutputStream out) throws Exception {
        String head = Outside.head(in);
        Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
    }

    private static Outside.Talk answering(String answer) {
        return (in, out) -> {
            Outside.head(in);
            Outside.write(out, answer);
        };
    }

    private String get(String authority) {
        return "GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n";
    }

    @Test
    void a_request_goes_on_in_origin_form_without_what_is_the_hops() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);

        String answer = outside.say(
                "GET http://" + server.at().toUpperCase(Locale.ROOT)
                        + "?a=b HTTP/1.1\r\nHost: " + server.at()
                        + "\r\nX-One: 1\r\nx-secret: 2\r\nConnection: keep-alive, X-Secret\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
                        + "Proxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\nTrailer: x\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\nGET /?a=b HTTP/1.1\r\nHost: " + server.at()
                        + "\r\nX-One: 1\r\nConnection: close\r\n\r\n");
        assertThat(outside.reported).isEmpty();
        assertThat(outside.gateway.traffic().requests()).isEqualTo(1);
        assertThat(outside.gateway.traffic().bytesUp()).isEqualTo(server.heard().length());
    }

    @Test
    void one_connection_carries_fifty_requests() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);
        try (Socket socket = outside.connect()) {
            for (int number = 0; number < 50; number++) {
                Outside.write(socket.getOutputStream(), get(server.at()) + "N: " + number + "\r\n\r\n");
                String head = Outside.head(socket.getInputStream());
                assertThat(head).startsWith("HTTP/1.1 200").doesNotContain("Connection");
                assertThat(Outside.head(socket.getInputStream())).contains("N: " + number + "\r\n");
            }
        }
        assertThat(outside.gateway.traffic().connections()).isEqualTo(1);
        assertThat(outside.gateway.traffic().requests()).isEqualTo(50);
    }

    @Test
    void pipelined_requests_are_judged_one_by_one() throws Exception {
        Outside.Server first = outside.server(ForwardProxyTest::mirror);
        Outside.Server second = outside.server(ForwardProxyTest::mirror);
        outside.names.put("other.test", outside.names.get(Outside.HOST));

        String answer = outside.say(get(first.at()) + "\r\n" + get("other.test:" + second.port()) + "\r\n"
                + get("evil.com") + "\r\n" + get(first.at()) + "Late: 1\r\n\r\n");

        assertThat(answer.split("HTTP/1.1 200 OK", -1)).hasSize(3);
        assertThat(answer).contains("X-Belay-Denied: egress evil.com:80\r\n");
        assertThat(first.heard()).contains("Host: " + first.at()).doesNotContain("Late", "other", "evil");
        assertThat(second.heard()).contains("Host: other.test:").doesNotContain("evil");
        assertThat(outside.reasons()).containsExactly("evil.com:80: not on the list");
    }

    @Test
    void what_a_policy_forbids_meanwhile_is_refused_on_a_kept_connection_too() throws Exception {
        Outside.Server server = outside.server(answering("HTTP/1.1 204 No\r\n\r\n"));
        try (Socket socket = outside.connect()) {
            Outside.write(socket.getOutputStream(), get(server.at()) + "\r\n");
            assertThat(Outside.head(socket.getInputStream())).startsWith("HTTP/1.1 204");
            outside.deniedHosts.add(Outside.HOST);
            Outside.write(socket.getOutputStream(), get(server.at()) + "\r\n");
            assertThat(Outside.head(socket.getInputStream())).startsWith("HTTP/1.1 403");
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    static Stream<Arguments> smuggled() {
        String crlf = "\r\n";
        String end = "\r\n\r\n";
        String post = "POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\n";
        return Stream.of(
                Arguments.of(
                        "both lengths", post + "Content-Length: 3\r\nTransfer-Encoding: chunked" + end + "0" + end),
                Arguments.of(
                        "both lengths turned",
                        post + "Transfer-Encoding: chunked\r\nContent-Length: 3" + end + "0" + end),
                Arguments.of("two lengths", post + "Content-Length: 3\r\nContent-Length: 4" + end + "abcd"),
                Arguments.of("one length twice", post + "Content-Length: 3\r\nContent-Length: 3" + end + "abc"),
                Arguments.of("a list of lengths", post + "Content-Length: 3, 4" + end + "abcd"),
                Arguments.of("a signed length", post + "Content-Length: +3" + end + "abc"),
                Arguments.of("a negative length", post + "Content-Length: -3" + end + "abc"),
                Arguments.of("a hexadecimal length", post + "Content-Length: 0x3" + end + "abc"),
                Arguments.of("no length", post + "Content-Length:" + end + "abc"),
                Arguments.of("a length beyond bounds", post + "Content-Length: 99999999999999999999" + end + "abc"),
                Arguments.of("an unknown coding", post + "Transfer-Encoding: xchunked" + end + "0" + end),
                Arguments.of("a coding before chunked", post + "Transfer-Encoding: gzip, chunked" + end + "0" + end),
                Arguments.of("a coding after chunked", post + "Transfer-Encoding: chunked, identity" + end + "0" + end),
                Arguments.of(
                        "a coding twice",
                        post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked" + end + "0" + end),
                Arguments.of("a coding in quotes", post + "Transfer-Encoding: \"chunked\"" + end + "0" + end),
                Arguments.of("a coding with a form feed", post + "Transfer-Encoding: \fchunked" + end + "0" + end),
                Arguments.of("an empty coding", post + "Transfer-Encoding:" + end + "0" + end),
                Arguments.of("a space before the colon", post + "Transfer-Encoding : chunked" + end + "0" + end),
                Arguments.of("a tab before the colon", post + "Content-Length\t: 3" + end + "abc"),
                Arguments.of("a folded line", post + "X: a\r\n Content-Length: 3" + end + "abc"),
                Arguments.of("a folded line with a tab", post + "Transfer-Encoding:\r\n\tchunked" + end + "0" + end),
                Arguments.of("a bare line feed", post + "X: a\nContent-Length: 3" + end + "abc"),
                Arguments.of("a bare carriage return", post + "X: a\rContent-Length: 3" + end + "abc"),
                Arguments.of("line feeds only", post.replace(crlf, "\n") + "\n"),
                Arguments.of("two carriage returns", post + "X: a\r\r\n" + crlf),
                Arguments.of("a NUL in a value", post + "X: a\0b" + end),
                Arguments.of("a NUL in a name", post + "X\0: b" + end),
                Arguments.of("a control character in a value", post + "X: a\1b" + end),
                Arguments.of("an empty name", post + ": b" + end),
                Arguments.of("a line without a colon", post + "X" + end),
                Arguments.of("a name in brackets", post + "X(Y): b" + end),
                Arguments.of(
                        "old HTTP with a coding",
                        "POST http://HOST/ HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked" + end + "0" + end),
                Arguments.of(
                        "a chunk size in words", post + "Transfer-Encoding: chunked" + end + "three\r\nabc\r\n0" + end),
                Arguments.of("a signed chunk size", post + "Transfer-Encoding: chunked" + end + "+3\r\nabc\r\n0" + end),
                Arguments.of(
                        "a chunk size with a prefix",
                        post + "Transfer-Encoding: chunked" + end + "0x3\r\nabc\r\n0" + end),
                Arguments.of(
                        "a chunk size with a space",
                        post + "Transfer-Encoding: chunked" + end + "3 \r\nabc\r\n0" + end),
                Arguments.of(
                        "a chunk size beyond bounds",
                        post + "Transfer-Encoding: chunked" + end + "ffffffffffffffff3\r\nabc\r\n0" + end),
                Arguments.of("an empty chunk size", post + "Transfer-Encoding: chunked" + end + "\r\nabc\r\n0" + end),
                Arguments.of(
                        "a chunk size line of a bare line feed",
                        post + "Transfer-Encoding: chunked" + end + "3\nabc\r\n0" + end),
                Arguments.of(
                        "a chunk extension with a line feed",
                        post + "Transfer-Encoding: chunked" + end + "3;a\nb\r\nabc\r\n0" + end),
                Arguments.of("another Host", "GET http://HOST/ HTTP/1.1\r\nHost: evil.com" + end),
                Arguments.of("another port", "GET http://HOST/ HTTP/1.1\r\nHost: allowed.test" + end),
                Arguments.of("two Hosts", "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nHost: evil.com" + end),
                Arguments.of("no Host", "GET http://HOST/ HTTP/1.1" + end),
                Arguments.of("a Host with user information", "GET http://HOST/ HTTP/1.1\r\nHost: evil.com@HOST" + end),
                Arguments.of("a list of Hosts", "GET http://HOST/ HTTP/1.1\r\nHost: HOST, evil.com" + end),
                Arguments.of("user information", "GET http://evil.com@HOST/ HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a fragment", "GET http://HOST/#x HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a fragment after the host", "GET http://HOST#.evil.com HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a tab in the first line", "GET http://HOST/\tx HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a newer HTTP", "GET http://HOST/ HTTP/2.0\r\nHost: HOST" + end),
                Arguments.of("a lower-case HTTP version", "GET http://HOST/ HTTP/1.1x\r\nHost: HOST" + end),
                Arguments.of("origin form", "GET / HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("another scheme", "GET ftp://HOST/ HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a strange method", "GE(T http://HOST/ HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of(
                        "a tunnel with a body",
                        "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3" + end + "abc"),
                Arguments.of("a tunnel with user information", "CONNECT evil.com@HOST HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a tunnel without a port", "CONNECT allowed.test HTTP/1.1\r\nHost: HOST" + end),
                Arguments.of("a cut head", "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("smuggled")
    void what_can_be_read_in_two_ways_goes_nowhere(String name, String request) throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);
        String follower = get(server.at()) + "Follower: 1\r\n\r\n";

        String answer = outside.say(request.replace("HOST", server.at()) + (name.contains("cut") ? "" : follower));

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("Connection: close\r\n");
        assertThat(answer.split("HTTP/1.1 [0-9]", -1)).hasSize(2);
        assertThat(server.connections()).isZero();
        assertThat(outside.asked).isEmpty();
    }

    static Stream<Arguments> refusedHosts() {
        return Stream.of(
                        "allowed.test%2eevil.com",
                        "evil.com\\.allowed.test",
                        "evil.com%00.allowed.test",
                        "notallowed.test.evil.com",
                        "2130706433",
                        "0x7f.0.0.1",
                        "0177.0.0.1",
                        "127.1",
                        "[::1%25eth0]",
                        "[0:0:0:0:0:0:0:1]",
                        "::1",
                        "allowed.test..",
                        "b\u00fccher.test",
                        "allowed.test:99999",
                        "allowed.test:080",
                        "allowed.test:+80",
                        "")
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("refusedHosts")
    void a_host_that_is_no_plain_name_is_refused_and_reported(String host) throws Exception {
        String answer = outside.say("GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403 ");
        assertThat(outside.asked).isEmpty();
        assertThat(outside.reported).hasSize(1);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of("Content-Length: 5\r\n\r\nhello", "Content-Length: 5\r\n", "\r\n\r\nhello"),
                Arguments.of(
                        "Transfer-Encoding: Chunked\r\n\r\n2;x=\"y\"\r\nhe\r\n03\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
                        "Transfer-Encoding: chunked\r\n",
                        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
                Arguments.of(
                        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "Transfer-Encoding: chunked\r\n",
                        "\r\n\r\n0\r\n\r\n"),
                Arguments.of("Content-Length: 0\r\n\r\n", "Content-Length: 0\r\n", "\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_body_is_framed_anew_and_the_next_request_is_another(String said, String header, String heard)
            throws Exception {
        Outside.Server server = outside.server((in, out) -> {
            String head = Outside.head(in);
            int length = head.contains("Content-Length: 5") ? 5 : 0;
            in.readNBytes(length);
            for (String tail = ""; head.contains("chunked") && !tail.endsWith("0\r\n\r\n"); ) {
                tail += (char) in.read();
            }
            Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });

        String answer = outside.say("POST http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at() + "\r\n" + said
                + get(server.at()) + "\r\n");

        assertThat(answer.split("HTTP/1.1 200 OK", -1)).hasSize(3);
        assertThat(server.heard()).contains(header, heard + "GET / HTTP/1.1");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void a_chunk_that_breaks_later_ends_the_request_unfinished() throws Exception {
        Outside.Server server = outside.server((in, out) -> in.readAllBytes());

        String answer = outside.say("POST http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at()
                + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabcd\r\n0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(server.heard()).doesNotContain("\r\n0\r\n");
    }

    @Test
    void a_body_waits_for_the_server_to_want_it() throws Exception {
        Outside.Server server = outside.server((in, out) -> {
            assertThat(Outside.head(in)).contains("Expect: 100-continue");
            Outside.write(out, "HTTP/1.1 100 Continue\r\n\r\n");
            in.readNBytes(5);
            Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        try (Socket socket = outside.connect()) {
            Outside.write(
                    socket.getOutputStream(),
                    "PUT http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at()
                            + "\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(Outside.head(socket.getInputStream())).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            Outside.write(socket.getOutputStream(), "hello");
            assertThat(Outside.head(socket.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
        }
        assertThat(server.heard()).endsWith("\r\n\r\nhello");
    }

    @Test
    void a_body_that_nobody_wants_is_not_waited_for() throws Exception {
        Outside.Server server = outside.server(answering("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"));
        try (Socket socket = outside.connect()) {
            Outside.write(
                    socket.getOutputStream(),
                    "PUT http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at()
                            + "\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(Outside.head(socket.getInputStream()))
                    .startsWith("HTTP/1.1 401 No\r\n")
                    .contains("Connection: close");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(
                        "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokMORE", "Content-Length: 2\r\n\r\nok"),
                Arguments.of(
                        "GET",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 Evil\r\n\r\n",
                        "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                Arguments.of(
                        "GET", "HTTP/1.1 200 OK\r\n\r\nok", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                Arguments.of("GET", "HTTP/1.0 200\r\n\r\nok", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                Arguments.of("GET", "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 Evil\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n"),
                Arguments.of(
                        "GET",
                        "HTTP/1.1 304 Same\r\nContent-Length: 7\r\n\r\n",
                        "HTTP/1.1 304 Same\r\nContent-Length: 7\r\n\r\n"),
                Arguments.of(
                        "HEAD",
                        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n1234567",
                        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"),
                Arguments.of(
                        "GET",
                        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of(
                        "GET",
                        "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nX-Belay-Denied: lie\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void an_answer_is_passed_on_to_its_end_and_no_further(String method, String said, String heard) throws Exception {
        Outside.Server server = outside.server(answering(said));
        Outside.Server next = outside.server(answering("HTTP/1.1 200 Next\r\nContent-Length: 0\r\n\r\n"));

        String answer = outside.say(method + get(server.at()).substring(3) + "\r\n" + get(next.at()) + "\r\n");

        assertThat(answer)
                .endsWith(heard + "HTTP/1.1 200 Next\r\nContent-Length: 0\r\n\r\n")
                .doesNotContain("Evil");
    }

    static Stream<String> brokenAnswers() {
        return Stream.of(
                "",
                "garbage\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 999 No\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n",
                "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(300) + "\r\n",
                "HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000) + "\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void a_broken_answer_is_the_servers_fault_and_not_passed_on(String said) throws Exception {
        Outside.Server server = outside.server(answering(said));

        String answer = outside.say(get(server.at()) + "\r\n");

        assertThat(answer.replace("HTTP/1.1 100 Continue\r\n\r\n", ""))
                .startsWith("HTTP/1.1 502 ")
                .contains("not a matter of permission");
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void an_answer_that_is_cut_off_is_not_taken_for_the_whole() throws Exception {
        Outside.Server server =
                outside.server(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nbroken"));
        try (Socket socket = outside.connect()) {
            Outside.write(socket.getOutputStream(), get(server.at()) + "\r\n");
            StringBuilder heard = new StringBuilder();
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    heard.append((char) next);
                }
            } catch (java.net.SocketException reset) {
                heard.append("reset");
            }
            assertThat(heard.toString()).doesNotContain("0\r\n\r\n").endsWith("reset");
        }
    }

    @Test
    void an_old_client_reads_until_the_close() throws Exception {
        Outside.Server server =
                outside.server(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));

        String answer = outside.say("GET http://" + server.at() + "/ HTTP/1.0\r\n\r\n" + get(server.at()) + "\r\n");

        assertThat(answer).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok");
    }

    @Test
    void another_protocol_is_not_begun() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);

        String answer = outside.say(get(server.at()) + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 501 ").contains("wss:");
        assertThat(server.connections()).isZero();
    }

    @Test
    void https_without_a_tunnel_is_told_to_use_one() throws Exception {
        assertThat(outside.say("GET https://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n"))
                .startsWith("HTTP/1.1 501 ")
                .contains("CONNECT");
    }

    @Test
    void a_name_that_does_not_resolve_is_no_matter_of_permission() throws Exception {
        String answer = outside.say(get("unknown.test") + "\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 502 ")
                .contains("its name does not resolve", "not a matter of permission")
                .doesNotContain("X-Belay-Denied");
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void nobody_there_is_no_matter_of_permission() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);
        server.close();

        assertThat(outside.say(get(server.at()) + "\r\n"))
                .startsWith("HTTP/1.1 502 ")
                .contains("was not accepted", "not a matter of permission");
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void a_name_of_denied_addresses_is_denied() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);
        outside.deniedAddresses.add(Outside.loopback(1));

        assertThat(outside.say(get(server.at()) + "\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("a private address", "X-Belay-Denied: egress " + server.at());
        assertThat(server.connections()).isZero();
        assertThat(outside.reasons()).containsExactly(server.at() + ": a private address");
        assertThat(outside.reported.getFirst().step()).isEqualTo(7);
    }

    @Test
    void of_mixed_addresses_only_the_permitted_ones_are_dialled() throws Exception {
        Outside.Server server = outside.server(Outside.loopback(2), ForwardProxyTest::mirror);
        outside.names.put(Outside.HOST, List.of(Outside.loopback(1), Outside.loopback(2), Outside.loopback(3)));
        outside.deniedAddresses.add(Outside.loopback(1));
        outside.deniedAddresses.add(Outside.loopback(3));

        assertThat(outside.say(get(server.at()) + "\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(outside.judged).containsExactly(Outside.loopback(1), Outside.loopback(2), Outside.loopback(3));
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void a_second_answer_of_the_resolver_changes_nothing() throws Exception {
        Outside.Server server = outside.server(Outside.loopback(2), (in, out) -> {
            // While the first request is on its way, the name goes over to an address that is denied.
            outside.names.put(Outside.HOST, List.of(Outside.loopback(1)));
            mirror(in, out);
        });
        outside.names.put(Outside.HOST, List.of(Outside.loopback(2)));
        outside.deniedAddresses.add(Outside.loopback(1));

        String answer = outside.say(get(server.at()) + "\r\n" + get(server.at()) + "\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 403 ", "a private address");
        assertThat(outside.asked).containsExactly(Outside.HOST, Outside.HOST);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_redirect_is_one_more_request() throws Exception {
        Outside.Server server = outside.server(
                answering("HTTP/1.1 302 Found\r\nLocation: http://evil.com/\r\nContent-Length: 0\r\n\r\n"));
        HttpClient client = client(HttpClient.Redirect.ALWAYS);

        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://" + server.at() + "/"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("X-Belay-Denied")).contains("egress evil.com:80");
        assertThat(outside.reasons()).containsExactly("evil.com:80: not on the list");
    }

    @Test
    void a_real_client_sends_and_receives_megabytes() throws Exception {
        byte[] much = new byte[10 << 20];
        new java.util.Random(1).nextBytes(much);
        var server =
                com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress(Outside.loopback(1), 0), 0);
        outside.closing(() -> server.stop(0));
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, exchange.getRequestURI().getPath().equals("/chunked") ? 0 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        HttpClient client = client(HttpClient.Redirect.NEVER);
        for (String path : List.of("/chunked", "/length")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(
                            "http://allowed.test:" + server.getAddress().getPort() + path))
                    .POST(
                            path.equals("/length")
                                    ? HttpRequest.BodyPublishers.ofByteArray(much)
                                    : HttpRequest.BodyPublishers.ofInputStream(
                                            () -> new java.io.ByteArrayInputStream(much)))
                    .build();

            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(java.util.Arrays.equals(answer.body(), much)).isTrue();
        }
        Traffic traffic = outside.gateway.traffic();
        assertThat(traffic.bytesUp()).isGreaterThan(20 << 20);
        assertThat(traffic.bytesDown()).isGreaterThan(20 << 20);
    }

    @Test
    void a_head_that_drips_is_cut_off_and_told_so() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);
        try (Socket socket = outside.connect()) {
            Outside.write(socket.getOutputStream(), get(server.at()));
            assertThat(Eventually.within(Duration.ofSeconds(4), () -> {
                        if (socket.getInputStream().available() == 0) {
                            Outside.write(socket.getOutputStream(), "X: y\r\n");
                        }
                        return socket.getInputStream().available() > 0;
                    }))
                    .isTrue();
            assertThat(Outside.head(socket.getInputStream())).matches("(?s)HTTP/1.1 4(08|31) .*");
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_head_that_is_too_long_or_has_too_many_fields_goes_nowhere() throws Exception {
        Outside.Server server = outside.server(ForwardProxyTest::mirror);

        assertThat(outside.say(get(server.at()) + "X: " + "y".repeat(70_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(outside.say(get(server.at()) + "X: y\r\n".repeat(300) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(server.connections()).isZero();
    }

    private HttpClient client(HttpClient.Redirect redirect) {
        return outside.closing(HttpClient.newBuilder()
                .proxy(java.net.ProxySelector.of(outside.address()))
                .followRedirects(redirect)
                .build());
    }

    @Test
    void a_real_curl_and_a_real_git_work_through_it() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Program.exists("curl") && Program.exists("git"), "curl and git are not both installed");
        java.nio.file.Path folder = java.nio.file.Files.createTempDirectory("gateway");
        outside.closing(() -> Program.delete(folder));
        Program.run(folder, "sh", "-c", """
                git init -q -b main work && cd work && echo hello > file && git add file
                git -c user.name=a -c user.email=a@b.c commit -qm first && cd ..
                git clone -q --bare work served.git && cd served.git && git update-server-info""");
        var server = com.sun.net.httpserver.SimpleFileServer.createFileServer(
                new java.net.InetSocketAddress(Outside.loopback(1), 0),
                folder,
                com.sun.net.httpserver.SimpleFileServer.OutputLevel.NONE);
        outside.closing(() -> server.stop(0));
        server.start();
        String root = "http://allowed.test:" + server.getAddress().getPort() + "/";
        String proxy = "http://127.0.0.1:" + outside.port();

        assertThat(Program.run(folder, "curl", "-sS", "-x", proxy, root + "work/file"))
                .isEqualTo("hello\n");
        assertThat(Program.run(folder, "curl", "-sS", "-x", proxy, "--http2", root + "work/file", root + "work/file"))
                .isEqualTo("hello\nhello\n");
        Program.run(folder, "git", "-c", "http.proxy=" + proxy, "clone", "-q", root + "served.git", "cloned");
        assertThat(folder.resolve("cloned/file")).hasContent("hello");
        assertThat(Program.run(folder, "curl", "-sS", "-x", proxy, "http://evil.com/"))
                .contains("Do not retry");
    }
}
