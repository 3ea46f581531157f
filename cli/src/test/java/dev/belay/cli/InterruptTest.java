package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class InterruptTest {
    @TempDir
    Path folder;

    /** @param times how often Ctrl-C is pressed */
    private Console.Outcome attachAndInterrupt(FakeServer server, int times) throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Runnable> handler = new CompletableFuture<>();
        Console console = new Console(folder).server(server).terminal().interrupts(action -> {
            handler.complete(action);
            return () -> {};
        });
        server.json("GET /v1/tasks/t-7fq2", Samples.task("running", "null"));
        server.json("POST /v1/tasks/" + Samples.ID + "/cancel", Samples.task("cancelled", "1"));
        server.on("GET /v1/tasks/" + Samples.ID + "/events", _ -> {
            Thread.ofVirtual().start(() -> {
                while (!console.printed().contains("▸")) {
                    Thread.yield();
                }
                for (int i = 0; i < times; i++) {
                    handler.join().run();
                }
            });
            return FakeServer.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                            + Samples.stream(Samples.log().subList(0, 6), 0))
                    .holding(never);
        });
        return console.run("attach", "t-7fq2");
    }

    @Test
    void ctrl_c_detaches_says_how_to_come_back_and_leaves_the_task_alone() throws IOException {
        try (FakeServer server = new FakeServer()) {
            Console.Outcome outcome = attachAndInterrupt(server, 1);

            assertThat(outcome.exit()).isEqualTo(130);
            assertThat(outcome.out()).contains("still at work");
            assertThat(outcome.err())
                    .contains("detached. t-7fq2 is running")
                    .contains("belay attach t-7fq2 · belay wait t-7fq2");
            assertThat(server.received()).noneMatch(request -> request.method().equals("POST"));
        }
    }

    @Test
    void ctrl_c_twice_cancels() throws IOException {
        try (FakeServer server = new FakeServer()) {
            Console.Outcome outcome = attachAndInterrupt(server, 2);

            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.err()).contains("t-7fq2 is cancelled");
            assertThat(server.received()).anyMatch(request -> request.path().endsWith("/cancel"));
        }
    }
}
