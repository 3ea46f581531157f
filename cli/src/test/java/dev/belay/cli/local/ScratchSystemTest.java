package dev.belay.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Cli;
import dev.belay.cli.Console;
import dev.belay.cli.http.Pause;
import dev.belay.cli.terminal.Interrupts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real processes that stand in for the controller and the runner. */
@Timeout(120)
class ScratchSystemTest {
    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void distribute() throws IOException {
        console = new Console(folder)
                .env("BELAY_HOME", StandIns.make(folder.resolve("home")).toString());
    }

    private Cli patient() {
        Cli cli = console.cli();
        return new Cli(
                cli.env(),
                cli.cwd(),
                cli.in(),
                cli.input(),
                cli.screen(),
                cli.clock(),
                cli.interrupts(),
                Pause.real(),
                cli.bindings());
    }

    private ScratchSystem make(Map<String, String> variables) throws IOException {
        return ScratchSystem.make(patient(), "belay-scratch-test-", "shop", variables);
    }

    @Test
    void it_knows_nothing_of_the_persons_own_server_and_state() throws IOException {
        console.env("BELAY_SERVER", "http://203.0.113.1:1").env("BELAY_TOKEN", "secret");

        try (ScratchSystem scratch = make(Map.of("BELAY_SLOTS", "20"))) {
            assertThat(scratch.cli().env())
                    .doesNotContainKeys("BELAY_SERVER", "BELAY_TOKEN")
                    .containsEntry("BELAY_SLOTS", "20")
                    .containsEntry(
                            "BELAY_STATE", scratch.folder().resolve("state").toString());
            assertThat(scratch.cli().cwd()).isEqualTo(scratch.project());
        }
    }

    @Test
    void closing_it_stops_its_processes_and_removes_its_folder() throws Exception {
        Map<String, Long> started;
        Path place;
        try (ScratchSystem scratch = make(Map.of())) {
            place = scratch.folder();
            scratch.server();
            started = new LocalServer(scratch.cli(), scratch.cli().screen()).recorded();
            assertThat(started).containsOnlyKeys("controller", "runner");
        }

        assertThat(place).doesNotExist();
        assertThat(started.values())
                .noneMatch(
                        pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void only_the_first_end_says_that_it_ended_it() throws IOException {
        try (ScratchSystem scratch = make(Map.of())) {
            assertThat(scratch.end()).isTrue();
            assertThat(scratch.end()).isFalse();
        }
    }

    @Test
    void a_project_that_is_kept_outlives_the_rest() throws IOException {
        Path kept;
        try (ScratchSystem scratch = make(Map.of())) {
            kept = Files.createDirectories(scratch.project());
            Files.createDirectories(scratch.folder().resolve("state"));
            scratch.keepProject();
        }

        assertThat(kept).isDirectory();
        assertThat(kept.resolveSibling("state")).doesNotExist();
        Files.delete(kept);
        Files.delete(kept.getParent());
    }

    @Test
    void ctrl_c_ends_the_work_and_not_the_process() throws Exception {
        CompletableFuture<Runnable> ctrlC = new CompletableFuture<>();
        Interrupts interrupts = action -> {
            ctrlC.complete(action);
            return () -> {};
        };
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean wasInterrupted = new AtomicBoolean();

        try (ScratchSystem scratch = make(Map.of())) {
            boolean whole = scratch.during(interrupts, () -> {
                Thread.ofVirtual().start(ctrlC.join());
                try {
                    never.await();
                } catch (InterruptedException interrupted) {
                    wasInterrupted.set(true);
                    throw interrupted;
                }
            });

            assertThat(whole).isFalse();
            assertThat(wasInterrupted).isTrue();
            assertThat(scratch.isOver()).isTrue();
            assertThatThrownBy(scratch::server).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void a_start_that_is_interrupted_leaves_none_of_its_processes_behind() throws Exception {
        // A runner that never connects: the start waits for it until it is interrupted.
        StandIns.executable(folder.resolve("home/libexec/belay-runner"), """
            #!/bin/sh
            echo $$ > "$BELAY_STATE/runner-pid"
            exec sleep 1000
            """);
        try (ScratchSystem scratch = make(Map.of())) {
            Path state = scratch.folder().resolve("state");
            CompletableFuture<Map<String, Long>> started = new CompletableFuture<>();
            CompletableFuture<Runnable> ctrlC = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                while (!Files.exists(state.resolve("runner-pid"))) {
                    Thread.yield();
                }
                LocalServer server =
                        new LocalServer(scratch.cli(), scratch.cli().screen());
                // It runs a moment before it is recorded.
                while (!server.recorded().containsKey("runner")) {
                    Thread.yield();
                }
                started.complete(server.recorded());
                ctrlC.join().run();
            });

            boolean whole = scratch.during(
                    action -> {
                        ctrlC.complete(action);
                        return () -> {};
                    },
                    scratch::server);

            assertThat(whole).isFalse();
            assertThat(started.join()).containsOnlyKeys("controller", "runner");
            assertThat(started.join().values())
                    .noneMatch(pid ->
                            ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        }
    }

    @Test
    void what_fails_in_the_work_fails_the_caller() throws IOException {
        try (ScratchSystem scratch = make(Map.of())) {
            assertThatThrownBy(() -> scratch.during(Interrupts.none(), () -> {
                        throw new IOException("the disk is full");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the disk is full");
        }
    }
}
