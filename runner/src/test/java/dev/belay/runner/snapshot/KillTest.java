package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process dies, in its own mount namespace as a runner does; the next one opens what is left. */
class KillTest {
    private static final String PROJECT =
            "mkdir d e; for i in 1 2 3 4 5 6; do echo $i >f$i; echo $i >d/$i; echo $i >e/$i; done";
    private static final String STEP = "rm -r d; echo d >d; rm f1 f2; echo new >n; mkdir -p x/y; echo z >x/y/z;"
            + "for i in 3 4 5; do echo changed >f$i; done; chmod 600 f6; git add -A; git commit -qm work";

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createTempDirectory("belay-kill-");
    }

    @AfterEach
    void removeRoot() throws IOException {
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "read",
                "scanned",
                "pack-sealed",
                "pack-without-index",
                "pack-published",
                "before-ref",
                "after-ref"
            })
    void a_capture_that_was_killed_happened_or_did_not(String place) throws Exception {
        Snapshot s0;
        List<String> files;
        try (Bench bench = new Bench(root, PROJECT)) {
            s0 = bench.capture();
            bench.sh(STEP);
            files = bench.manifest();
        }

        die("capture", place);

        try (Bench bench = Bench.attach(root, Settings.standard())) {
            assertThat(bench.manifest()).isEqualTo(files);
            assertThat(Shell.sh(root, "ls shadow.git/objects/pack shadow.git | grep -cE 'tmp_|trial' || :")
                            .strip())
                    .isEqualTo("0");
            bench.fsck();
            boolean recorded = place.equals("after-ref");
            String steps = Files.readString(root.resolve("shadow.git/refs/heads/steps"))
                    .strip();
            assertThat(steps.equals(s0.getCommit())).isEqualTo(!recorded);
            Captured next = bench.store().capture(new Moment(8, 1, "step", ""));
            String blob =
                    Shell.sh(root, "echo changed | git hash-object --stdin").strip();
            String packed = Shell.sh(root, "git verify-pack -v " + next.pack().orElseThrow());
            assertThat(packed.contains(blob)).isEqualTo(!recorded);
            bench.fsck();
            bench.store().restore(s0, new Moment(9, 1, "safety", ""), _ -> {});
            bench.store().restore(next.snapshot(), new Moment(9, 1, "safety", ""), _ -> {});
            assertThat(bench.manifest()).isEqualTo(files);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "before-ref",
                "after-ref",
                "intent-written",
                "staged",
                "room-made",
                "directories-made",
                "half-placed",
                "placed",
                "deleted",
                "stage-removed",
                "verified",
                "head-moved"
            })
    void a_rollback_that_was_killed_is_finished_or_never_began(String place) throws Exception {
        List<String> before;
        List<String> after;
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            before = bench.manifest();
            bench.sh(STEP);
            bench.capture();
            bench.sh("echo dirty >dirty");
            after = bench.manifest();
            Files.write(root.resolve("to.snapshot"), s0.toByteArray());
        }

        die("restore", place);

        try (Bench bench = Bench.attach(root, Settings.standard())) {
            boolean began = !place.endsWith("-ref");
            assertThat(bench.manifest()).isEqualTo(began ? before : after);
            assertThat(bench.store().finishedAtOpen().isPresent()).isEqualTo(began);
            bench.store().capture(new Moment(8, 1, "step", ""));
            bench.fsck();
            if (began) {
                String safety = Shell.sh(root, "git --git-dir=shadow.git log --all --format=%H --grep=Belay-Step:.7")
                        .strip();
                String tree = Shell.sh(root, "git --git-dir=shadow.git rev-parse " + safety + ":work")
                        .strip();
                Snapshot saved = Snapshot.newBuilder()
                        .setId("s7")
                        .setStep(7)
                        .setCommit(safety)
                        .setTree(tree)
                        .build();
                bench.store().restore(saved, new Moment(9, 1, "safety", ""), _ -> {});
                assertThat(bench.manifest()).isEqualTo(after);
            }
        }
    }

    /** The journal of the one that died says which of the two snapshots the task goes on from. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "scanned",
                "pack-sealed",
                "pack-without-index",
                "pack-published",
                "before-ref",
                "intent-written",
                "staged",
                "decided",
                "room-made",
                "directories-made",
                "placed",
                "deleted",
                "stage-removed",
                "verified",
                "head-moved"
            })
    void a_revert_that_was_killed_is_finished_or_never_was(String place) throws Exception {
        Snapshot s2;
        List<String> before;
        List<String> wanted;
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo late >late");
            wanted = bench.manifest();
            bench.sh("rm late");
            bench.capture();
            bench.sh(STEP);
            Snapshot s1 = bench.capture();
            bench.sh("echo late >late");
            s2 = bench.capture();
            before = bench.manifest();
            Files.write(root.resolve("to.snapshot"), s0.toByteArray());
            Files.write(root.resolve("undone.snapshot"), s1.toByteArray());
        }

        die("revert", place);

        boolean decided = Files.exists(root.resolve("decided"));
        assertThat(decided)
                .isEqualTo(List.of("decided", "room-made", "directories-made", "placed", "deleted", "stage-removed")
                                .contains(place)
                        || List.of("verified", "head-moved").contains(place));
        try (Bench bench = Bench.attach(root, Settings.standard())) {
            Snapshot from = decided ? Snapshot.parseFrom(Files.readAllBytes(root.resolve("decided"))) : s2;
            bench.store().goOnFrom(from, from.getCommit());
            assertThat(bench.manifest()).isEqualTo(decided ? wanted : before);
            Captured next = bench.store().capture(new Moment(9, 1, "step", ""));
            assertThat(next.snapshot().getTree()).isEqualTo(from.getTree());
            assertThat(next.snapshot().getParentCommit()).isEqualTo(from.getCommit());
            bench.store().restore(s2, new Moment(10, 1, "safety", ""), _ -> {});
            assertThat(bench.manifest()).isEqualTo(before);
            bench.fsck();
        }
    }

    private void die(String action, String place) throws Exception {
        Process child = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "--propagation",
                        "slave",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledProcess.class.getName(),
                        root.toString(),
                        action,
                        place)
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isEqualTo(137);
    }
}
