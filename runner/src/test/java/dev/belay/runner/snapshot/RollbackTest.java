package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** State, step, rollback, expected state: on a real overlay, against a manifest that others made. */
class RollbackTest {
    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createTempDirectory("belay-rollback-");
    }

    @AfterEach
    void removeRoot() throws IOException {
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    private static final String PROJECT = """
            printf 'one\\ntwo\\nthree\\n' >a.txt
            mkdir -p src/deep/er empty-later lib
            printf 'int main;\\n' >src/main.c; printf 'x' >src/deep/x; printf 'y' >src/deep/er/y
            printf '#!/bin/sh\\n' >run.sh; chmod 755 run.sh
            ln -s a.txt link; ln -s /etc/passwd absolute; ln -s nowhere/at/all dangling
            printf 'SECRET=1\\n' >.env; printf '.env\\nnode_modules/\\ntarget/\\n' >.gitignore
            printf 'l1' >lib/one; printf 'l2' >lib/two; : >nothing; printf 'no newline' >tail
            printf 'a\\000b\\377' >binary; printf 'crlf\\r\\n' >dos.txt; printf '*.txt text eol=crlf\\n*.id ident\\n' >.gitattributes
            printf '$Id$\\n' >v.id
            """;

    /**
     * @param git true: git can hold this state as it is, so its tree must be ours
     * @param changed true: the step's snapshot differs from the one before
     */
    record Case(String name, String step, boolean git, boolean changed) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case one(String name, String step) {
        return new Case(name, step, true, true);
    }

    private static Case beyondGit(String name, String step) {
        return new Case(name, step, false, true);
    }

    static Stream<Case> cases() {
        return Stream.of(
                one("1 a file is modified", "echo changed >a.txt"),
                one("2 a file is created", "echo new >new.txt"),
                one("3 a tree of directories is created", "mkdir -p n/m/o; echo x >n/m/o/p; echo y >n/q"),
                one("4 a file is deleted", "rm run.sh"),
                one("5 a directory is deleted", "rm -r src"),
                one("6 a directory is deleted and made again", "rm -r src; mkdir src; echo other >src/other"),
                one("7 a file is renamed", "mv a.txt b.txt"),
                one("8 a directory is renamed", "mv src source"),
                one("9 a file becomes a directory", "rm a.txt; mkdir a.txt; echo in >a.txt/in"),
                one("10 a directory becomes a file", "rm -r src; echo file >src"),
                one("11 a file becomes a symlink", "rm a.txt; ln -s run.sh a.txt"),
                one("12 a directory becomes a symlink to outside", "rm -r lib; ln -s ../../outside lib"),
                one(
                        "13 symlinks change",
                        "ln -sfn tail link; ln -sfn /dev/null absolute; rm dangling; ln -s self self"),
                one("14 execute bits change", "chmod +x a.txt; chmod -x run.sh"),
                beyondGit(
                        "15 odd modes",
                        "chmod 600 a.txt; chmod 4755 run.sh; chmod 000 tail; chmod 2770 src; echo n >src/n"),
                beyondGit("16 empty directories come and go", "mkdir -p hollow/er; rm lib/*"),
                new Case("17 a file is only touched", "touch a.txt; chmod 755 run.sh", true, false),
                one(
                        "18 same size, old time",
                        "touch -r a.txt ../ref; printf 'ONE\\nTWO\\nthree\\n' >a.txt; touch -r ../ref a.txt"),
                one(
                        "21 names of every kind",
                        "perl -e 'for (\"a b\", q(q\"q), \"-rf\", \":\", \"*\", \"tab\\tx\", q(x\\y), \"\\xc3\\xa9\", \"e\\xcc\\x81\","
                                + " \"\\xf0\\x9f\\x98\\x80\") { open F,\">\",$_ or die; print F $_ }';"
                                + " perl -e 'open F,\">\",\"nl\\n\";print F 1;open F,\">\",\"bad\\xff\\xfe\";print F 2;"
                                + "open F,\">\",\"L\"x255;print F 3;mkdir \"dir\\xff\";open F,\">\",\"dir\\xff/\\xe2\\x80\";print F 4'"),
                beyondGit(
                        "21b an empty directory and a mode under a name that is no UTF-8",
                        "perl -e 'mkdir \"e\\xff\"; open F,\">\",\"m\\xff\"; chmod 0600,\"m\\xff\"'"),
                one("23 a rename of case only", "mv a.txt A.TXT"),
                one("24 an ignored small file is edited", "echo SECRET=2 >.env"),
                one("26 ignore rules change", "echo 'lib/' >.gitignore; echo k >lib/three; echo '*' >src/.gitignore"),
                one("27 files are only read", "cat a.txt .env >/dev/null; echo z >z"),
                beyondGit(
                        "32 the agent commits",
                        "git config --global --add safe.directory '*' 2>/dev/null || :; echo c >a.txt; git add -A; git commit -qm work; git checkout -qb side; echo d >d; git add d; git commit -qm d"),
                beyondGit(
                        "33 a merge dies in the middle",
                        "git checkout -qb other; echo 1 >a.txt; git commit -qam 1; git checkout -q main; echo 2 >a.txt; git commit -qam 2; git merge other || :"),
                beyondGit("34 gc, prune and repack", "echo g >g; git add g; git commit -qm g; git gc -q --prune=now"),
                beyondGit("34b .git is deleted", "rm -rf .git"),
                beyondGit(
                        "34c .git is made anew",
                        "rm -rf .git; git init -q -b fresh .; git config user.name x; git config user.email x; git add -A; git commit -qm again"),
                beyondGit("34d .git becomes a file", "rm -rf .git; echo 'gitdir: /nowhere' >.git"),
                beyondGit(
                        "35 hooks and filters are configured",
                        "mkdir -p .git/hooks; printf '#!/bin/sh\ntouch ../pwned\n' >.git/hooks/post-checkout; chmod 755 .git/hooks/post-checkout; git config core.fsmonitor 'touch ../pwned'; git config filter.x.clean 'touch ../pwned'; echo '* filter=x' >.gitattributes"),
                beyondGit("39 a pair of hard links is edited", "ln a.txt hard; echo both >>a.txt"),
                one("41 binary, empty, no newline", "printf 'b\\000\\001\\377' >binary; printf x >nothing; : >tail"),
                one(
                        "deep and wide",
                        "for i in 1 2 3 4 5 6 7 8 9; do mkdir -p w/$i/v; echo $i >w/$i/v/f; done; rm -r src/deep"),
                one(
                        "everything at once",
                        "rm -r lib src; echo l >lib; mkdir src; ln -s x src/deep; rm a.txt; mkdir -p a.txt/b; echo c >a.txt/b/c; mv run.sh tail"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_rollback_brings_every_file_back_and_a_second_one_the_step(Case one) throws Exception {
        Files.createDirectory(root.resolve("outside"));
        Files.writeString(root.resolve("outside/canary"), "untouched");
        try (Bench bench = new Bench(root, PROJECT)) {
            List<String> before = bench.manifest();
            Snapshot s0 = bench.capture();
            assertThat(s0.getTree()).isEqualTo(bench.checkout().workTree().name());

            bench.sh(one.step());
            List<String> after = bench.manifest();
            Snapshot s1 = bench.capture();
            assertThat(s1.getTree().equals(s0.getTree()) && before.equals(after))
                    .isEqualTo(!one.changed());
            if (one.git()) {
                Files.deleteIfExists(root.resolve("attributes"));
                assertThat(rawGitTree(bench)).isEqualTo(s1.getTree());
            }

            Restored back = bench.restore(s0);
            assertThat(back.safety()).isEmpty();
            assertThat(bench.manifest()).isEqualTo(before);
            assertThat(Shell.sh(bench.merged(), "git fsck --full 2>&1")).doesNotContain("missing", "broken", "error");

            bench.restore(s1);
            assertThat(bench.manifest()).isEqualTo(after);

            bench.reopen();
            bench.restore(s0);
            assertThat(bench.manifest()).isEqualTo(before);
            bench.fsck();
            assertThat(root.resolve("task/pwned")).doesNotExist();
            assertThat(root.resolve("outside/canary")).hasContent("untouched");
            assertThat(root.resolve("outside")).isDirectoryContaining(path -> path.endsWith("canary"));
        }
    }

    /** Line-end conversion is what attributes in the project ask git for; the snapshot holds the bytes. */
    private String rawGitTree(Bench bench) throws IOException {
        Path other = Files.createTempDirectory(root, "git-");
        Shell.sh(other, "git init -q --bare .; mkdir -p info; printf '* -text -ident -filter\\n' >info/attributes");
        return Shell.sh(
                        bench.merged(),
                        "export GIT_DIR=" + other + " GIT_WORK_TREE=" + bench.merged()
                                + "; git add -A -f . && git write-tree")
                .strip();
    }

    @Test
    void a_write_within_the_same_clock_tick_is_seen() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            bench.capture();
            Path file = bench.merged().resolve("a.txt");
            for (int i = 0; i < 30; i++) {
                Files.writeString(file, "n" + (i % 10));
                bench.capture();
                Files.writeString(file, "m" + (i % 10));
                assertThat(bench.capture().getTree()).isEqualTo(rawGitTree(bench));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"made-by-the-task", "a.txt"})
    void a_store_through_a_mapping_is_seen_though_no_time_changes(String name) throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            bench.use(Settings.standard(), inProcess(true));
            bench.capture();
            Path file = bench.merged().resolve(name);
            Files.write(file, new byte[8192]);
            try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
                var map = random.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 8192);
                map.put(0, (byte) 1);
                Snapshot first = bench.capture();
                // Out of the tick in which the first capture would look again anyway.
                Files.writeString(bench.merged().resolve("later"), "x");
                while (Files.getLastModifiedTime(bench.merged().resolve("later"))
                                .toMillis()
                        < Files.getLastModifiedTime(file).toMillis() + 40) {
                    Files.writeString(bench.merged().resolve("later"), "x");
                }
                bench.capture();
                map.put(1, (byte) 2);
                Snapshot second = bench.capture();
                assertThat(second.getTree()).isNotEqualTo(first.getTree());
                assertThat(second.getTree()).isEqualTo(rawGitTree(bench));
            }
        }
    }

    private static Stillness inProcess(boolean still) {
        return new Stillness() {
            @Override
            public boolean freeze() {
                return still;
            }

            @Override
            public void thaw() {}

            @Override
            public List<Long> processes() {
                return List.of(ProcessHandle.current().pid());
            }
        };
    }

    @Test
    void what_is_not_captured_is_listed_and_survives_every_rollback() throws Exception {
        Settings small = new Settings(1 << 20, 50, Clock.systemUTC(), Faults.NONE);
        try (Bench bench = new Bench(root, PROJECT, small)) {
            Snapshot s0 = bench.capture();
            bench.sh("mkdir -p node_modules/p app; for i in $(seq 60); do echo $i >node_modules/p/$i; done;"
                    + "truncate -s 1T sparse; head -c 2000000 /dev/zero >app/large; mkfifo pipe; echo i >app/i.js;"
                    + "perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local=>\"sock\",Listen=>1)' ;"
                    + "mkdir -p sub/.GIT; echo h >sub/.GIT/HEAD; echo f >sub/f; mkdir git~1; echo s >git~1/s;"
                    + "mkdir nested; cd nested; git init -q .; echo n >n");
            Snapshot s1 = bench.capture();
            assertThat(s1.getNotCapturedList())
                    .extracting(NotCaptured::getPath)
                    .containsExactlyInAnyOrder(
                            "node_modules", "sparse", "app/large", "pipe", "sock", "sub/.GIT", "git~1", "nested/.git");
            assertThat(s1.getNotCapturedList())
                    .extracting(NotCaptured::getWhy)
                    .contains("bulk", "large", "special", "repository");
            assertThat(s1.getFilesList())
                    .extracting(FileChange::getPath)
                    .containsExactly("app/i.js", "nested/n", "sub/f");

            Restored back = bench.restore(s0);

            assertThat(back.done().notRestored())
                    .extracting(NotCaptured::getPath)
                    .contains("node_modules", "app/large");
            assertThat(bench.merged().resolve("node_modules/p/60")).exists();
            assertThat(bench.merged().resolve("app/large")).exists();
            assertThat(bench.merged().resolve("nested/.git/HEAD")).exists();
            assertThat(bench.merged().resolve("app/i.js")).doesNotExist();
            bench.restore(s1);
            assertThat(bench.merged().resolve("app/i.js")).hasContent("i\n");
        }
    }

    @Test
    void a_rollback_that_would_destroy_what_no_snapshot_holds_is_refused() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("rm a.txt; mkdir a.txt; mkfifo a.txt/pipe");
            bench.capture();
            List<String> before = bench.manifest();
            assertThatThrownBy(() -> bench.restore(s0))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_CONFLICT));
            assertThat(bench.manifest()).isEqualTo(before);
        }
    }

    @Test
    void a_nested_repository_without_a_commit_does_not_stop_a_snapshot() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("mkdir v; cd v; git init -q .; echo 1 >f");
            bench.capture();
            bench.restore(s0);
            assertThat(bench.merged().resolve("v/f")).doesNotExist();
        }
    }

    @Test
    void changes_that_no_snapshot_holds_are_saved_before_a_rollback() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo unsaved >unsaved");
            List<String> dirty = bench.manifest();
            Restored back = bench.restore(s0);
            assertThat(bench.merged().resolve("unsaved")).doesNotExist();
            Snapshot safety = back.safety().orElseThrow().snapshot();
            assertThat(safety.getKind()).isEqualTo("safety");
            bench.restore(safety);
            assertThat(bench.manifest()).isEqualTo(dirty);
        }
    }

    @Test
    void every_step_stays_reachable_through_rollbacks_undo_and_branches() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            var snapshots = new java.util.ArrayList<Snapshot>();
            var manifests = new java.util.ArrayList<List<String>>();
            for (int i = 0; i < 8; i++) {
                snapshots.add(bench.capture());
                manifests.add(bench.manifest());
                bench.sh("echo " + i + " >>a.txt; echo " + i + " >f" + i + "; rm -f f" + (i - 3));
            }
            bench.restore(snapshots.get(3));
            bench.sh("echo branch >branch");
            snapshots.add(bench.capture());
            manifests.add(bench.manifest());
            assertThat(snapshots.getLast().getParentCommit())
                    .isEqualTo(snapshots.get(3).getCommit());
            for (int i : List.of(7, 0, 5, 8, 3, 8, 1)) {
                bench.restore(snapshots.get(i));
                assertThat(bench.manifest()).isEqualTo(manifests.get(i));
            }
            bench.fsck();
        }
    }

    @Test
    void going_where_one_is_changes_nothing_and_unaffected_files_keep_inode_and_time() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo 1 >keep; echo 2 >lib/one; touch -d 2001-01-01 keep");
            Snapshot s1 = bench.capture();
            bench.sh("echo 3 >other");
            Snapshot s2 = bench.capture();
            String stat = "stat -c '%i %y %z' keep lib/one run.sh a.txt";
            String before = bench.sh(stat);
            String all = bench.sh("find . -path ./.git -prune -o -printf '%p %i %T@\\n' | sort");
            assertThat(bench.restore(s2).done().filesChanged()).isZero();
            assertThat(bench.sh("find . -path ./.git -prune -o -printf '%p %i %T@\\n' | sort"))
                    .isEqualTo(all);
            bench.restore(s1);
            assertThat(bench.sh(stat)).isEqualTo(before);
            long begun = System.currentTimeMillis();
            bench.restore(s0);
            assertThat(Files.getLastModifiedTime(bench.merged().resolve("lib/one"))
                            .toMillis())
                    .isGreaterThan(begun - 2000);
        }
    }

    @Test
    void a_dry_run_says_what_then_happens_and_changes_nothing() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("rm -r src; printf 'one\\n2\\nthree\\n' >a.txt; echo n >n; chmod 600 tail");
            List<String> before = bench.manifest();
            RestorePlan plan = bench.store().plan(s0);
            assertThat(bench.manifest()).isEqualTo(before);
            assertThat(plan.files())
                    .extracting(FileChange::getPath, FileChange::getStatus)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("a.txt", "M"),
                            org.assertj.core.groups.Tuple.tuple("n", "D"),
                            org.assertj.core.groups.Tuple.tuple("src/deep/er/y", "A"),
                            org.assertj.core.groups.Tuple.tuple("src/deep/x", "A"),
                            org.assertj.core.groups.Tuple.tuple("src/main.c", "A"),
                            org.assertj.core.groups.Tuple.tuple("tail", "T"));
            assertThat(plan.files().getFirst().getLinesAdded()).isEqualTo(1);
            assertThat(plan.files().getFirst().getLinesRemoved()).isEqualTo(1);
            RestorePlan done = bench.restore(s0).done();
            assertThat(done.files()).isEqualTo(plan.files());
        }
    }

    @Test
    void a_snapshot_of_another_task_or_of_nobody_is_refused() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh("echo x >x");
            List<String> before = bench.manifest();
            List<Snapshot> wrong = List.of(
                    s0.toBuilder().setCommit("0".repeat(40)).build(),
                    s0.toBuilder().setCommit("HEAD").build(),
                    s0.toBuilder().setCommit(bench.checkout().baseCommit()).build(),
                    s0.toBuilder().setStep(9).build(),
                    s0.toBuilder().setTree("1".repeat(40)).build());
            for (Snapshot one : wrong) {
                assertThatThrownBy(() -> bench.restore(one))
                        .isInstanceOfSatisfying(
                                BelayException.class,
                                refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_NO_SUCH_SNAPSHOT));
            }
            assertThat(bench.manifest()).isEqualTo(before);
        }
    }

    @Test
    void an_unreadable_file_means_no_snapshot_and_no_trace() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        AtomicBoolean thawed = new AtomicBoolean();
        Settings failing = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (broken.get() && point.equals("read")) {
                throw new IOException("a.txt cannot be read: input/output error");
            }
        });
        try (Bench bench = new Bench(root, PROJECT, failing)) {
            Snapshot s0 = bench.capture();
            bench.use(failing, new Stillness() {
                @Override
                public boolean freeze() {
                    return true;
                }

                @Override
                public void thaw() {
                    thawed.set(true);
                }
            });
            bench.sh("echo x >a.txt");
            List<String> before = bench.manifest();
            broken.set(true);
            assertThatThrownBy(bench::capture)
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("a.txt");
            assertThat(thawed).isTrue();
            assertThat(root.resolve("shadow.git/refs/heads/steps")).hasContent(s0.getCommit());
            assertThat(Shell.sh(root, "ls shadow.git/objects/pack | grep -c tmp || :")
                            .strip())
                    .isEqualTo("0");
            assertThat(bench.manifest()).isEqualTo(before);
            broken.set(false);
            Snapshot s1 = bench.capture();
            assertThat(s1.getTree()).isEqualTo(rawGitTree(bench));
            bench.fsck();
        }
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {"scanned", "pack-sealed", "pack-without-index", "pack-published", "before-ref"})
    void a_capture_that_fails_half_way_leaves_no_objects_that_a_later_one_would_lean_on(String at) throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        Settings failing = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (broken.get() && point.equals(at)) {
                throw new IOException("no space left");
            }
        });
        try (Bench bench = new Bench(root, PROJECT, failing)) {
            bench.capture();
            bench.sh("echo only-here >a.txt");
            broken.set(true);
            assertThatThrownBy(bench::capture).isInstanceOf(SnapshotException.class);
            broken.set(false);
            Captured later = bench.store().capture(new Moment(5, 1, "step", ""));
            String packed = Shell.sh(root, "git verify-pack -v " + later.pack().orElseThrow());
            String blob =
                    Shell.sh(root, "echo only-here | git hash-object --stdin").strip();
            assertThat(packed).contains(blob);
            bench.fsck();
        }
    }

    @Test
    void a_tree_that_never_rests_and_cannot_be_frozen_gives_no_id() throws Exception {
        AtomicBoolean moving = new AtomicBoolean(true);
        int[] count = {0};
        try (Bench bench = new Bench(root, PROJECT)) {
            Path file = bench.merged().resolve("busy");
            Settings busy = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
                if (moving.get() && point.equals("read")) {
                    Files.writeString(file, "n" + count[0]++);
                }
            });
            bench.capture();
            Files.writeString(file, "n");
            bench.use(busy, inProcess(false));
            assertThatThrownBy(bench::capture)
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("could not be frozen");
            moving.set(false);
            assertThat(bench.capture().getTree()).isEqualTo(rawGitTree(bench));
            assertThatThrownBy(() -> bench.restore(bench.captured().getFirst().snapshot()))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_BUSY));
        }
    }

    @Test
    void a_full_disk_is_met_before_anything_is_changed() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Settings failing = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (full.get() && point.equals("staged")) {
                throw new IOException("no space left");
            }
        });
        try (Bench bench = new Bench(root, PROJECT, failing)) {
            Snapshot s0 = bench.capture();
            bench.sh("rm -r src; echo 1 >a.txt");
            bench.capture();
            bench.sh("echo beside >b.txt");
            List<String> before = bench.manifest();
            full.set(true);
            assertThatThrownBy(() -> bench.restore(s0))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_SNAPSHOT));
            assertThat(bench.manifest()).isEqualTo(before);
            Snapshot safety = bench.captured().getLast().snapshot();
            assertThat(safety.getKind()).as("what later snapshots are built on").isEqualTo("safety");
            full.set(false);
            assertThat(bench.capture().getParentCommit()).isEqualTo(safety.getCommit());
        }
    }

    @Test
    void a_rollback_that_does_not_reach_its_snapshot_says_so() throws Exception {
        Path[] victim = new Path[1];
        AtomicBoolean planted = new AtomicBoolean(true);
        Settings sabotage = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (planted.get() && point.equals("stage-removed")) {
                Files.writeString(victim[0], "a late write");
            }
        });
        try (Bench bench = new Bench(root, PROJECT, sabotage)) {
            victim[0] = bench.merged().resolve("lib/two");
            Snapshot s0 = bench.capture();
            List<String> before = bench.manifest();
            bench.sh("echo 1 >a.txt");
            bench.capture();
            assertThatThrownBy(() -> bench.restore(s0))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_ROLLBACK_INCOMPLETE));
            assertThatThrownBy(bench::capture).isInstanceOf(SnapshotException.class);
            planted.set(false);
            bench.reopen();
            assertThat(bench.store().finishedAtOpen()).contains(s0.getCommit());
            assertThat(bench.manifest()).isEqualTo(before);
        }
    }

    @Test
    void two_tasks_on_one_checkout_do_not_see_each_other() throws Exception {
        try (Bench one = new Bench(root, PROJECT)) {
            var other = dev.belay.runner.workspace.Workspace.create(
                    root.resolve("task2"), one.checkout(), one.checkout().files(), 0, 0);
            try (SnapshotStore second = SnapshotStore.open(
                    root.resolve("shadow2.git"),
                    "t-two",
                    other,
                    one.project(),
                    Stillness.nobodyInside(),
                    Settings.standard())) {
                Snapshot mine = one.capture();
                Snapshot theirs = second.capture(Moment.base()).snapshot();
                one.sh("echo 1 >a.txt");
                Shell.sh(other.merged(), "echo 2 >a.txt; rm -r src");
                second.capture(new Moment(1, 1, "step", ""));
                one.capture();
                List<String> before = Manifest.of(other.merged());
                one.restore(mine);
                assertThat(Manifest.of(other.merged())).isEqualTo(before);
                second.restore(theirs, new Moment(2, 1, "safety", ""), _ -> {});
                assertThat(Manifest.of(other.merged())).isEqualTo(one.manifest());
            } finally {
                other.delete();
            }
            assertThat(root.resolve("task2")).doesNotExist();
        }
    }

    @Test
    void a_shadow_inside_the_workspace_is_refused() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            assertThatThrownBy(() -> SnapshotStore.open(
                            bench.merged().resolve("shadow.git"),
                            "t",
                            bench.workspace(),
                            bench.project(),
                            Stillness.nobodyInside(),
                            Settings.standard()))
                    .isInstanceOf(BelayException.class);
            assertThat(bench.merged().resolve("shadow.git")).doesNotExist();
        }
    }

    @Test
    void a_process_that_swaps_a_directory_for_a_symlink_redirects_nothing() throws Exception {
        Path outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("one"), "host");
        Files.writeString(outside.resolve("two"), "host");
        try (Bench bench = new Bench(root, PROJECT)) {
            bench.sh("mkdir up; echo a >up/one; echo b >up/three; echo b >up/two");
            Snapshot s0 = bench.capture();
            bench.sh("echo c >up/one; rm up/three; echo d >up/four; echo e >up/two");
            Snapshot s1 = bench.capture();
            Process racer = new ProcessBuilder(
                            "perl",
                            "-e",
                            "$SIG{TERM}=sub{exit 0}; while(1){rename 'up','up.x'; symlink '" + outside
                                    + "','up'; unlink 'up'; rename 'up.x','up';}")
                    .directory(bench.merged().toFile())
                    .start();
            int refused = 0;
            int done = 0;
            try {
                for (int i = 0; i < 40; i++) {
                    try {
                        bench.restore(i % 2 == 0 ? s0 : s1);
                        done++;
                    } catch (BelayException | IOException expected) {
                        refused++;
                    }
                }
            } finally {
                racer.destroy();
                racer.waitFor();
            }
            assertThat(refused + done).isEqualTo(40);
            assertThat(Manifest.of(outside, "")).hasSize(2);
            assertThat(outside.resolve("one")).hasContent("host");
            assertThat(outside.resolve("two")).hasContent("host");
        }
    }

    @Test
    void a_task_is_built_again_from_the_packs_that_were_sent() throws Exception {
        List<Captured> captured;
        List<String> manifest;
        Snapshot last;
        Snapshot first;
        try (Bench bench = new Bench(root, PROJECT)) {
            first = bench.capture();
            bench.sh("echo 1 >a.txt; rm -r src; git add -A; git commit -qm work; mkdir hollow; chmod 600 tail");
            bench.capture();
            bench.sh("echo 2 >b");
            last = bench.capture();
            captured = List.copyOf(bench.captured());
            manifest = bench.manifest();
            for (Captured one : captured) {
                Path pack = one.pack().orElseThrow();
                assertThat(Bench.sha256(pack)).isEqualTo(one.snapshot().getPackSha256());
            }
            bench.workspace().close();
            var workspace = dev.belay.runner.workspace.Workspace.create(
                    root.resolve("again"), bench.checkout(), bench.checkout().files(), 0, 0);
            Path shadow = root.resolve("again.git");
            List<Path> packs =
                    captured.stream().map(one -> one.pack().orElseThrow()).toList();
            try (SnapshotStore again = SnapshotStore.open(
                    shadow, "t-test", workspace, bench.project(), Stillness.nobodyInside(), Settings.standard())) {
                again.adopt(last, last.getCommit(), packs);
                assertThat(Manifest.of(workspace.merged())).isEqualTo(manifest);
                again.capture(new Moment(3, 2, "exec", "exec"));
            }
            try (SnapshotStore later = SnapshotStore.open(
                    shadow, "t-test", workspace, bench.project(), Stillness.nobodyInside(), Settings.standard())) {
                later.restore(first, new Moment(4, 2, "safety", ""), _ -> {});
                assertThat(Shell.sh(workspace.merged(), "git status --porcelain"))
                        .isEmpty();
            } finally {
                workspace.delete();
            }
        }
    }

    @Test
    void a_directory_with_nothing_but_directories_in_it_comes_back_with_its_mode() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            bench.capture();
            bench.sh("mkdir -p outer/middle/inner; chmod 700 outer; chmod 770 outer/middle");
            Snapshot odd = bench.capture();
            List<String> manifest = bench.manifest();
            bench.sh("rm -r outer");
            bench.capture();

            bench.restore(odd);

            assertThat(bench.manifest()).isEqualTo(manifest);
        }
    }

    @Test
    void going_on_from_a_snapshot_forgets_what_was_done_after_it_and_leaves_what_no_snapshot_holds() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot first = bench.capture();
            bench.sh("echo 1 >a.txt; mkdir node_modules; for i in $(seq 600); do echo $i >node_modules/$i; done");
            Snapshot known = bench.capture();
            List<String> manifest = bench.manifest();
            bench.sh("echo unheard >a.txt; rm -r src");
            Snapshot unheard = bench.capture();
            bench.sh("echo half >>a.txt; mkdir made; echo x >made/y; echo new >node_modules/z");

            bench.store().goOnFrom(known, known.getCommit());

            assertThat(bench.manifest().stream().filter(line -> !line.contains("node_modules")))
                    .containsExactlyElementsOf(manifest.stream()
                            .filter(line -> !line.contains("node_modules"))
                            .toList());
            assertThat(bench.workspace().merged().resolve("node_modules/z")).hasContent("new");
            Snapshot next = bench.store()
                    .capture(new Moment(unheard.getStep(), 1, "step", "Bash"))
                    .snapshot();
            assertThat(next.getParentCommit())
                    .as("its number is free again, and it follows what is known")
                    .isEqualTo(known.getCommit());
            bench.store().restore(first, new Moment(unheard.getStep() + 1, 1, "safety", ""), _ -> {});
        }
    }

    @Test
    void going_on_leads_over_a_directory_that_holds_only_what_no_snapshot_holds() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot known = bench.capture();
            List<String> manifest = bench.manifest();
            bench.sh("rm a.txt; mkdir -p a.txt/deeper; mkfifo a.txt/deeper/pipe; mkfifo other");

            bench.store().goOnFrom(known, known.getCommit());

            assertThat(bench.manifest().stream().filter(line -> !line.contains("other")))
                    .containsExactlyElementsOf(manifest);
            assertThat(bench.workspace().merged().resolve("other"))
                    .as("what is in nobody's way stays")
                    .exists();
        }
    }

    @Test
    void settling_leads_over_a_directory_that_holds_only_what_no_snapshot_holds() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot known = bench.capture();
            List<String> manifest = bench.manifest();
            bench.sh("rm a.txt; mkdir a.txt; mkfifo a.txt/pipe");

            assertThat(bench.store().settle(known)).isEmpty();

            assertThat(bench.manifest()).containsExactlyElementsOf(manifest);
        }
    }

    /** Each look reads what the task has written; the last one is the check that the files equal the snapshot. */
    @ParameterizedTest
    @CsvSource({
        "go on, echo 1 >a.txt, 2",
        "go on, rm a.txt; mkdir a.txt; mkfifo a.txt/pipe, 3",
        "settle, echo 1 >a.txt, 2",
        "settle, rm a.txt; mkdir a.txt; mkfifo a.txt/pipe, 3",
        "settle, rm a.txt; mkfifo a.txt, 3",
    })
    void the_files_are_looked_at_again_only_after_something_was_removed(String how, String change, int looks)
            throws Exception {
        AtomicInteger looked = new AtomicInteger();
        Settings counting = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (point.equals("scanned")) {
                looked.incrementAndGet();
            }
        });
        try (Bench bench = new Bench(root, PROJECT, counting)) {
            Snapshot known = bench.capture();
            List<String> manifest = bench.manifest();
            bench.sh(change);
            looked.set(0);

            if (how.equals("settle")) {
                bench.store().settle(known);
            } else {
                bench.store().goOnFrom(known, known.getCommit());
            }

            assertThat(looked).hasValue(looks);
            assertThat(bench.manifest()).containsExactlyElementsOf(manifest);
        }
    }

    @Test
    void a_store_knows_whether_it_went_beyond_what_others_have_heard_of() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot first = bench.capture();
            bench.sh("echo 1 >a.txt");
            Snapshot second = bench.capture();

            assertThat(bench.store().wentBeyond(second.getCommit())).isFalse();
            assertThat(bench.store().wentBeyond(first.getCommit())).isTrue();
            bench.restore(first);
            assertThat(bench.store().wentBeyond(second.getCommit()))
                    .as("a rollback makes nothing new")
                    .isFalse();
            bench.store().goOnFrom(first, first.getCommit());
            assertThat(bench.store().wentBeyond(first.getCommit())).isFalse();
        }
    }

    @Test
    void going_on_from_a_head_that_was_moved_back_keeps_the_way_to_the_later_snapshots() throws Exception {
        try (Bench bench = new Bench(root, PROJECT)) {
            Snapshot first = bench.capture();
            bench.sh("echo 1 >a.txt");
            Snapshot second = bench.capture();

            bench.store().goOnFrom(first, second.getCommit());
            bench.store().restore(second, new Moment(9, 1, "safety", ""), _ -> {});

            assertThat(bench.workspace().merged().resolve("a.txt")).hasContent("1");
        }
    }
}
