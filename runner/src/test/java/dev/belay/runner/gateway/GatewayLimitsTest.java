package dev.belay.runner.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.sandbox.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatewayLimitsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final long MUCH = 1L << 30;

    private static void flood(InputStream in, OutputStream out) throws Exception {
        byte[] piece = new byte[64 * 1024];
        java.util.Arrays.fill(piece, (byte) 'x');
        for (int number = 0; number < 10_000; number++) {
            out.write(piece);
        }
    }

    private static Socket tunnel(Outside outside, String authority) throws IOException {
        Socket socket = outside.connect();
        Outside.write(socket.getOutputStream(), "CONNECT " + authority + " HTTP/1.1\r\n\r\n");
        assertThat(Outside.head(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
        return socket;
    }

    /** How many bytes came until the connection ended, however it ended. */
    private static long drained(Socket socket) {
        byte[] piece = new byte[64 * 1024];
        long all = 0;
        try {
            for (int count = 0; count >= 0; count = socket.getInputStream().read(piece)) {
                all += count;
            }
        } catch (IOException reset) {
            return all;
        }
        return all;
    }

    @Test
    void a_task_receives_no_more_than_its_bytes_and_then_reaches_nothing() throws Exception {
        try (Outside outside = new Outside(Outside.limits(128, LONG, LONG, MUCH, 1 << 20, 0))) {
            Outside.Server server = outside.server(GatewayLimitsTest::flood);
            try (Socket socket = tunnel(outside, server.at())) {
                assertThat(drained(socket)).isBetween(1L, 1L << 20);
            }
            assertThat(outside.reasons())
                    .containsExactly(server.at() + ": this task has received the 1048576 bytes that it may");
            assertThat(outside.say("CONNECT " + server.at() + " HTTP/1.1\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("received the 1048576 bytes");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void a_task_sends_no_more_than_its_bytes() throws Exception {
        try (Outside outside = new Outside(Outside.limits(128, LONG, LONG, 1000, MUCH, 0))) {
            Outside.Server server = outside.server((in, out) -> in.readAllBytes());
            String request = "POST http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at()
                    + "\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000);

            assertThat(outside.say(request)).startsWith("HTTP/1.1 403 ").contains("this task has sent the 1000 bytes");
            assertThat(server.heard()).hasSizeLessThanOrEqualTo(1000);
            assertThat(outside.reported).hasSize(1);
        }
    }

    @Test
    void bytes_pass_at_the_rate_that_is_set() throws Exception {
        try (Outside outside = new Outside(Outside.limits(128, LONG, LONG, MUCH, MUCH, 200_000))) {
            Outside.Server server = outside.server((in, out) -> out.write(new byte[300_000]));
            long start = System.nanoTime();
            try (Socket socket = tunnel(outside, server.at())) {
                assertThat(drained(socket)).isEqualTo(300_000);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
        }
    }

    @Test
    void a_kept_connection_idles_out_and_a_busy_one_does_not() throws Exception {
        try (Outside outside = new Outside(Outside.limits(128, LONG, Duration.ofMillis(400), MUCH, MUCH, 0))) {
            CountDownLatch over = new CountDownLatch(1);
            Outside.Server server = outside.server((in, out) -> {
                // Only one direction moves.
                for (int number = 0; number < 12; number++) {
                    out.write('x');
                    assertThat(over.await(100, TimeUnit.MILLISECONDS)).isFalse();
                }
            });
            try (Socket busy = tunnel(outside, server.at())) {
                assertThat(drained(busy)).isEqualTo(12);
            }
            Outside.Server quick = outside.server((in, out) -> {
                Outside.head(in);
                Outside.write(out, "HTTP/1.1 204 No\r\n\r\n");
            });
            try (Socket kept = outside.connect()) {
                Outside.write(
                        kept.getOutputStream(),
                        "GET http://" + quick.at() + "/ HTTP/1.1\r\nHost: " + quick.at() + "\r\n\r\n");
                assertThat(Outside.head(kept.getInputStream())).startsWith("HTTP/1.1 204");
                assertThat(kept.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void a_server_that_does_not_answer_is_given_up() throws Exception {
        try (Outside outside = new Outside(Outside.limits(128, LONG, Duration.ofMillis(300), MUCH, MUCH, 0))) {
            Outside.Server server = outside.server((in, out) -> in.readAllBytes());

            assertThat(outside.say("GET http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at() + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 504 ")
                    .contains("not a matter of permission");
        }
    }

    @Test
    void one_that_does_not_take_what_it_asked_for_is_cut_off() throws Exception {
        try (Outside outside = new Outside(Outside.limits(1, LONG, Duration.ofMillis(400), MUCH, MUCH, 0))) {
            Outside.Server server = outside.server(GatewayLimitsTest::flood);
            try (Socket lazy = tunnel(outside, server.at())) {
                assertThat(lazy.isConnected()).isTrue();
                // The only place is free again.
                assertThat(Eventually.within(
                                Duration.ofSeconds(8),
                                () -> !outside.say("GET http://evil.com/ HTTP/1.1\r\n\r\n")
                                        .startsWith("HTTP/1.1 503")))
                        .isTrue();
            }
        }
    }

    @Test
    void a_name_that_nobody_answers_for_is_given_up() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Outside outside = new Outside(Outside.limits(128, LONG, LONG, MUCH, MUCH, 0))) {
            outside.lookup = never;
            long start = System.nanoTime();

            assertThat(outside.say("CONNECT allowed.test:80 HTTP/1.1\r\n\r\n"))
                    .startsWith("HTTP/1.1 504 ")
                    .contains("its name was not resolved in time");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        } finally {
            never.countDown();
        }
    }

    @Test
    void two_hundred_connections_at_once_all_finish() throws Exception {
        try (Outside outside = new Outside();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch all = new CountDownLatch(200);
            Outside.Server server = outside.server((in, out) -> {
                byte[] heard = in.readNBytes(1000);
                all.countDown();
                assertThat(all.await(15, TimeUnit.SECONDS)).isTrue();
                out.write(heard);
            });
            Callable<Boolean> one = () -> {
                try (Socket socket = tunnel(outside, server.at())) {
                    Outside.write(socket.getOutputStream(), "y".repeat(1000));
                    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1).equals("y".repeat(1000));
                }
            };
            List<Future<Boolean>> finished = new ArrayList<>();
            for (int number = 0; number < 200; number++) {
                finished.add(threads.submit(one));
            }
            for (Future<Boolean> each : finished) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(outside.gateway.traffic()).isEqualTo(new Traffic(200, 200, 200_000, 200_000));
        }
    }

    @Test
    void a_closed_gateway_leaves_nothing_behind() throws Exception {
        long before = sockets();
        Outside outside = new Outside(Outside.limits(128, LONG, LONG, MUCH, MUCH, 1_000_000));
        Outside.Server flooding = outside.server(GatewayLimitsTest::flood);
        Outside.Server silent = outside.server((in, out) -> in.readAllBytes());
        List<Socket> clients = new ArrayList<>();
        try (outside) {
            clients.add(tunnel(outside, flooding.at()));
            clients.add(tunnel(outside, silent.at()));
            clients.add(outside.connect());
            clients.add(outside.connect());
            Outside.write(
                    clients.getLast().getOutputStream(),
                    "GET http://" + silent.at() + "/ HTTP/1.1\r\nHost: " + silent.at() + "\r\n\r\n");
            assertThat(clients.getFirst().getInputStream().readNBytes(100_000)).hasSize(100_000);
            assertThat(Eventually.within(Duration.ofSeconds(3), () -> silent.connections() == 2))
                    .isTrue();

            outside.gateway.close();

            assertThat(Eventually.within(Duration.ofSeconds(3), outside.gateway::ended))
                    .isTrue();
            for (Socket client : clients) {
                drained(client);
                client.close();
            }
        }
        assertThat(Eventually.within(Duration.ofSeconds(3), () -> sockets() <= before))
                .isTrue();
    }

    private static long sockets() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(GatewayLimitsTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Test
    void a_token_bucket_lets_a_second_pass_at_once_and_then_its_rate() {
        TokenBucket bucket = new TokenBucket(1000);

        assertThat(bucket.take(1000, 0)).isZero();
        assertThat(bucket.take(500, 0)).isEqualTo(500_000_000);
        assertThat(bucket.take(0, 500_000_000)).isZero();
        assertThat(bucket.take(1000, 10_000_000_000L)).isZero();
        assertThat(bucket.take(1, 10_000_000_000L)).isPositive();
        assertThat(new TokenBucket(0).take(Integer.MAX_VALUE, 0)).isZero();
    }
}
