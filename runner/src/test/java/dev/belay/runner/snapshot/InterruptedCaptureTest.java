package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.v1.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A capture is interrupted, as that of a task is which is taken away; its files are there for whoever comes next. */
class InterruptedCaptureTest {
    @ParameterizedTest
    @ValueSource(strings = {"pack-sealed", "pack-without-index", "pack-published", "before-ref", "half-a-ref"})
    void a_capture_that_was_interrupted_did_not_happen_and_the_next_one_does(String place) throws Exception {
        Path root = Files.createTempDirectory("belay-interrupt-");
        AtomicBoolean interrupt = new AtomicBoolean();
        Settings interrupting = new Settings(100L << 20, 500, Clock.systemUTC(), point -> {
            if (point.equals(place) && interrupt.getAndSet(false)) {
                Thread.currentThread().interrupt();
            }
        });
        try (Bench bench = new Bench(root, "echo 1 >one", interrupting)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo 2 >two");
            interrupt.set(true);

            assertThatThrownBy(bench::capture).isInstanceOf(SnapshotException.class);

            assertThat(Thread.interrupted()).as("the interrupt is still there").isTrue();
            bench.reopen();
            assertThat(Shell.sh(root, "cat shadow.git/refs/heads/steps shadow.git/refs/heads/head")
                            .lines())
                    .containsExactly(s0.getCommit(), s0.getCommit());
            Snapshot s1 = bench.capture();
            assertThat(s1.getParentCommit()).isEqualTo(s0.getCommit());
            assertThat(Shell.sh(
                                    root,
                                    "git --git-dir=shadow.git rev-list --objects --no-object-names " + s1.getCommit()
                                            + " | git --git-dir=shadow.git cat-file --batch-check | grep -c missing || :")
                            .strip())
                    .isEqualTo("0");
        } finally {
            Shell.run(Path.of("/"), "rm", "-rf", root.toString());
        }
    }
}
