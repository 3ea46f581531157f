package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clocks that somebody sets, an hour forth and an hour back, while tasks run: a runner's and a controller's. */
class ClocksIT {
    private static final int CALLS = 20;
    private static final Duration A_RENEWAL_AND_MORE = Duration.ofSeconds(12);

    @Test
    @Timeout(600)
    void no_lease_is_lost_when_the_clock_of_a_runner_and_of_a_controller_jumps() throws Exception {
        Path folder = Files.createTempDirectory("belay-bb-clock-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path clock = folder.resolve("clock");
        set(clock, "+0");
        Map<String, String> wrong = Map.of(
                "LD_PRELOAD",
                library().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                clock.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                // Nobody sets these on a real machine.
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
        try (Fleet fleet = Fleet.start(new Fleet.Plan(
                2, 2, 2, number -> number == 1 ? wrong : Map.of(), number -> number == 1 ? wrong : Map.of()))) {
            Repository shop = fleet.person().repository("shop");
            Script script = Script.of(
                    Stream.generate(() -> "date >>log; sleep 2").limit(CALLS).toArray(String[]::new));
            Json first = fleet.handOver(shop, script);
            List<String> tasks = new ArrayList<>(List.of(first.text("id")));
            for (int i = 1; i < fleet.places(); i++) {
                tasks.add(fleet.handOver(first, script, "task " + i));
            }
            for (String task : tasks) {
                LocalSystem.until("it is at work", () -> fleet.door().task(task).number("steps") > 0);
            }
            for (int hours : List.of(1, -1)) {
                set(clock, (hours > 0 ? "+" : "") + hours + "h");
                LocalSystem.until("the jump is seen", () -> saidAt(fleet, tasks, Duration.ofHours(hours)));
                pause(A_RENEWAL_AND_MORE);
            }

            Ledger ledger = new Ledger(fleet.postgres());
            LocalSystem.until("all have ended", () -> ledger.live() == 0);

            for (String task : tasks) {
                Json shown = fleet.door().task(task);
                assertThat(shown.text("state")).as("%s", shown).isEqualTo("succeeded");
                assertThat(shown.number("epoch"))
                        .as("leases that were lost: %s", shown)
                        .isEqualTo(1);
                assertThat(TaskLog.of(fleet.door().events(task)).isWhole().done())
                        .hasSize(CALLS);
            }
            assertThat(ledger.violations()).isEmpty();
        } finally {
            Sh.run("rm", "-rf", folder.toString());
        }
    }

    /** Whether something was said by a clock that is off by so much, or nearly. */
    private static boolean saidAt(Fleet fleet, List<String> tasks, Duration off) {
        return tasks.stream()
                .flatMap(task -> fleet.door().events(task).stream())
                .map(event -> Duration.between(Instant.now(), Instant.parse(event.text("at"))))
                .anyMatch(by -> by.minus(off).abs().compareTo(Duration.ofMinutes(20)) < 0);
    }

    /** In one step, so that nobody reads half of it. */
    private static void set(Path clock, String to) throws IOException {
        Path next = Files.writeString(clock.resolveSibling("next"), to + "\n");
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path library() {
        try (DirectoryStream<Path> libraries = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu")) {
            for (Path each : libraries) {
                Path library = each.resolve("faketime/libfaketimeMT.so.1");
                if (Files.exists(library)) {
                    return library;
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        throw new IllegalStateException("this test needs libfaketime: apt-get install faketime");
    }

    private static void pause(Duration length) throws InterruptedException {
        new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS);
    }
}
