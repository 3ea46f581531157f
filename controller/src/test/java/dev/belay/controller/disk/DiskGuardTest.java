package dev.belay.controller.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.Bounds;
import dev.belay.controller.disk.DiskGuard.Level;
import dev.belay.controller.testing.LogLines;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskGuardTest {
    private static final long MIB = 1 << 20;
    private static final Bounds.Disk FLOORS = new Bounds.Disk(400 * MIB, 2 * MIB);

    @TempDir
    Path home;

    /** A disk on which there is what the test says, less the ballast. */
    private long free = 1000;

    private DiskGuard guard;

    @BeforeEach
    void make() {
        guard = guard(FLOORS);
    }

    private DiskGuard guard(Bounds.Disk floors) {
        return new DiskGuard(floors, home, List.of(), place -> free * MIB - ballast());
    }

    private long ballast() throws IOException {
        Path file = home.resolve("ballast");
        return Files.exists(file) ? Files.size(file) : 0;
    }

    @ParameterizedTest
    @CsvSource({
        "1000, OK,    true,  takes",
        " 402, OK,    true,  takes",
        " 401, LOW,   true,  refuses",
        " 203, LOW,   true,  refuses",
        " 201, LOW,   false, refuses",
        " 199, LOWER, false, refuses",
        " 101, LOWER, false, refuses",
        "  99, FULL,  false, refuses",
        "   0, FULL,  false, refuses",
    })
    void each_floor_has_its_consequence(long left, Level level, boolean ballast, String work) throws IOException {
        guard.look();
        assertThat(ballast()).isEqualTo(2 * MIB);
        free = left;

        assertThat(guard.look()).isEqualTo(level);

        assertThat(ballast() > 0).isEqualTo(ballast);
        assertThat(guard.full()).isEqualTo(level == Level.FULL);
        if (work.equals("takes")) {
            guard.admit("work");
        } else {
            assertThatThrownBy(() -> guard.admit("the task is not taken"))
                    .isInstanceOfSatisfying(BelayException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.E_DISK_FULL);
                        assertThat(refused.what()).isEqualTo("the task is not taken: the controller's disk is full");
                        assertThat(refused.why()).contains("less than 400 MiB", home.toString());
                        assertThat(refused.next()).contains("free space", "BELAY_DISK_FLOOR");
                    });
        }
    }

    @Test
    void with_space_again_the_ballast_is_made_first_and_a_little_space_is_not_enough() throws IOException {
        guard.look();
        free = 150;
        assertThat(guard.look()).isEqualTo(Level.LOWER);
        assertThat(ballast()).isZero();

        free = 441;
        assertThat(guard.look()).isEqualTo(Level.LOW);
        assertThat(ballast()).isZero();
        free = 443;

        assertThat(guard.look()).isEqualTo(Level.OK);
        assertThat(ballast()).isEqualTo(2 * MIB);
        guard.admit("work");
    }

    @Test
    void every_change_is_said_once_in_the_log_and_in_the_status() {
        try (LogLines log = LogLines.listen()) {
            for (long left : new long[] {1000, 1000, 300, 300, 150, 50, 1000}) {
                free = left;
                guard.look();
            }

            assertThat(log.atLeast("INFO"))
                    .extracting(line -> line.replaceAll(".*DiskGuard[^a-z0-9]*", ""))
                    .anySatisfy(line -> assertThat(line).contains("no new task is taken, what runs goes on"))
                    .anySatisfy(line -> assertThat(line).contains("the ballast of 2048 KiB is given back"))
                    .anySatisfy(line -> assertThat(line).contains("nothing is written until there is space"))
                    .anySatisfy(line -> assertThat(line).contains("there is space again"))
                    .hasSize(5);
        }
        assertThat(guard.status().getState()).isEqualTo("ok");
        assertThat(guard.status().getDetail()).isEmpty();
        free = 50;
        guard.look();
        assertThat(guard.status().getState()).isEqualTo("full");
        assertThat(guard.status().getFreeBytes()).isEqualTo(50 * MIB);
        assertThat(guard.status().getFloorBytes()).isEqualTo(400 * MIB);
    }

    @Test
    void the_ballast_really_takes_its_space() throws Exception {
        guard(new Bounds.Disk(1, 8 * MIB)).look();

        Process du = new ProcessBuilder("du", "-k", home.resolve("ballast").toString()).start();
        assertThat(du.inputReader().readLine())
                .satisfies(
                        line -> assertThat(Long.parseLong(line.split("\\s")[0])).isGreaterThanOrEqualTo(8 * 1024));
    }

    @Test
    void a_disk_that_cannot_be_measured_takes_no_new_work_and_stops_nothing() {
        DiskGuard blind = new DiskGuard(FLOORS, home, List.of(), place -> {
            throw new IOException("no such device");
        });

        assertThat(blind.look()).isEqualTo(Level.LOW);
        assertThat(blind.full()).isFalse();
    }

    @Test
    void without_a_floor_nothing_is_ever_refused() {
        free = 0;
        DiskGuard none = guard(new Bounds.Disk(0, 0));

        assertThat(none.look()).isEqualTo(Level.OK);
        none.admit("work");
    }
}
