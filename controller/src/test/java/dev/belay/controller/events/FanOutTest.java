package dev.belay.controller.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;

/** Many follow one task: what that costs the database, and what a slow one of them costs the others. */
class FanOutTest {
    private static final int WATCHERS = 500;
    private static final int MOST_RETURNS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Counts what is asked for pages of logs, and for how far logs reach. */
    private static AtomicInteger reads(StartedController controller) {
        AtomicInteger reads = new AtomicInteger();
        controller.bean(Jdbi.class).getConfig(SqlStatements.class).setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                String sql = context.getRenderedSql();
                if (sql.contains("select body from (") || sql.contains("select last_seq, state from task")) {
                    reads.incrementAndGet();
                }
            }
        });
        return reads;
    }

    /** One of many: what it was given, and when. */
    private static final class Watcher {
        private final List<Long> ids = Collections.synchronizedList(new ArrayList<>());
        private final List<Long> at = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger again = new AtomicInteger();
        private final Thread thread;

        Watcher(StartedController controller, String path) {
            thread = Thread.ofVirtual().start(() -> {
                // As a client does: whoever is refused, or cut, comes back where it was.
                while (!follow(controller, path) && again.incrementAndGet() < MOST_RETURNS) {
                    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                }
            });
        }

        /** @return whether it came to the task's end */
        private boolean follow(StartedController controller, String path) {
            String from = ids.isEmpty() ? path : path + "&after=" + ids.getLast();
            boolean end = false;
            try (InputStream stream = controller.stream(controller.request(from));
                    BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id: ")) {
                        at.add(System.nanoTime());
                        ids.add(Long.parseLong(line.substring(4)));
                    }
                    end |= line.contains("\"to\":\"succeeded\"");
                }
            } catch (IOException | UncheckedIOException cut) {
                return end;
            }
            return end;
        }

        boolean has(long seq) {
            return ids.contains(seq);
        }
    }

    @Test
    void five_hundred_watchers_cost_as_many_questions_as_one_and_see_every_event_once() throws Exception {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 4)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            String path = "/v1/tasks/" + task.getId() + "/events?follow=true";
            long seq = controller.task(task.getId()).getLastSeq();
            List<Watcher> watchers = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                watchers.add(new Watcher(controller, path));
            }
            all(watchers, seq);
            AtomicInteger reads = reads(controller);
            List<Long> latencies = new ArrayList<>();

            for (int turn = 1; turn <= 20; turn++) {
                long begun = System.nanoTime();
                runner.events(assignment, 2 + turn, ScriptedRunner.turn(turn));
                all(watchers, ++seq);
                watchers.forEach(watcher -> latencies.add(watcher.at.getLast() - begun));
            }

            // A page and its end after the event, and the same once more where a look of every second wakes all.
            assertThat(reads.get()).as("reads for 20 events").isLessThanOrEqualTo(20 * 8);
            runner.events(assignment, 23, ScriptedRunner.succeeded());
            for (Watcher watcher : watchers) {
                assertThat(watcher.thread.join(PATIENCE)).isTrue();
                assertThat(watcher.ids)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, seq + 1).boxed().toList());
            }
            Collections.sort(latencies);
            System.out.printf(
                    "%d watchers (%d came twice): %d reads for 20 events; from sending to each p50 %d ms, p99 %d ms%n",
                    WATCHERS,
                    watchers.stream().mapToInt(watcher -> watcher.again.get()).sum(),
                    reads.get(),
                    latencies.get(latencies.size() / 2) / 1_000_000,
                    latencies.get(latencies.size() * 99 / 100) / 1_000_000);
            Eventually.get(
                    "the seats", PATIENCE, () -> controller.bean(Feed.class).watching(), left -> left == 0);
        }
    }

    private static void all(List<Watcher> watchers, long seq) {
        Eventually.get(
                "the watchers that have event " + seq,
                PATIENCE,
                () -> watchers.stream().filter(watcher -> watcher.has(seq)).count(),
                count -> count == watchers.size());
    }

    @Test
    void watchers_at_places_of_their_own_are_counted_each() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 4)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            Event[] turns = LongStream.rangeClosed(1, 40)
                    .mapToObj(n -> ScriptedRunner.turn((int) n))
                    .toArray(Event[]::new);
            runner.events(assignment, 3, turns);
            AtomicInteger reads = reads(controller);

            for (int after = 0; after < 40; after++) {
                controller.get("/v1/tasks/" + task.getId() + "/events?follow=false&after=" + after);
            }

            assertThat(reads.get()).as("so the count can be higher").isGreaterThanOrEqualTo(2 * 40);
        }
    }

    @Test
    void a_watcher_that_takes_nothing_is_cut_and_comes_back_where_it_was_and_the_others_never_notice()
            throws Exception {
        try (StartedController controller = StartedController.with(
                        timings -> timings.withLease(Duration.ofMinutes(5)), Map.of("BELAY_SLOW_WATCHER", "1"));
                ScriptedRunner runner = controller.runner("r", 4)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            String path = "/v1/tasks/" + task.getId() + "/events?follow=true";
            Event large = Event.newBuilder()
                    .setModelMessage(ModelMessage.newBuilder().setText("x".repeat(500_000)))
                    .build();
            ConcurrentLinkedQueue<Long> taken = new ConcurrentLinkedQueue<>();
            try (Socket slow = new Socket("127.0.0.1", controller.httpPort())) {
                slow.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                                        + controller.token() + "\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
                assertThat(slow.getInputStream().read()).isEqualTo('H');
                Watcher quick = new Watcher(controller, path);
                for (int i = 0; i < 40; i++) {
                    runner.events(assignment, 3 + i, large);
                }
                all(List.of(quick), 44);

                Eventually.get(
                        "the watchers",
                        PATIENCE,
                        () -> controller.bean(Feed.class).watching(),
                        left -> left == 1);
                long cut = System.nanoTime();
                read(slow, taken);
                assertThat(Duration.ofNanos(System.nanoTime() - cut))
                        .as("the end of its connection")
                        .isLessThan(Duration.ofSeconds(10));
                runner.events(assignment, 43, ScriptedRunner.succeeded());
                assertThat(quick.thread.join(PATIENCE)).isTrue();
                assertThat(quick.ids).hasSize(45);
                assertThat(quick.again).hasValue(0);
            }
            long last = taken.stream().mapToLong(Long::longValue).max().orElse(0);
            assertThat(last).as("it was cut in the middle").isLessThan(44);
            Watcher back = new Watcher(controller, path + "&after=" + last);
            assertThat(back.thread.join(PATIENCE)).isTrue();
            assertThat(back.ids)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(last + 1, 45).boxed().toList());
        }
    }

    /** What still arrives of a connection that was cut; an event counts when it is whole. */
    private static void read(Socket slow, ConcurrentLinkedQueue<Long> taken) throws IOException {
        slow.setSoTimeout(20_000);
        StringBuilder all = new StringBuilder();
        try {
            byte[] buffer = new byte[64 << 10];
            for (int n; (n = slow.getInputStream().read(buffer)) >= 0; ) {
                all.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (java.net.SocketException reset) {
            assertThat(reset.getMessage()).containsIgnoringCase("reset");
        }
        java.util.regex.Matcher whole =
                java.util.regex.Pattern.compile("(?m)^id: ([0-9]+)$").matcher(all);
        List<Long> begun = new ArrayList<>();
        while (whole.find()) {
            begun.add(Long.parseLong(whole.group(1)));
        }
        if (!begun.isEmpty()) {
            taken.addAll(begun.subList(0, begun.size() - 1));
        }
    }
}
