package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PushTest {
    private static final String MAIN = "refs/heads/main";
    private static final String OWN = "refs/heads/belay/t-1/x";
    private static final String TYPE = "Content-Type: application/x-git-receive-pack-request\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private Outside outside;

    @BeforeEach
    void open() throws Exception {
        outside = new Outside(Outside.limits(128, Duration.ofSeconds(2), Duration.ofSeconds(5), 1 << 30, 1 << 30, 0));
    }

    @AfterEach
    void close() throws Exception {
        outside.close();
    }

    /** Hears a body by its length. */
    private Outside.Server server() throws Exception {
        return outside.server(PushTest::answered);
    }

    private static void answered(InputStream in, OutputStream out) throws Exception {
        String head = Outside.head(in);
        if (head.contains("Content-Length: ")) {
            in.readNBytes(Integer.parseInt(head.replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1")));
        } else if (head.contains("chunked")) {
            StringBuilder body = new StringBuilder();
            while (!body.toString().endsWith("\r\n0\r\n\r\n")) {
                body.append((char) in.read());
            }
        }
        Outside.write(out, OK);
    }

    private static String post(String at, String path, String headers, String body) {
        return "POST http://" + at + path + " HTTP/1.1\r\nHost: " + at + "\r\n" + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private String push(Outside.Server server, String headers, String body) throws Exception {
        return outside.say(post(server.at(), "/o/r.git/git-receive-pack", TYPE + headers, body));
    }

    private void nothingLeft(Outside.Server server) {
        assertThat(server.connections()).isZero();
        assertThat(outside.asked).isEmpty();
    }

    @Test
    void an_own_branch_is_pushed_as_it_was_sent() throws Exception {
        Outside.Server server = server();
        String body = PushBody.of(OWN, OWN + "2") + "x".repeat(300_000);

        String answer = push(server, "Git-Protocol: version=2\r\n", body);

        assertThat(answer).isEqualTo(OK);
        assertThat(server.heard())
                .isEqualTo("POST /o/r.git/git-receive-pack HTTP/1.1\r\nHost: " + server.at() + "\r\n" + TYPE
                        + "Git-Protocol: version=2\r\nContent-Length: " + body.length()
                        + "\r\nConnection: close\r\n\r\n"
                        + body);
        assertThat(outside.pushes)
                .containsExactly(
                        server.at() + " /o/r.git/git-receive-pack " + OWN,
                        server.at() + " /o/r.git/git-receive-pack " + OWN + "2");
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void in_chunks_it_goes_on_in_chunks() throws Exception {
        Outside.Server server = server();
        String body = PushBody.of(OWN);
        StringBuilder chunks = new StringBuilder();
        body.chars().forEach(next -> chunks.append("1\r\n").append((char) next).append("\r\n"));

        String answer = outside.say("POST http://" + server.at() + "/r/git-receive-pack HTTP/1.1\r\nHost: "
                + server.at() + "\r\n" + TYPE + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");

        assertThat(answer).isEqualTo(OK);
        String heard = server.heard();
        assertThat(heard.substring(heard.indexOf("\r\n\r\n") + 4).replaceAll("(?s)[0-9a-f]+\r\n(.*?)\r\n", "$1"))
                .isEqualTo(body);
    }

    @Test
    void gzip_goes_on_in_gzip() throws Exception {
        Outside.Server server = server();
        String body = PushBody.gzip(PushBody.of(OWN) + "x".repeat(100_000));

        assertThat(push(server, "Content-Encoding: gzip\r\n", body)).isEqualTo(OK);
        assertThat(server.heard()).contains("Content-Encoding: gzip\r\n").endsWith("\r\n\r\n" + body);
    }

    @Test
    void a_pack_is_looked_through_as_the_server_reads_it_and_goes_on_as_it_came(@TempDir Path folder) throws Exception {
        Outside.Server server = server();
        outside.keptPushes = Optional.of(folder);
        String body = PushBody.gzip(PushBody.of(OWN) + "x".repeat(100_000));

        assertThat(push(server, "Content-Encoding: gzip\r\n", body)).isEqualTo(OK);
        assertThat(server.heard()).endsWith("\r\n\r\n" + body);
        assertThat(outside.packs).containsExactly(PushBody.NEW + " " + PushBody.PACK + "x".repeat(100_000));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_pack_whose_gzip_breaks_off_is_refused_in_words(@TempDir Path folder) throws Exception {
        Outside.Server server = server();
        outside.keptPushes = Optional.of(folder);
        Random random = new Random(1);
        String noise = random.ints(50_000, 0, 256).mapToObj(Character::toString).collect(Collectors.joining());
        String body = PushBody.gzip(PushBody.of(OWN) + noise).substring(0, 30_000);

        assertThat(push(server, "Content-Encoding: gzip\r\n", body)).contains("its gzip ends early");
        assertThat(outside.reported).hasSize(1);
        assertThat(folder).isEmptyDirectory();
        nothingLeft(server);
    }

    @Test
    void the_probe_goes_on_and_pushes_nothing() throws Exception {
        Outside.Server server = server();

        assertThat(push(server, "", "0000")).isEqualTo(OK);
        assertThat(server.heard()).endsWith("\r\n\r\n0000");
        assertThat(outside.pushes).isEmpty();
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void more_pushes_on_the_same_connection_are_judged_anew() throws Exception {
        Outside.Server server = server();
        String path = "/r/git-receive-pack";

        String answer = outside.say(post(server.at(), path, TYPE, PushBody.of(OWN))
                + post(server.at(), path, TYPE, PushBody.of(MAIN))
                + post(server.at(), path, TYPE, PushBody.of(OWN)));

        assertThat(answer).startsWith(OK + "HTTP/1.1 200 OK\r\nX-Belay-Denied: egress " + server.at());
        assertThat(server.connections()).isEqualTo(1);
        assertThat(outside.pushes).hasSize(2);
    }

    @Test
    void nothing_of_a_refused_push_leaves_and_the_client_hears_why_in_gits_words() throws Exception {
        Outside.Server server = server();

        String answer = push(server, "", PushBody.of(OWN, MAIN, "refs/tags/v1"));

        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\nX-Belay-Denied: egress " + server.at()
                        + "\r\nX-Belay-Denied-Layer: gateway\r\nX-Belay-Denied-Rule: RESTRICTED git push (test)\r\n"
                        + "Content-Type: application/x-git-receive-pack-result\r\nCache-Control: no-cache\r\n")
                .contains("Connection: close\r\n")
                .contains("\2Belay: the gateway refused the push to " + MAIN
                        + ": only branches of this task are pushed"
                        + " (rule: RESTRICTED git push (test), policy.yaml:12).\n")
                .contains("\2Nothing of this push was sent. Do not try it again: ")
                .containsOnlyOnce("\2Instead: push to refs/heads/belay/t-1/.\n")
                .contains("\u0001000eunpack ok\n")
                .contains(PushBody.line("ng " + OWN + " not sent, because another ref was refused\n"))
                .contains(PushBody.line("ng " + MAIN + " only branches of this task are pushed\n"))
                .contains(PushBody.line("ng refs/tags/v1 only branches of this task are pushed\n"))
                .endsWith("00000000");
        assertThat(outside.reasons())
                .containsExactly(
                        server.at() + ": push to " + MAIN + ": only branches of this task are pushed",
                        server.at() + ": push to refs/tags/v1: only branches of this task are pushed");
        assertThat(outside.reported.getFirst().denial().place()).isEqualTo("policy.yaml:12");
        nothingLeft(server);
    }

    @Test
    void a_client_without_a_side_band_hears_the_report_alone() throws Exception {
        Outside.Server server = server();

        String answer = push(server, "", PushBody.with(" report-status", MAIN));

        assertThat(answer)
                .endsWith("\r\n\r\n000eunpack ok\n"
                        + PushBody.line("ng " + MAIN + " only branches of this task are pushed\n") + "0000");
        nothingLeft(server);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " side-band-64k", " agent=report-status", " REPORT-STATUS"})
    void a_client_that_wants_no_report_is_forbidden(String capabilities) throws Exception {
        Outside.Server server = server();

        String answer = push(server, "", PushBody.with(capabilities, MAIN));

        assertThat(answer)
                .startsWith("HTTP/1.1 403 Forbidden\r\nX-Belay-Denied: egress " + server.at() + "\r\n")
                .contains("only branches of this task are pushed");
        nothingLeft(server);
    }

    @Test
    void of_many_refused_refs_a_few_are_reported_and_the_others_summed_up() throws Exception {
        Outside.Server server = server();
        String[] refs = IntStream.range(0, 900)
                .mapToObj(number -> "refs/heads/" + "x".repeat(80) + number)
                .toArray(String[]::new);

        String answer = push(server, "", PushBody.of(refs));

        assertThat(answer).contains("and that to 895 more refs").contains("ng " + refs[899] + " only");
        assertThat(answer.split("the gateway refused", -1)).hasSize(6);
        assertThat(outside.reasons()).hasSize(6).last().isEqualTo(server.at() + ": push to 895 more refs at once");
        nothingLeft(server);
    }

    @Test
    void an_option_is_refused_since_it_can_order_more_than_the_refs_say() throws Exception {
        Outside.Server server = server();
        String options = " report-status push-options";

        String answer =
                push(server, "", PushBody.with(options, OWN) + PushBody.line("merge_request.merge") + PushBody.FLUSH);

        assertThat(answer).contains("ng " + OWN + " an option of a push can order more than its refs say\n");
        assertThat(outside.reasons())
                .containsExactly(server.at() + ": an option of a push can order more than its refs say");
        nothingLeft(server);
    }

    static Stream<Arguments> hidden() {
        return Stream.of(
                Arguments.of("/r/git-receive-pack", TYPE),
                Arguments.of("/r/git-receive-pack?service=git-upload-pack", TYPE),
                Arguments.of("/r/git-upload-pack", TYPE),
                Arguments.of("/anything", TYPE),
                Arguments.of("/anything", "content-type: APPLICATION/X-Git-Receive-Pack-Request; charset=x\r\n"),
                Arguments.of("/r/GIT-RECEIVE-PACK", TYPE),
                Arguments.of("/r/git%2Dreceive%2dpack", TYPE),
                Arguments.of("/r/git%252Dreceive-pack", TYPE));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("hidden")
    void it_is_judged_wherever_it_goes(String path, String headers) throws Exception {
        Outside.Server server = server();

        assertThat(outside.say(post(server.at(), path, headers, PushBody.of(MAIN))))
                .contains("ng " + MAIN);
        nothingLeft(server);
        assertThat(outside.say(post(server.at(), path, headers, PushBody.of(OWN))))
                .isEqualTo(OK);
    }

    static Stream<Arguments> unreadable() {
        String text = "Content-Type: text/plain\r\n";
        String body = PushBody.of(OWN);
        return Stream.of(
                Arguments.of("/r/git-receive-pack", "", body),
                Arguments.of("/r/git-receive-pack", text, body),
                Arguments.of("/r/git-receive-pack", TYPE, ""),
                Arguments.of("/r/git-receive-pack", TYPE + TYPE, body),
                Arguments.of("/r/git-receive-pack", TYPE + text, body),
                Arguments.of("/r/git-receive-pack", TYPE.strip() + ", text/plain\r\n", body),
                Arguments.of("/r/git-receive-pack", TYPE, "hello, world"),
                Arguments.of("/r/git-receive-pack", TYPE, "0000PACK"),
                Arguments.of("/r/git-receive-pack", TYPE, "0004"),
                Arguments.of("/r/git-receive-pack", TYPE, PushBody.line("push-cert\0") + body),
                Arguments.of("/r/git-receive-pack", TYPE, PushBody.gzip(body)),
                Arguments.of("/r/git-receive-pack", TYPE + "Content-Encoding: gzip\r\n", body),
                Arguments.of("/r/git-receive-pack", TYPE + "Content-Encoding: gzip\r\n", PushBody.gzip("0000")),
                Arguments.of("/r/git-receive-pack", TYPE + "Content-Encoding: GZIP\r\n", PushBody.gzip(body)),
                Arguments.of("/r/git-receive-pack", TYPE + "Content-Encoding: deflate\r\n", body),
                Arguments.of("/r/git-receive-pack", TYPE + "Content-Encoding: identity\r\n", body),
                Arguments.of("/r/git-receive-pack", TYPE + "Content-Encoding: gzip, gzip\r\n", PushBody.gzip(body)),
                Arguments.of(
                        "/r/git-receive-pack",
                        TYPE + "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
                        PushBody.gzip(body)),
                Arguments.of("/r/git-receive-pack/", "", body),
                Arguments.of("//git-receive-pack", "", body),
                Arguments.of("/git-receive-pack", "", body),
                Arguments.of("/r/git-receive-pack;x", "", body),
                Arguments.of("/r/git-receive-pack;x=y?z", "", body),
                Arguments.of("/r/git-receive-pack/.", "", body),
                Arguments.of("/r/git-receive-pack/../git-upload-pack", "", body),
                Arguments.of("/r/git-receive-pack%00", "", body),
                Arguments.of("/r/git-receive-pack%20", "", body),
                Arguments.of("/r/git-receive-pack%3Fx", "", body),
                Arguments.of("/r%2fgit-receive-pack", "", body),
                Arguments.of("/r%5Cgit-receive-pack", "", body),
                Arguments.of("/r/git-re%63eive-pack", "", body),
                Arguments.of("/r/git%2Dreceive-pack", "", body),
                Arguments.of("/r/git%25252Dreceive-pack", "", body),
                Arguments.of("/r/Git-Receive-Pack", "", body));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("unreadable")
    void what_may_be_a_push_and_cannot_be_read_goes_nowhere(String path, String headers, String body) throws Exception {
        Outside.Server server = server();

        String answer = outside.say(post(server.at(), path, headers, body));

        assertThat(answer)
                .startsWith("HTTP/1.1 403 Forbidden\r\n")
                .contains("a push to a git server whose commands cannot be read: ");
        assertThat(outside.reasons())
                .singleElement()
                .asString()
                .startsWith(server.at() + ": a push to a git server whose commands cannot be read: ");
        assertThat(outside.pushes).isEmpty();
        nothingLeft(server);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE", "post", "Get", "PROPFIND", "GET", "HEAD", "OPTIONS"})
    void any_method_with_a_body_can_push(String method) throws Exception {
        Outside.Server server = server();

        String answer = outside.say(post(server.at(), "/r/git-receive-pack", TYPE, PushBody.of(MAIN))
                .replaceFirst("POST", method));

        assertThat(answer).contains("X-Belay-Denied: ");
        assertThat(outside.reasons()).hasSize(1);
        nothingLeft(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /r/info/refs?service=git-receive-pack",
                "GET /r/git-receive-pack",
                "HEAD /r/git-receive-pack",
                "POST /r/git-upload-pack",
                "POST /r/issues?q=/git-receive-pack",
                "PUT /docs/about-git-receive-pack-and-more"
            })
    void what_is_no_push_goes_on_unread(String line) throws Exception {
        Outside.Server server = server();
        String[] word = line.split(" ", -1);
        String head = word[0] + " http://" + server.at() + word[1] + " HTTP/1.1\r\nHost: " + server.at() + "\r\n";

        String answer = outside.say(head + (word[0].startsWith("P") ? "Content-Length: 5\r\n\r\nhello" : "\r\n"));

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(outside.pushes).isEmpty();
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void who_expects_to_be_asked_is_asked_once() throws Exception {
        Outside.Server server = server();
        String body = PushBody.of(OWN);
        try (Socket socket = outside.connect()) {
            String head = post(server.at(), "/r/git-receive-pack", TYPE + "Expect: 100-continue\r\n", body);
            Outside.write(socket.getOutputStream(), head.substring(0, head.length() - body.length()));
            assertThat(Outside.head(socket.getInputStream())).isEqualTo(CONTINUE);
            assertThat(server.connections()).isZero();
            Outside.write(socket.getOutputStream(), body);
            assertThat(Outside.head(socket.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
        }
        assertThat(server.heard()).doesNotContain("Expect").endsWith("\r\n\r\n" + body);
    }

    @Test
    void the_refusal_waits_until_the_pack_is_taken() throws Exception {
        Outside.Server server = server();
        byte[] pack = new byte[12 << 20];
        String commands = PushBody.of(MAIN);
        try (Socket socket = outside.connect()) {
            Outside.write(
                    socket.getOutputStream(),
                    post(server.at(), "/r/git-receive-pack", TYPE, commands)
                            .replaceFirst(
                                    "Content-Length: [0-9]+", "Content-Length: " + (commands.length() + pack.length)));
            socket.getOutputStream().write(pack);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("ng " + MAIN)
                    .endsWith("0000");
        }
        assertThat(outside.gateway.traffic().bytesUp()).isZero();
    }

    static Stream<Arguments> broken() {
        String whole = PushBody.of(MAIN);
        return Stream.of(
                Arguments.of("Content-Length: 500\r\n\r\n" + whole.substring(0, 50), "its body is not complete"),
                Arguments.of("Transfer-Encoding: chunked\r\n\r\nx\r\n", "a chunk's size is malformed"),
                Arguments.of(
                        "Transfer-Encoding: chunked\r\n\r\n2\r\n00x\r\n",
                        "a carriage return|a chunk is longer|malformed"),
                Arguments.of("Transfer-Encoding: chunked\r\n\r\n4\r\n0000\r\n0\r\n: x\r\n\r\n", "a header's name"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("broken")
    void a_broken_body_is_the_clients_fault(String rest, String why) throws Exception {
        Outside.Server server = server();

        String answer = outside.say("POST http://" + server.at() + "/r/git-receive-pack HTTP/1.1\r\nHost: "
                + server.at() + "\r\n" + TYPE + rest);

        assertThat(answer).startsWith("HTTP/1.1 400 ").containsPattern(why);
        nothingLeft(server);
    }

    @Test
    void commands_that_never_come_are_not_waited_for() throws Exception {
        try (Outside hasty =
                new Outside(Outside.limits(128, Duration.ofSeconds(2), Duration.ofMillis(300), 1 << 30, 1 << 30, 0))) {
            try (Socket socket = hasty.connect()) {
                Outside.write(
                        socket.getOutputStream(),
                        post("allowed.test", "/r/git-receive-pack", TYPE, PushBody.of(OWN))
                                .substring(0, 200));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .startsWith("HTTP/1.1 408 ");
            }
            assertThat(hasty.asked).isEmpty();
        }
    }

    @Test
    void a_request_that_is_denied_is_not_read_as_a_push() throws Exception {
        Outside.Server server = server();
        outside.deniedRequests.add("POST /o/r.git/git-receive-pack");

        assertThat(push(server, "Expect: 100-continue\r\n", PushBody.of(OWN))).startsWith("HTTP/1.1 403 ");
        assertThat(outside.pushes).isEmpty();
        nothingLeft(server);
    }

    @Test
    void inside_of_tls_a_push_is_judged_alike() throws Exception {
        outside.inspectedHosts.add(Outside.HOST);
        Outside.Server server = Inspected.server(outside, outside.worldsAuthority, Outside.HOST, PushTest::answered);

        String refused = Inspected.say(outside, server, inside(server, PushBody.of(MAIN)));
        assertThat(refused).contains("ng " + MAIN);
        nothingLeft(server);

        assertThat(Inspected.say(outside, server, inside(server, PushBody.of(OWN))))
                .isEqualTo(OK);
        assertThat(server.heard()).endsWith("\r\n\r\n" + PushBody.of(OWN));
        assertThat(outside.reported.getFirst().target().protocol()).isEqualTo(Protocol.HTTPS);
    }

    private static String inside(Outside.Server server, String body) {
        return post(server.at(), "/r/git-receive-pack", TYPE, body).replace("http://" + server.at(), "");
    }

    @Test
    void the_hostile_name_of_a_ref_does_not_spoil_the_report() throws Exception {
        Outside.Server server = server();
        String ref = "refs/heads/\u00e2\u0080\u00ae" + "x".repeat(3000);

        String answer = push(server, "", PushBody.with(" report-status", ref));

        assertThat(answer).contains("ng " + ref + " only branches");
        assertThat(outside.reported.getFirst().denial().reason())
                .hasSizeLessThan(200)
                .startsWith("push to refs/heads/?xxx");
    }
}
