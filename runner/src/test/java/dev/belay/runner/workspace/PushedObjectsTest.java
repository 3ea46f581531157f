package dev.belay.runner.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.v1.PackRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a push changes is read off its trees; packs are those that the real git makes. */
class PushedObjectsTest {
    @TempDir
    private Path folder;

    private Path work;
    private ProjectObjects project;
    private PushedObjects pushed;

    @BeforeEach
    void a_project_of_two_commits() throws Exception {
        work = Files.createDirectory(folder.resolve("work"));
        git("init", "-q", "-b", "main");
        write("src/a.txt", "one\n".repeat(200));
        write(".github/workflows/ci.yml", "on: push\n");
        commit("first");
        write("src/b.txt", "two\n");
        commit("second");
        project = new ProjectStore(folder.resolve("store")).project("tenant", "project");
        byte[] pack = pack("--all");
        project.add(
                PackRef.newBuilder()
                        .setSha256(HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(pack)))
                        .setSize(pack.length)
                        .build(),
                new ByteArrayInputStream(pack));
        pushed = new PushedObjects(folder.resolve("pushes.git"), project);
    }

    @Test
    void every_file_that_a_new_commit_touches_is_named() throws Exception {
        write("src/a.txt", "one\n".repeat(200) + "more\n");
        Files.delete(work.resolve("src/b.txt"));
        write("docs/new.md", "new\n");
        commit("third");

        assertThat(changed("main", "HEAD~1")).containsExactly("docs/new.md", "src/a.txt", "src/b.txt");
    }

    @Test
    void what_is_changed_in_the_middle_and_taken_back_is_named_all_the_same() throws Exception {
        write(".github/workflows/ci.yml", "on: push\nrun: steal\n");
        commit("in the middle");
        write(".github/workflows/ci.yml", "on: push\n");
        commit("as it was");

        assertThat(changed("main", "HEAD~2")).containsExactly(".github/workflows/ci.yml");
    }

    @Test
    void every_content_that_a_file_gets_is_named() throws Exception {
        write(".envrc", "one\n");
        commit("one");
        String one = id("HEAD:.envrc");
        write(".envrc", "two\n");
        commit("two");
        String two = id("HEAD:.envrc");
        Files.delete(work.resolve(".envrc"));
        commit("none");

        assertThat(contents("main", "HEAD~3").get(".envrc")).containsExactlyInAnyOrder(one, two, "deleted");
    }

    @Test
    void a_commit_that_stands_on_nothing_names_all_of_its_files() throws Exception {
        git("checkout", "-q", "--orphan", "other");
        commit("again from the beginning");

        assertThat(changed("other")).containsExactly(".github/workflows/ci.yml", "src/a.txt", "src/b.txt");
    }

    @Test
    void of_two_branches_that_are_joined_only_what_neither_had_is_new() throws Exception {
        git("checkout", "-q", "-b", "side", "HEAD~1");
        write("side.txt", "side\n");
        commit("side");
        git("checkout", "-q", "main");
        git("merge", "-q", "--no-commit", "--no-ff", "side");
        write("evil.txt", "nobody had it\n");
        commit("joined");

        assertThat(changed("main", "main~1")).containsExactly("evil.txt", "side.txt");
    }

    @Test
    void a_changed_mode_is_a_change_and_a_commit_of_the_project_is_none() throws Exception {
        git("update-index", "--chmod=+x", "src/b.txt");
        git("commit", "-q", "-m", "mode");

        assertThat(changed("main", "HEAD~1")).containsExactly("src/b.txt");
        assertThat(pushed.changed(List.of(id("HEAD~1")), in(pack("main", "^main"))))
                .isEmpty();
    }

    @Test
    void what_is_built_on_something_unknown_is_not_guessed_at() throws Exception {
        write("c.txt", "c\n");
        commit("kept away");
        write("d.txt", "d\n");
        commit("sent");
        byte[] pack = pack("main", "^HEAD~1");

        assertThatThrownBy(() -> pushed.changed(List.of(id("main")), in(pack)))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("not in the project as it was sent");
        assertThatThrownBy(() -> pushed.changed(List.of("1".repeat(40)), in(pack)))
                .isInstanceOf(PushedObjects.UnreadableException.class);
    }

    @Test
    void a_tag_a_tree_and_a_broken_pack_are_refused() throws Exception {
        git("tag", "-a", "-m", "a tag", "v1");
        byte[] pack = pack("v1", "^main");

        assertThatThrownBy(() -> pushed.changed(List.of(id("HEAD^{tree}")), in(pack)))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("something else than a commit");
        assertThat(pushed.changed(List.of(id("v1")), in(pack)))
                .as("an annotated tag of a known commit changes no file")
                .isEmpty();
        write("x.txt", "x\n");
        commit("x");
        byte[] broken = pack("main", "^HEAD~1");
        broken[broken.length - 3] ^= 1;
        assertThatThrownBy(() -> pushed.changed(List.of(id("main")), in(broken)))
                .isInstanceOf(PushedObjects.UnreadableException.class);
    }

    @Test
    void a_second_push_is_judged_as_a_whole_once_more() throws Exception {
        write(".envrc", "export A=1\n");
        commit("one");
        changed("main", "HEAD~1");
        write("two.txt", "two\n");
        commit("two");

        assertThat(changed("main", "HEAD~1")).containsExactly(".envrc", "two.txt");
    }

    @Test
    @Timeout(60)
    void folders_that_repeat_themselves_without_end_are_not_followed() throws Exception {
        String tree = told("", "mktree");
        for (int level = 0; level < 40; level++) {
            tree = told("040000 tree %1$s\ta\n040000 tree %1$s\tb\n".formatted(tree), "mktree");
        }
        git("branch", "bomb", told("", "commit-tree", "-p", "main", "-m", "bomb", tree));

        assertThatThrownBy(() -> changed("bomb", "main"))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("entries of its trees");
    }

    @Test
    void a_path_that_no_file_can_have_is_not_followed() throws Exception {
        String tree = told("100644 blob %s\tx\n".formatted(id("main:src/b.txt")), "mktree");
        for (int level = 0; level < 200; level++) {
            tree = told("040000 tree %s\ta\n".formatted(tree), "mktree");
        }
        git("branch", "deep", told("", "commit-tree", "-p", "main", "-m", "deep", tree));

        assertThatThrownBy(() -> changed("deep", "main"))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("a path in it is too long");
    }

    @Test
    void a_commit_of_very_many_parents_is_refused() throws Exception {
        List<String> command = new ArrayList<>(List.of("commit-tree", "-m", "many", id("main^{tree}")));
        for (int parent = 0; parent < 20; parent++) {
            command.addAll(List.of("-p", told("", "commit-tree", "-p", "main", "-m", "p" + parent, id("main^{tree}"))));
        }
        git("branch", "many", told("", command.toArray(String[]::new)));

        assertThatThrownBy(() -> changed("many", "main"))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("parents");
    }

    @Test
    void a_commit_that_comes_along_without_any_ref_is_looked_at_too() throws Exception {
        git("checkout", "-q", "-b", "hidden");
        write(".github/workflows/ci.yml", "run: steal\n");
        commit("hidden");
        git("checkout", "-q", "-b", "open", "main");
        write("src/c.txt", "c\n");
        commit("open");
        byte[] both = pack("open", "hidden", "^main");

        assertThat(pushed.changed(List.of(id("open")), in(both)))
                .containsOnlyKeys(".github/workflows/ci.yml", "src/c.txt");
    }

    @Test
    void a_tip_that_is_no_sha_1_is_refused() throws Exception {
        assertThatThrownBy(() -> pushed.changed(List.of("1".repeat(64)), in(pack("main", "^main"))))
                .isInstanceOf(PushedObjects.UnreadableException.class);
    }

    /** What is put aside for that many would end the runner. */
    @Test
    void a_pack_that_announces_billions_of_objects_is_refused() {
        for (int count : new int[] {Integer.MAX_VALUE, -1, PackCost.MOST_OBJECTS + 1}) {
            assertThatThrownBy(() -> pushed.changed(List.of(id("main")), in(new HandMadePack(count).end())))
                    .isInstanceOf(PushedObjects.UnreadableException.class)
                    .hasMessageContaining("objects");
        }
    }

    /** Some hundred kilobytes: each is made on the one before, which is still needed for another. */
    @Test
    void deltas_that_fill_the_memory_are_refused() throws Exception {
        int levels = 60;
        int large = 1 << 20;
        HandMadePack pack = new HandMadePack(1 + 2 * levels);
        int base = pack.blob(new byte[large]);
        for (int level = 0; level < levels; level++) {
            pack.copyOf(base, large, large);
            base = pack.copyOf(base, large, large);
        }
        byte[] bytes = pack.end();

        assertThat(bytes).hasSizeLessThan(100_000);
        assertThatThrownBy(() -> pushed.changed(List.of(id("main")), in(bytes)))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("memory");
    }

    @Test
    void a_delta_that_makes_something_enormous_is_refused() throws Exception {
        HandMadePack pack = new HandMadePack(2);
        pack.copyOf(pack.blob(new byte[64]), 64, 100 << 20);

        assertThatThrownBy(() -> pushed.changed(List.of(id("main")), in(pack.end())))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void a_pack_without_end_is_read_to_a_bound() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }
        };
        PushedObjects small = new PushedObjects(folder.resolve("small").resolve("git"), project, 1 << 20, 1 << 20);

        assertThatThrownBy(() -> small.changed(List.of(id("main")), endless))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("more than 1 MiB");
        assertThat(folder.resolve("small")).isEmptyDirectory();
    }

    @Test
    void what_is_kept_of_many_pushes_is_bounded() throws Exception {
        PushedObjects small = new PushedObjects(folder.resolve("small").resolve("git"), project, 1 << 20, 4 << 10);
        byte[] noise = new byte[8 << 10];
        new Random(1).nextBytes(noise);
        Files.write(work.resolve("noise"), noise);
        commit("noise");
        byte[] pack = pack("main", "^HEAD~1");
        assertThat(small.changed(List.of(id("main")), in(pack))).containsOnlyKeys("noise");

        assertThatThrownBy(() -> small.changed(List.of(id("main")), in(pack)))
                .isInstanceOf(PushedObjects.UnreadableException.class)
                .hasMessageContaining("this task has pushed all");
    }

    private Set<String> changed(String tip, String... known) throws Exception {
        return contents(tip, known).keySet();
    }

    private SortedMap<String, SortedSet<String>> contents(String tip, String... known) throws Exception {
        List<String> revisions = new ArrayList<>(List.of(tip));
        for (String one : known) {
            revisions.add("^" + one);
        }
        return pushed.changed(List.of(id(tip)), in(pack(revisions.toArray(String[]::new))));
    }

    private static InputStream in(byte[] pack) {
        return new ByteArrayInputStream(pack);
    }

    private String id(String name) throws Exception {
        return new String(git("rev-parse", name)).strip();
    }

    private void write(String path, String text) throws IOException {
        Path file = work.resolve(path);
        Files.createDirectories(file.resolve("..").normalize());
        Files.writeString(file, text);
    }

    private void commit(String message) throws Exception {
        git("add", "-A");
        git("commit", "-q", "-m", message);
    }

    /** As a push makes it: thin, where something is named that the other side has. */
    private byte[] pack(String... revisions) throws Exception {
        boolean all = revisions[0].equals("--all");
        Process process = start(
                all
                        ? new String[] {"pack-objects", "--stdout", "-q", "--all"}
                        : new String[] {"pack-objects", "--stdout", "-q", "--revs", "--thin", "--delta-base-offset"});
        try (var to = process.getOutputStream()) {
            if (!all) {
                to.write((String.join("\n", revisions) + "\n").getBytes());
            }
        }
        byte[] pack = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return pack;
    }

    private byte[] git(String... arguments) throws Exception {
        Process process = start(arguments);
        process.getOutputStream().close();
        byte[] said = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as(String.join(" ", arguments)).isZero();
        return said;
    }

    private String told(String input, String... arguments) throws Exception {
        Process process = start(arguments);
        try (var to = process.getOutputStream()) {
            to.write(input.getBytes());
        }
        String said = new String(process.getInputStream().readAllBytes()).strip();
        assertThat(process.waitFor()).as(String.join(" ", arguments)).isZero();
        return said;
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@example"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
