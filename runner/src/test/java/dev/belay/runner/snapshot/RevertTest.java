package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One step undone in the files of a task, on a real overlay: what is expected is made by undoing it by hand. */
class RevertTest {
    private static final String PROJECT = """
            printf '1\\n2\\n3\\n4\\n5\\n' >a; mkdir -p src/deep; echo x >src/deep/x; printf '#!/bin/sh\\n' >run.sh; chmod 755 run.sh
            ln -s a link; printf 'b\\000in' >binary
            """;
    private static final Witness NOBODY = _ -> {};

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createTempDirectory("belay-revert-");
    }

    @AfterEach
    void removeRoot() throws IOException {
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    private static Moment safety(Bench bench) {
        return new Moment(bench.nextStep(), 1, "safety", "");
    }

    private static Moment moment(Bench bench) {
        return new Moment(bench.nextStep() + 1, 1, "revert", "");
    }

    private static Reverted revert(Bench bench, Snapshot undone, Snapshot before) throws IOException {
        return bench.store().revert(undone, before, safety(bench), moment(bench), NOBODY);
    }

    @Test
    void the_step_is_gone_and_all_else_is_as_it_was() throws Exception {
        String step = "sed -i s/2/two/ a; rm -r src; echo src >src; chmod -x run.sh; ln -sfn run.sh link; mkdir hollow;"
                + " echo new >new; chmod 600 new; printf 'b\\000out' >binary";
        String later = "sed -i s/4/four/ a; echo late >late; mkdir -m 700 own";
        List<String> wanted;
        try (Bench bench = new Bench(Files.createDirectory(root.resolve("control")), PROJECT)) {
            bench.capture();
            bench.sh(later);
            wanted = bench.manifest();
        }
        try (Bench bench = new Bench(Files.createDirectory(root.resolve("task")), PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh(step);
            Snapshot s1 = bench.capture();
            bench.sh(later);
            Snapshot s2 = bench.capture();
            assertThat(bench.manifest()).isNotEqualTo(wanted);

            RestorePlan plan = bench.store().planRevert(s1, s0);
            Reverted reverted = revert(bench, s1, s0);

            assertThat(bench.manifest()).isEqualTo(wanted);
            assertThat(reverted.safety()).isEmpty();
            assertThat(reverted.done().files()).isEqualTo(plan.files());
            assertThat(reverted.done().files())
                    .extracting(FileChange::getPath)
                    .containsExactly("a", "binary", "link", "new", "run.sh", "src", "src/deep/x");
            Snapshot made = reverted.made().snapshot();
            assertThat(made.getKind()).isEqualTo("revert");
            assertThat(made.getReverts()).isEqualTo("s1");
            assertThat(made.getParentCommit()).isEqualTo(s2.getCommit());
            assertThat(made.getTotalFilesChanged()).isEqualTo(2);
            assertThat(bench.gitTree()).isEqualTo(made.getTree());
            bench.fsck();

            // It is a snapshot like any other: one goes back behind it and to it again, and can revert it.
            bench.store().restore(s2, new Moment(7, 1, "safety", ""), _ -> {});
            assertThat(bench.manifest()).isNotEqualTo(wanted);
            bench.store().restore(made, new Moment(7, 1, "safety", ""), _ -> {});
            assertThat(bench.manifest()).isEqualTo(wanted);
            Reverted again = bench.store()
                    .revert(made, s2, new Moment(8, 1, "safety", ""), new Moment(9, 1, "revert", ""), NOBODY);
            assertThat(again.made().snapshot().getTree()).isEqualTo(s2.getTree());
            bench.reopen();
            assertThat(bench.store()
                            .capture(new Moment(10, 1, "step", "Bash"))
                            .snapshot()
                            .getTree())
                    .isEqualTo(s2.getTree());
        }
    }

    @Test
    void what_is_in_no_snapshot_yet_is_kept_first_and_merged() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("sed -i s/1/one/ a");
            Snapshot s1 = bench.capture();
            bench.sh("echo 6 >>a");

            Reverted reverted = revert(bench, s1, s0);

            assertThat(bench.sh("cat a")).isEqualTo("1\n2\n3\n4\n5\n6\n");
            assertThat(reverted.safety()).isPresent();
            assertThat(reverted.made().snapshot().getParentCommit())
                    .isEqualTo(reverted.safety().get().snapshot().getCommit());
        }
    }

    @Test
    void a_conflict_changes_nothing_and_records_nothing() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("sed -i s/2/two/ a");
            Snapshot s1 = bench.capture();
            bench.sh("sed -i s/two/zwei/ a");
            bench.capture();
            bench.sh("echo not kept yet >dirty");
            List<String> files = bench.manifest();
            String refs = Shell.sh(root, "cat shadow.git/refs/heads/*; ls shadow.git/objects/pack");

            assertThatThrownBy(() -> revert(bench, s1, s0)).isInstanceOfSatisfying(BelayException.class, error -> {
                assertThat(error.code()).isEqualTo(ErrorCode.E_CONFLICT);
                assertThat(error.why()).contains("a (the same lines were changed again later)");
            });
            assertThatThrownBy(() -> bench.store().planRevert(s1, s0)).isInstanceOf(BelayException.class);

            assertThat(bench.manifest()).isEqualTo(files);
            assertThat(Shell.sh(root, "cat shadow.git/refs/heads/*; ls shadow.git/objects/pack"))
                    .isEqualTo(refs);
        }
    }

    @Test
    void a_step_without_change_and_one_that_is_gone_are_nothing_to_revert() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("touch a");
            Snapshot s1 = bench.capture();
            bench.sh("echo new >new");
            Snapshot s2 = bench.capture();
            bench.sh("rm new");
            bench.capture();

            assertThatThrownBy(() -> revert(bench, s1, s0))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.E_NOTHING_TO_REVERT));
            assertThatThrownBy(() -> revert(bench, s2, s1))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.E_NOTHING_TO_REVERT));
        }
    }

    @Test
    void git_goes_back_with_the_step_that_alone_touched_it_and_stays_otherwise() throws Exception {
        String commit = "git config user.name t; git config user.email t@t; git add -A; git commit -qm ";
        try (Bench bench = new Bench(root, PROJECT)) {
            bench.sh("git config --global --add safe.directory '*' 2>/dev/null || :");
            Snapshot s0 = bench.capture();
            String before = bench.sh("git rev-parse HEAD");
            bench.sh("echo one >one; " + commit + "one");
            Snapshot s1 = bench.capture();
            bench.sh("echo two >two");
            bench.capture();

            Reverted clean = revert(bench, s1, s0);

            assertThat(bench.sh("git rev-parse HEAD")).isEqualTo(before);
            assertThat(bench.sh("git status --porcelain")).isEqualTo("?? two\n");
            assertThat(clean.done().notRestored()).isEmpty();
            bench.sh("echo three >three; " + commit + "three");
            Snapshot s6 =
                    bench.store().capture(new Moment(6, 1, "step", "Bash")).snapshot();
            bench.sh("echo four >four; " + commit + "four");
            bench.store().capture(new Moment(7, 1, "step", "Bash"));
            String four = bench.sh("git rev-parse HEAD");

            Reverted left = bench.store()
                    .revert(
                            s6,
                            clean.made().snapshot(),
                            new Moment(8, 1, "safety", ""),
                            new Moment(9, 1, "revert", ""),
                            NOBODY);

            assertThat(bench.sh("git rev-parse HEAD; ls"))
                    .startsWith(four)
                    .contains("four")
                    .doesNotContain("three");
            assertThat(left.done().notRestored())
                    .extracting(NotCaptured::getPath, NotCaptured::getWhy)
                    .containsExactly(org.assertj.core.api.Assertions.tuple(".git", "changed_later"));
            bench.fsck();
        }
    }

    @Test
    void a_disk_that_is_full_before_the_first_change_takes_the_snapshot_back() throws Exception {
        List<String> told = new ArrayList<>();
        Settings full = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (point.equals("staged")) {
                throw new IOException("No space left on device");
            }
        });
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo new >new; sed -i s/1/one/ a");
            Snapshot s1 = bench.capture();
            bench.sh("sed -i s/5/five/ a");
            Snapshot s2 = bench.capture();
            List<String> files = bench.manifest();
            bench.use(full, Stillness.nobodyInside());

            assertThatThrownBy(() -> bench.store()
                            .revert(
                                    s1,
                                    s0,
                                    safety(bench),
                                    moment(bench),
                                    captured -> told.add(captured.snapshot().getKind())))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.E_SNAPSHOT));

            assertThat(told).isEmpty();
            assertThat(bench.manifest()).isEqualTo(files);
            bench.use(Settings.standard(), Stillness.nobodyInside());
            bench.sh("sed -i s/one/1/ a");
            Captured next = bench.store().capture(new Moment(8, 1, "step", ""));
            assertThat(next.snapshot().getParentCommit()).isEqualTo(s2.getCommit());
            // The blob of the merge that was taken back counts as never kept.
            String blob = bench.sh("git hash-object a").strip();
            assertThat(Shell.sh(root, "git verify-pack -v " + next.pack().orElseThrow()))
                    .contains(blob);
            bench.fsck();
        }
    }

    /** What a snapshot held that nobody heard of is captured again, though its pack was there. */
    @Test
    void who_goes_on_from_an_earlier_snapshot_owes_nothing_to_forgotten_ones() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo one >one");
            Snapshot s1 = bench.capture();
            bench.sh("echo two >two");
            bench.capture();

            bench.store().goOnFrom(s1, s1.getCommit());
            bench.sh("echo two >two");
            Captured again = bench.store().capture(new Moment(7, 1, "step", ""));

            String blob = Shell.sh(root, "echo two | git hash-object --stdin").strip();
            assertThat(Shell.sh(root, "git verify-pack -v " + again.pack().orElseThrow()))
                    .contains(blob);
            assertThat(Optional.of(again.snapshot().getParentCommit())).contains(s1.getCommit());
            bench.store().restore(s0, new Moment(8, 1, "safety", ""), _ -> {});
            bench.fsck();
        }
    }
}
