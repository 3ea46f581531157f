package dev.belay.runner.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.runner.power.PowerCut;
import dev.belay.runner.power.Watched;
import dev.belay.runner.power.WatchedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The power fails after the first events were handed out for sending. */
class PowerCutTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void what_was_handed_out_for_sending_is_on_the_disk(PowerCut cut) throws Exception {
        String said = writes(cut, true);

        assertThat(said).contains("handed out: 3");
        assertHolds(3);
    }

    @ParameterizedTest
    @EnumSource
    void a_build_that_waits_for_no_disk_is_seen(PowerCut cut) throws Exception {
        String said = writes(cut, false);

        assertThat(said).contains("handed out: 3", WatchedDisk.said("dev/belay/runner/spool/Spool"));
        assertThatThrownBy(() -> assertHolds(3)).isInstanceOf(AssertionError.class);
    }

    private String writes(PowerCut cut, boolean waits) throws Exception {
        Path state = Files.createDirectory(directory.resolve("state"));
        Watched process = new Watched(directory, state, waits);
        String said =
                process.dies(SpoolWriter.class, state.resolve("task/spool").toString());
        cut.of(state, process.kept());
        return said;
    }

    private void assertHolds(long events) throws Exception {
        try (Spool after = Spool.open(directory.resolve("state/task/spool"))) {
            assertThat(after.lastWritten()).isEqualTo(events);
        }
    }
}
