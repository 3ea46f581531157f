package dev.belay.controller.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ChangeSet;
import dev.belay.proto.v1.EntryChange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryHistoryTest {
    private static final Scope TASK = Scope.task("acme", "p", "t");

    @TempDir
    Path temp;

    RealGit project;
    DiskPackStore store;
    RepositoryHistory history;

    @BeforeEach
    void begin() throws IOException {
        project = RealGit.init(temp.resolve("project"));
        store = new DiskPackStore(temp.resolve("packs"), PackLimits.defaults());
        history = new RepositoryHistory(temp.resolve("packs"));
    }

    /** One way to change a project, told to git as well as to the store. */
    record Step(String name, Action before, Action after) {
        @Override
        public String toString() {
            return name;
        }
    }

    @FunctionalInterface
    interface Action {
        void on(RealGit project) throws IOException;
    }

    static Stream<Step> steps() {
        String lines = IntStream.range(0, 60).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        return Stream.of(
                new Step(
                        "modify",
                        p -> p.write("a.txt", lines),
                        p -> p.write(
                                "a.txt", lines.replace("line 7\n", "seven\n").replace("line 40\n", ""))),
                new Step("add", p -> p.write("a.txt", "x\n"), p -> p.write("dir/sub/new.txt", "hello\nworld\n")),
                new Step(
                        "delete",
                        p -> {
                            p.write("keep.txt", "k\n");
                            p.write("dir/gone.txt", "one\ntwo\n");
                        },
                        p -> Files.delete(p.directory().resolve("dir/gone.txt"))),
                new Step("empty file", p -> p.write("a.txt", "x\n"), p -> p.write("empty", "")),
                new Step("to empty", p -> p.write("a.txt", "x\n"), p -> p.write("a.txt", "")),
                new Step("no newline at the end", p -> p.write("a.txt", "x\ny"), p -> p.write("a.txt", "x\nz")),
                new Step("newline gained", p -> p.write("a.txt", "x\ny"), p -> p.write("a.txt", "x\ny\n")),
                new Step(
                        "exec bit",
                        p -> p.write("run.sh", "#!/bin/sh\n"),
                        p -> p.directory().resolve("run.sh").toFile().setExecutable(true)),
                new Step("exec bit and contents", p -> p.write("run.sh", "#!/bin/sh\n"), p -> {
                    p.write("run.sh", "#!/bin/sh\necho\n");
                    p.directory().resolve("run.sh").toFile().setExecutable(true);
                }),
                new Step("file to symlink", p -> p.write("a", "x\n"), p -> {
                    Files.delete(p.directory().resolve("a"));
                    Files.createSymbolicLink(p.directory().resolve("a"), Path.of("target"));
                }),
                new Step(
                        "symlink retarget",
                        p -> Files.createSymbolicLink(p.directory().resolve("l"), Path.of("one")),
                        p -> {
                            Files.delete(p.directory().resolve("l"));
                            Files.createSymbolicLink(p.directory().resolve("l"), Path.of("two"));
                        }),
                new Step("file to directory", p -> p.write("a", "x\n"), p -> {
                    Files.delete(p.directory().resolve("a"));
                    p.write("a/b", "y\n");
                }),
                new Step("names", p -> p.write("plain", "x\n"), p -> {
                    p.write("with space.txt", "1\n");
                    p.write("tab\there", "2\n");
                    p.write("quote\"d", "3\n");
                    p.write("ünï/çödé", "4\n");
                    p.write("-dash", "5\n");
                    p.write("new\nline", "6\n");
                }),
                new Step(
                        "carriage returns",
                        p -> p.write("a.txt", "x\r\ny\r\n"),
                        p -> p.write("a.txt", "x\r\nz\r\nlone\rcr\n")),
                new Step(
                        "rename",
                        p -> p.write("a.txt", lines),
                        p -> Files.move(
                                p.directory().resolve("a.txt"), p.directory().resolve("b.txt"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void the_diff_is_what_git_prints_and_git_can_apply_it(Step step) throws IOException {
        step.before.on(project);
        String from = project.commit("from");
        step.after.on(project);
        String to = project.commit("to");

        String diff = diff(snapshot(from), snapshot(to), List.of());

        String expected = new String(
                project.bytes(
                        new byte[0],
                        "diff",
                        "--no-color",
                        "--no-ext-diff",
                        "--no-renames",
                        "--histogram",
                        "--abbrev=7",
                        from,
                        to),
                StandardCharsets.UTF_8);
        assertThat(withoutFunctionNames(diff)).isEqualTo(withoutFunctionNames(expected));
        project.run("reset", "-q", "--hard", from);
        project.feed(diff.getBytes(StandardCharsets.UTF_8), "apply", "--index");
        assertThat(project.run("write-tree")).isEqualTo(project.run("rev-parse", to + "^{tree}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void the_changes_name_every_blob_and_mode_and_the_pack_brings_the_new_ones(Step step) throws IOException {
        step.before.on(project);
        String from = project.commit("from");
        step.after.on(project);
        String to = project.commit("to");
        String s1 = snapshot(from);
        String s2 = snapshot(to);

        ChangeSet changes = history.changes(TASK, s1, s2);
        ByteArrayOutputStream pack = new ByteArrayOutputStream();
        history.deltaPack(TASK, s1, s2, pack);

        RealGit empty = RealGit.init(temp.resolve("empty"));
        empty.feed(pack.toByteArray(), "unpack-objects", "-q", "--strict");
        Set<String> paths = new HashSet<>();
        for (EntryChange change : changes.getEntriesList()) {
            paths.add(change.getPath());
            assertThat(change.getOldBlob()).isEqualTo(blob(from, change.getPath()));
            assertThat(change.getNewBlob()).isEqualTo(blob(to, change.getPath()));
            if (change.getNewMode() != 0) {
                assertThat(empty.run("cat-file", "-t", change.getNewBlob())).isEqualTo("blob");
            }
        }
        Set<String> expected = Set.of(new String(
                        project.bytes(new byte[0], "diff", "--no-renames", "--name-only", "-z", from, to),
                        StandardCharsets.UTF_8)
                .split("\0", -1));
        assertThat(paths).isEqualTo(expected.stream().filter(p -> !p.isEmpty()).collect(Collectors.toSet()));
    }

    @Test
    void lines_are_counted_as_git_counts_them() throws IOException {
        project.write("a.txt", "1\n2\n3\n4\n");
        project.write("gone.txt", "1\n2\n");
        String from = project.commit("from");
        project.write("a.txt", "1\ntwo\n3\n4\n5\n");
        Files.delete(project.directory().resolve("gone.txt"));
        Files.write(project.directory().resolve("b.bin"), new byte[] {1, 0, 2});
        String to = project.commit("to");

        List<EntryChange> entries =
                history.changes(TASK, snapshot(from), snapshot(to)).getEntriesList();

        assertThat(entries)
                .extracting(
                        e -> e.getPath() + " +" + e.getLinesAdded() + " -" + e.getLinesRemoved() + " " + e.getBinary())
                .containsExactly("a.txt +2 -1 false", "b.bin +0 -0 true", "gone.txt +0 -2 false");
    }

    @Test
    void a_binary_and_a_very_large_file_get_a_notice_instead_of_their_contents() throws IOException {
        project.write("a.txt", "x\n");
        String from = project.commit("from");
        Files.write(project.directory().resolve("pixel.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1});
        project.write("large.txt", "0123456789abcde\n".repeat((9 << 20) / 16));
        String to = project.commit("to");

        String diff = diff(snapshot(from), snapshot(to), List.of());

        assertThat(diff)
                .contains("Binary files /dev/null and b/pixel.png differ\n")
                .contains("Binary files /dev/null and b/large.txt differ\n")
                .hasSizeLessThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"src", "src/", "./src", "src/a.txt"})
    void paths_choose_files_and_directories(String path) throws IOException {
        project.write("src/a.txt", "1\n");
        project.write("srcs.txt", "1\n");
        String from = project.commit("from");
        project.write("src/a.txt", "2\n");
        project.write("srcs.txt", "2\n");
        String to = project.commit("to");

        String diff = diff(snapshot(from), snapshot(to), List.of(path));

        assertThat(diff).contains("b/src/a.txt").doesNotContain("srcs.txt");
        assertThat(diff(project_snapshot(), snapshot(to), List.of("absent"))).isEmpty();
    }

    private String project_snapshot() throws IOException {
        return snapshot(project.run("rev-parse", "HEAD~1"));
    }

    @Test
    void two_files_made_to_tangle_a_diff_are_answered_in_time() throws IOException {
        Random random = new Random(1);
        String a = IntStream.range(0, 150_000)
                .mapToObj(i -> random.nextInt(50) + "\n")
                .collect(Collectors.joining());
        String b = IntStream.range(0, 150_000)
                .mapToObj(i -> random.nextInt(50) + "\n")
                .collect(Collectors.joining());
        project.write("a.txt", a);
        String from = project.commit("from");
        project.write("a.txt", b);
        String to = project.commit("to");
        String s1 = snapshot(from);
        String s2 = snapshot(to);

        long start = System.nanoTime();
        String diff = diff(s1, s2, List.of());

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        project.run("reset", "-q", "--hard", from);
        project.feed(diff.getBytes(StandardCharsets.UTF_8), "apply", "--index");
        assertThat(project.run("write-tree")).isEqualTo(project.run("rev-parse", to + "^{tree}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000000000000000000000000000000001", "s4", "", "HEAD", "../../etc"})
    void an_unknown_snapshot_is_said_to_be_unknown(String commit) throws IOException {
        project.write("a", "x\n");
        String known = snapshot(project.commit("c"));

        assertThatThrownBy(() -> history.changes(TASK, known, commit))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_NO_SUCH_SNAPSHOT));
        assertThatThrownBy(() -> history.changes(Scope.task("acme", "p", "other"), known, known))
                .isInstanceOf(BelayException.class);
    }

    /** Puts a shadow commit whose `work/` is the commit's tree, as a runner does. */
    private String snapshot(String commit) throws IOException {
        String blob = project.blob("{}\n");
        String tree = project.run("rev-parse", commit + "^{tree}");
        String root = project.tree(DiskPackStoreTest.concat(
                DiskPackStoreTest.entry("100644", "meta.json", blob), DiskPackStoreTest.entry("40000", "work", tree)));
        String shadow = project.run("commit-tree", root, "-m", "snapshot");
        store.put(TASK, new ByteArrayInputStream(project.pack(shadow)), Optional.empty());
        return shadow;
    }

    private String diff(String from, String to, List<String> paths) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        history.diff(TASK, from, to, paths, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String blob(String commit, String path) {
        String line = project.run("ls-tree", "-z", "--full-tree", commit, "--", path);
        return line.isEmpty() || line.startsWith("040000") ? "" : line.substring(12, 52);
    }

    private static String withoutFunctionNames(String diff) {
        return diff.replaceAll("(?m)^(@@ [^@]* @@).*$", "$1");
    }
}
