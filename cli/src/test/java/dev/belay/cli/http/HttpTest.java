package dev.belay.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.FakeServer;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTest {
    private final List<Duration> pauses = new ArrayList<>();

    private Http http(int port) {
        return new Http(new Address(false, "127.0.0.1", port), "secret", pauses::add);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void a_chunked_body_is_whole_whatever_the_chunks(int size) throws IOException {
        try (FakeServer server = new FakeServer()) {
            server.on("GET /x", _ -> FakeServer.chunked("text/plain", "Grüße 🎉 and more", size));

            try (Answer answer = http(server.port()).send(Request.get("/x"))) {
                assertThat(answer.text(1000)).isEqualTo("Grüße 🎉 and more");
            }
        }
    }

    @Test
    void a_body_that_is_cut_is_never_taken_for_a_whole_one() throws IOException {
        try (FakeServer server = new FakeServer()) {
            FakeServer.Reply whole = FakeServer.chunked("text/plain", "0123456789", 4);
            FakeServer.Reply counted = FakeServer.reply(200, "text/plain", "0123456789");
            int head = new String(whole.bytes(), java.nio.charset.StandardCharsets.UTF_8).indexOf("\r\n\r\n") + 4;
            server.on("GET /counted", _ -> counted.cutAfter(counted.bytes().length - 1));
            for (int cut = head; cut < whole.bytes().length - 4; cut++) {
                int length = cut;
                server.on("GET /chunked", _ -> whole.cutAfter(length));
                assertThatThrownBy(() -> {
                            try (Answer answer = http(server.port()).send(Request.get("/chunked"))) {
                                answer.text(1000);
                            }
                        })
                        .as("cut after %s", cut)
                        .isInstanceOf(EOFException.class);
            }
            assertThatThrownBy(() -> {
                        try (Answer answer = http(server.port()).send(Request.get("/counted"))) {
                            answer.text(1000);
                        }
                    })
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void a_refused_connection_is_tried_three_times_and_then_named() throws IOException {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = closed.getLocalPort();
        }

        assertThatThrownBy(() -> http(free).send(Request.get("/x")))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.E_UNREACHABLE);
                    assertThat(error.what())
                            .startsWith("controller http://127.0.0.1:" + free + " refused the connection (3 tries, ");
                    assertThat(error.work()).isEqualTo("nothing was changed");
                });
        assertThat(pauses).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"GET,nothing was changed", "POST,not known; belay ps shows it"})
    void an_answer_that_never_came_leaves_open_only_what_the_request_may_have_changed(String method, String work)
            throws IOException {
        try (FakeServer server = new FakeServer()) {
            server.on(method + " /x", _ -> FakeServer.raw(""));
            Request request = method.equals("GET") ? Request.get("/x") : Request.post("/x", "{}");

            assertThatThrownBy(() -> http(server.port()).send(request))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            failed -> assertThat(failed.work()).isEqualTo(work));
        }
    }

    @Test
    void a_server_that_takes_a_request_and_is_silent_is_waited_for_once() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Request request = Request.get("/x").silentFor(Duration.ofMillis(200));

            assertThatThrownBy(() -> http(silent.getLocalPort()).send(request))
                    .hasMessageContaining("did not answer (1 try");
            assertThat(pauses).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"true,5", "false,1"})
    void only_what_is_repeatable_is_sent_again(boolean repeatable, int sent) throws IOException {
        try (FakeServer server = new FakeServer()) {
            AtomicInteger asked = new AtomicInteger();
            server.on("POST /x", _ -> {
                asked.incrementAndGet();
                return FakeServer.raw("");
            });
            Request request = Request.post("/x", "{}");

            assertThatThrownBy(() -> http(server.port()).send(repeatable ? request.repeatably() : request))
                    .hasMessageContaining("closed the connection");
            assertThat(asked).hasValue(sent);
        }
    }

    @Test
    void a_refusal_in_the_middle_of_a_long_body_is_heard(@TempDir Path folder) throws Exception {
        Path big = folder.resolve("big");
        try (var channel = Files.newByteChannel(
                big, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(64L << 20).write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    connection.getInputStream().readNBytes(1000);
                    connection
                            .getOutputStream()
                            .write(FakeServer.reply(413, "application/problem+json", "{}")
                                    .bytes());
                    connection.shutdownOutput();
                    connection.getInputStream().skipNBytes(32 << 20);
                } catch (IOException gone) {
                    throw new IllegalStateException(gone);
                }
            });
            try (Answer answer = http(socket.getLocalPort()).send(Request.postFile("/x", big, "x/y"))) {
                assertThat(answer.status()).isEqualTo(413);
            }
            server.join();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:7070, http://localhost:7070",
        "http://localhost:7070/, http://localhost:7070",
        "http://example.org, http://example.org:80",
        "https://example.org, https://example.org:443",
        "http://[::1]:7070, http://[::1]:7070",
    })
    void an_address_is_read(String text, String address) {
        assertThat(Address.parse(text)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:7070",
                "http://",
                "http://a:0",
                "http://a:99999",
                "http://a/b",
                "http://a:x",
                "http://a\r\nb:1"
            })
    void what_is_no_address_is_refused(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOfSatisfying(
                        BelayException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.E_USAGE));
    }
}
