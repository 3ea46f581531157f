package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections byte by byte, and what is left of them. */
@Timeout(60)
class ConnectionTest {
    private static final TestWire WIRE = TestWire.CHAT;
    private static final String GET = "GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n";

    private OfflineServer server;
    private RawClient raw;

    @BeforeEach
    void start() throws Exception {
        server = OfflineServer.start(Scripts.work());
        raw = new RawClient(server);
    }

    @AfterEach
    void end() throws Exception {
        raw.close();
        server.close();
    }

    @Test
    void one_connection_carries_many_requests() throws Exception {
        for (int i = 0; i < 3; i++) {
            raw.post(WIRE, WIRE.question());
            assertThat(raw.readUntil("0\r\n\r\n", 1))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("[DONE]");
        }
        assertThat(server.seen()).hasSize(3);
    }

    @Test
    void a_connection_is_closed_when_that_is_asked() throws Exception {
        raw.send(GET + "Connection: close\r\n\r\n");

        assertThat(raw.rest()).startsWith("HTTP/1.1 200 OK\r\n").contains("connection: close", "\"offline\"");
    }

    @Test
    void requests_that_come_together_are_answered_in_turn() throws Exception {
        raw.send(GET + "\r\n" + RawClient.request(WIRE, "{}") + GET + "Connection: close\r\n\r\n");

        assertThat(raw.rest()).containsSubsequence("HTTP/1.1 200", "HTTP/1.1 400", "HTTP/1.1 200");
    }

    @Test
    void garbage_behind_a_request_is_refused_after_its_answer() throws Exception {
        raw.send(GET + "\r\n" + "\u0001\u0002garbage\r\n\r\n" + GET + "\r\n");
        raw.endOutput();

        String answers = raw.rest();
        assertThat(answers).containsSubsequence("HTTP/1.1 200", "HTTP/1.1 400", "connection: close");
        assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(3);
    }

    @Test
    void a_client_that_waits_to_be_let_in_is_let_in() throws Exception {
        String request = RawClient.request(WIRE, "{}").replace("\r\n\r\n{}", "\r\nExpect: 100-continue\r\n\r\n");
        raw.send(request);

        assertThat(raw.readUntil("\r\n\r\n", 1)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        raw.send("{}");
        assertThat(raw.readUntil("\r\n\r\n", 1)).startsWith("HTTP/1.1 400");
    }

    static Stream<Arguments> garbage() {
        String post = "POST /v1/messages HTTP/1.1\r\nHost: a\r\n";
        return Stream.of(
                arguments("no request line", "hello\r\n\r\n", 400),
                arguments("an older protocol", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 400),
                arguments("a newer protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
                arguments("a foreign address", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                arguments("no host", "GET / HTTP/1.1\r\n\r\n", 400),
                arguments("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
                arguments("a line that ends too short", "GET / HTTP/1.1\nHost: a\n\n", 400),
                arguments("half a line end", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
                arguments("a folded header", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
                arguments("a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
                arguments("an end in the middle", "GET / HTTP/1.1\r\nHos", 400),
                arguments("no length", post + "\r\n", 411),
                arguments("a body in chunks", post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
                arguments("two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
                arguments("a signed length", post + "Content-Length: +2\r\n\r\n{}", 400),
                arguments("a body too long", post + "Content-Length: 67108865\r\n\r\n", 413),
                arguments("a head too long", "GET / HTTP/1.1\r\nHost: " + "a".repeat(70_000) + "\r\n\r\n", 431));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void what_is_no_request_is_refused_and_the_connection_ends(String what, String sent, int status) throws Exception {
        raw.send(sent);
        raw.endOutput();

        assertThat(raw.rest()).as(what).startsWith("HTTP/1.1 " + status + " ").contains("connection: close");
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void a_body_that_does_not_come_whole_is_no_request() throws Exception {
        raw.send("POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{}");
        raw.endOutput();

        assertThat(raw.rest()).isEmpty();
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void nothing_is_left_when_the_server_is_closed(@TempDir Path folder) throws Exception {
        CountDownLatch pausing = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Pause forever = _ -> {
            pausing.countDown();
            never.await();
        };
        FaultPlan plan = FaultPlan.NONE.at(1, new Fault.Foreign.Silence()).at(2, new Fault.Streaming.Endless());
        OfflineServer busy = OfflineServer.start(
                0, Scripts.work(Duration.ofMillis(1)), plan, forever, InstantSource.system(), _ -> {});
        try (RawClient silent = new RawClient(busy);
                RawClient endless = new RawClient(busy);
                RawClient slow = new RawClient(busy);
                RawClient idle = new RawClient(busy);
                RawClient half = new RawClient(busy)) {
            silent.post(WIRE, WIRE.question());
            silent.awaitSeen(busy, 1);
            endless.post(TestWire.MESSAGES, TestWire.MESSAGES.question());
            endless.readUntil("The ", 3);
            slow.post(WIRE, WIRE.question());
            idle.send(GET + "\r\n");
            idle.readUntil("]", 1);
            half.send("GET / HT");
            pausing.await();
            assertThat(threads(busy, folder.resolve("during"))).isGreaterThan(4);

            busy.close();

            assertThat(silent.rest()).isEmpty();
            assertThat(slow.rest()).doesNotContain("[DONE]");
            assertThat(threads(busy, folder.resolve("after"))).isZero();
        }
        assertThatThrownBy(() -> new RawClient(busy)).isInstanceOf(IOException.class);
    }

    /** How many threads the server has; no other list has the virtual ones. */
    private static int threads(OfflineServer server, Path file) throws Exception {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
        return Files.readString(file).split("\"offline-model-" + server.port() + "-", -1).length - 1;
    }
}
