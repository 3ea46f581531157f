package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A controller with its runner on one machine, and two runners on machines of their own, with a wire from each: what
 * becomes of tasks when a wire is cut, cut in one direction, slow, or loses what it carries.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkIT {
    /** Keep-alive takes 15 s; before a lease ends both sides know of a connection that is only half there. */
    private static final Duration DETECTED = Duration.ofSeconds(30);

    private final Net net = new Net();
    private Net.Wire[] wires;
    private Belay belay;
    private Repository shop;
    /** Has the near runner's only place, so that what is to run far away runs far away. */
    private String busy;

    private AnotherRunner[] far;

    @BeforeAll
    void a_controller_has_two_runners_at_the_other_ends_of_two_wires() throws IOException {
        Net.Machine here = net.machine();
        Net.Machine[] there = {net.machine(), net.machine()};
        wires = new Net.Wire[] {net.wire(1, there[0], here), net.wire(2, there[1], here)};
        belay = Belay.fresh()
                .through(here.inside().toArray(String[]::new))
                .with("BELAY_SLOTS", "1")
                .with("BELAY_BIND", "0.0.0.0");
        Path token =
                Files.createDirectories(belay.state().resolve("controller")).resolve("token");
        Files.writeString(token, "chosen-0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        belay = belay.with("BELAY_TOKEN_FILE", token.toString());
        shop = belay.repository("shop");
        belay.run("up").well();
        // A call has two minutes.
        busy = belay.handOver(
                shop, Script.of(Stream.generate(() -> "sleep 100").limit(50).toArray(String[]::new)));
        belay.run("wait", "--for", "running", busy).well();
        far = new AnotherRunner[] {
            AnotherRunner.start(belay, "far-1", 1, there[0].inside(), "10.77.1.2"),
            AnotherRunner.start(belay, "far-2", 1, there[1].inside(), "10.77.2.2")
        };
    }

    @AfterAll
    void end() {
        try {
            for (Net.Wire wire : wires) {
                wire.is("cut none");
            }
            Stream.of(far).forEach(AnotherRunner::close);
            belay.close();
        } finally {
            net.close();
        }
    }

    /** Two tasks, the n-th at the n-th far runner. */
    private String[] atEach(Script script) {
        String[] tasks = {belay.handOver(shop, script), belay.handOver(shop, script)};
        Stream.of(tasks)
                .forEach(task -> belay.run("wait", "--for", "step=s1", task).well());
        return runner(tasks[0]).equals("far-1") ? tasks : new String[] {tasks[1], tasks[0]};
    }

    private String runner(String task) {
        return show(task).text("runner");
    }

    private Json show(String task) {
        return belay.run("show", "--json", task).well().json();
    }

    private TaskLog log(String task) {
        return TaskLog.of(belay.run("logs", "--json", task).well().lines());
    }

    @Test
    @Order(1)
    @Timeout(300)
    void ten_seconds_without_a_network_are_not_noticed_and_neither_is_a_slow_one_that_loses_packets() throws Exception {
        String[] tasks = atEach(
                Script.of(Stream.generate(() -> "date >>log; sleep 2").limit(18).toArray(String[]::new)));

        wires[1].is("delay 150");
        wires[1].is("loss 5");
        wires[0].is("cut both");
        pause(Duration.ofSeconds(10));
        wires[0].is("cut none");

        for (String task : tasks) {
            belay.run("wait", "--timeout", "80s", task).well();
            assertThat(show(task).number("epoch")).as("leases that were lost").isEqualTo(1);
            assertThat(log(task).isWhole().results()).hasSize(18).noneMatch(result -> result.endsWith("interrupted"));
        }
        wires[1].is("loss 0");
        wires[1].is("delay 0");
    }

    @Test
    @Order(2)
    @Timeout(300)
    void whoever_cannot_hear_the_controller_stands_still_and_the_task_goes_on_elsewhere_once() throws Exception {
        String length = "8651" + ProcessHandle.current().pid();
        String[] tasks = atEach(new Script()
                .write("first", "1\n")
                .bash("echo half >half; sleep " + length)
                .bash("echo again >>twice"));
        LocalSystem.until("both sleep", () -> sleeping(length) >= 2);
        int[] before = {far[0].log().length(), far[1].log().length()};
        long cut = System.nanoTime();

        wires[0].is("cut both");
        // What it sends arrives; what is sent to it does not.
        wires[1].is("cut back");

        LocalSystem.until("the controller knows", () -> {
            String status = belay.run("status").well().out();
            return !status.contains("far-1 connected") && !status.contains("far-2 connected");
        });
        for (int i = 0; i < 2; i++) {
            AnotherRunner runner = far[i];
            int from = before[i];
            LocalSystem.until(
                    runner.name() + " knows",
                    () -> runner.log().substring(from).contains("the session with the controller ended"));
        }
        assertThat(since(cut)).as("a half open connection is found out").isLessThan(DETECTED);
        for (int i = 0; i < 2; i++) {
            AnotherRunner runner = far[i];
            int from = before[i];
            LocalSystem.until(
                    runner.name() + " stands still",
                    () -> runner.log().substring(from).contains("stands still: no renewal"));
        }
        assertThat(since(cut)).as("before the lease could be another's").isLessThan(Duration.ofSeconds(40));
        belay.run("cancel", busy).well();
        for (String task : tasks) {
            belay.run("wait", "--timeout", "85s", task).well();
        }

        Stream.of(wires).forEach(wire -> wire.is("cut none"));

        for (AnotherRunner runner : far) {
            LocalSystem.until(
                    runner.name() + " is back",
                    () -> belay.run("status").well().out().contains(runner.name() + " connected"));
        }
        LocalSystem.until("what stood still has ended", () -> sleeping(length) == 0);
        for (String task : tasks) {
            assertThat(runner(task)).isEqualTo("local-1");
            assertThat(show(task).number("epoch")).isEqualTo(2);
            TaskLog log = log(task).isWhole();
            assertThat(log.results()).containsExactly("s1", "s2 interrupted", "s3");
            assertThat(log.events()).filteredOn(isOf("far")).allMatch(event -> event.number("epoch") == 1);
            assertThat(belay.run("exec", task, "--", "sh", "-c", "cat first twice; ls half 2>&1")
                            .ended(2)
                            .out())
                    .startsWith("1\nagain\n");
        }
        // Who was cut off works again.
        String after = belay.task(shop, new Script().write("a", "b\n"));
        assertThat(show(after).text("state")).isEqualTo("succeeded");
    }

    private static Predicate<Json> isOf(String name) {
        return event -> event.get("task_state").text("runner").startsWith(name);
    }

    private static long sleeping(String length) {
        return Leftovers.naming("sleep\0" + length).stream()
                .filter(pid -> Leftovers.commandLine(pid).startsWith("sleep "))
                .count();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static void pause(Duration length) throws InterruptedException {
        new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS);
    }
}
