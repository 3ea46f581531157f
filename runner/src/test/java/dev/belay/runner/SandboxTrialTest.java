package dev.belay.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A trial of a real engine, that is asked as the bench asks it. */
@Timeout(120)
class SandboxTrialTest {
    private final Room room = Room.fromEnvironment(System.getenv());
    private @Nullable Asking asking;

    private static final class Asking {
        private final PrintStream to;
        private final BufferedReader from;
        private final CompletableFuture<String> end = new CompletableFuture<>();

        Asking(Room room, SandboxEngine engine) throws IOException {
            PipedInputStream asked = new PipedInputStream();
            to = new PrintStream(new PipedOutputStream(asked), true, StandardCharsets.UTF_8);
            PipedInputStream answers = new PipedInputStream();
            PrintStream answering = new PrintStream(new PipedOutputStream(answers), true, StandardCharsets.UTF_8);
            from = new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8));
            Thread.ofPlatform().start(() -> {
                try (answering) {
                    SandboxTrial.serve(room, engine, asked, answering);
                    end.complete("well");
                } catch (IOException | InterruptedException | RuntimeException failed) {
                    end.completeExceptionally(failed);
                }
            });
        }

        Json ask(String line) throws IOException {
            to.print(line + "\n");
            to.flush();
            return Json.parse(Objects.requireNonNull(from.readLine()));
        }

        void tell(String line) {
            to.print(line + "\n");
            to.flush();
        }

        String end() {
            to.close();
            return end.join();
        }
    }

    private Asking asking() throws IOException {
        return asking(new NamespaceEngine(room, Path.of("src/main/dist/share/hand.pl")));
    }

    private Asking asking(SandboxEngine engine) throws IOException {
        Asking made = new Asking(room, engine);
        asking = made;
        return made;
    }

    @AfterEach
    void end() {
        if (asking != null) {
            asking.end();
        }
    }

    private static List<Double> millis(Json answer) {
        return answer.get("ms").items().stream().map(Json::decimal).toList();
    }

    private static List<List<Long>> pids(Json answer) {
        return answer.get("pids").items().stream()
                .map(one -> one.items().stream().map(Json::number).toList())
                .toList();
    }

    private static boolean lives(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private List<Path> places() throws IOException {
        try (Stream<Path> all = Files.list(room.state())) {
            return all.filter(path -> path.getFileName().toString().startsWith("trial-"))
                    .toList();
        }
    }

    @Test
    void every_time_is_told() throws Exception {
        Asking trial = asking();

        assertThat(millis(trial.ask("starts 3")))
                .hasSize(3)
                .allSatisfy(each -> assertThat(each).isPositive());
        assertThat(millis(trial.ask("calls 7")))
                .hasSize(7)
                .allSatisfy(each -> assertThat(each).isPositive());
        assertThat(millis(trial.ask("turns 5"))).hasSize(5).isSorted();
    }

    @Test
    void idle_sandboxes_stand_until_the_next_question() throws Exception {
        Asking trial = asking();

        List<List<Long>> sandboxes = pids(trial.ask("idle 2"));

        assertThat(sandboxes)
                .hasSize(2)
                .allSatisfy(
                        pids -> assertThat(pids).hasSizeGreaterThanOrEqualTo(2).allMatch(SandboxTrialTest::lives));
        assertThat(sandboxes.getFirst()).doesNotContainAnyElementsOf(sandboxes.getLast());
        trial.ask("starts 1");
        assertThat(sandboxes).allSatisfy(pids -> assertThat(pids).noneMatch(SandboxTrialTest::lives));
    }

    @Test
    void at_the_end_of_the_questions_nothing_is_left() throws Exception {
        Asking trial = asking();
        List<List<Long>> sandboxes = pids(trial.ask("idle 2"));
        assertThat(places()).hasSize(1);

        assertThat(trial.end()).isEqualTo("well");

        assertThat(sandboxes).allSatisfy(pids -> assertThat(pids).noneMatch(SandboxTrialTest::lives));
        assertThat(places()).isEmpty();
    }

    @Test
    void a_measurement_that_nobody_waits_for_any_more_ends() throws Exception {
        Asking trial = asking();
        trial.ask("starts 1");

        trial.tell("turns 1000000");

        assertThat(trial.end()).isEqualTo("well");
        assertThat(places()).isEmpty();
    }

    @Test
    void what_fails_or_is_not_understood_is_told_and_the_next_question_is_answered() throws Exception {
        Asking trial = asking(new SandboxEngine() {
            @Override
            public String name() {
                return "none";
            }

            @Override
            public EngineReport probe() {
                return new EngineReport(name(), List.of());
            }

            @Override
            public Sandbox start(SandboxSpec spec) throws SandboxException {
                throw new SandboxException("there is no wall");
            }
        });

        assertThat(trial.ask("starts 1").text("failed")).isEqualTo("there is no wall");
        assertThat(trial.ask("turns 4").text("failed")).isEqualTo("there is no wall");
        assertThat(trial.ask("dance 1").text("failed"))
                .isEqualTo("a trial knows starts, calls, turns and idle, not dance");
        assertThat(trial.ask("starts many").text("failed")).contains("many");
    }
}
