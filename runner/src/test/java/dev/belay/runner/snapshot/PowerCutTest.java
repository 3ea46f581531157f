package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.power.PowerCut;
import dev.belay.runner.power.Watched;
import dev.belay.runner.power.WatchedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The power fails in the middle of a capture: of the task's snapshots there is what the runner had waited for, and no more. */
class PowerCutTest {
    private Path root;
    private Snapshot before;

    @BeforeEach
    void a_task_has_a_snapshot() throws Exception {
        root = Files.createTempDirectory("belay-power-");
        try (Bench bench = new Bench(root, "echo 1 >one")) {
            before = bench.capture();
            bench.sh("echo 2 >two");
        }
    }

    @AfterEach
    void end() throws IOException {
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "pack-without-index, NO_BYTES, false",
        "before-ref,         NO_BYTES, false",
        "before-ref,         NO_NAMES, false",
        "half-a-ref,         NO_BYTES, true",
        "half-a-ref,         NO_NAMES, false",
        "after-ref,          NO_BYTES, true",
        "after-ref,          NO_NAMES, true"
    })
    void a_snapshot_is_on_the_disk_when_it_is_one_and_is_none_before(String place, PowerCut cut, boolean recorded)
            throws Exception {
        cut(place, cut, true);

        assertKept(recorded);
        assertGoesOn();
    }

    @ParameterizedTest
    @EnumSource
    void a_build_that_waits_for_no_disk_is_seen(PowerCut cut) throws Exception {
        String said = cut("after-ref", cut, false);

        assertThat(said).contains(WatchedDisk.said("dev/belay/runner/workspace/BareGit"));
        assertThatThrownBy(() -> assertKept(true)).isInstanceOf(AssertionError.class);
    }

    private String cut(String place, PowerCut cut, boolean waits) throws Exception {
        Path shadow = root.resolve("shadow.git");
        Watched process = new Watched(Files.createDirectory(root.resolve("watched")), shadow, waits);
        String said = process.dies(KilledProcess.class, root.toString(), "capture", place);
        cut.of(shadow, process.kept());
        return said;
    }

    /** The last snapshot is whole, and it is the one that was being made only if that is recorded. */
    private void assertKept(boolean recorded) throws IOException {
        String last =
                Files.readString(root.resolve("shadow.git/refs/heads/steps")).strip();
        assertThat(last).matches("[0-9a-f]{40}");
        assertThat(last.equals(before.getCommit()))
                .as("the last snapshot is the one before")
                .isEqualTo(!recorded);
        Shell.sh(root, "git --git-dir=shadow.git fsck --full --strict --no-dangling " + last + " >&2");
    }

    private void assertGoesOn() throws IOException, SnapshotException {
        try (Bench bench = Bench.attach(root, Settings.standard())) {
            bench.fsck();
            List<String> files = bench.manifest();
            Snapshot next = bench.store().capture(new Moment(8, 1, "step", "")).snapshot();
            bench.fsck();
            bench.store().restore(before, new Moment(9, 1, "safety", ""), _ -> {});
            assertThat(bench.manifest()).isNotEqualTo(files);
            bench.store().restore(next, new Moment(9, 1, "safety", ""), _ -> {});
            assertThat(bench.manifest()).isEqualTo(files);
        }
    }
}
