package dev.belay.controller.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.PackStored;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskPackStoreTest {
    private static final Scope PROJECT = Scope.project("acme", "p-1");
    private static final Scope TASK = Scope.task("acme", "p-1", "t-1");
    private static final PackLimits SMALL =
            new PackLimits(1 << 20, 4 << 20, 8 << 20, 1 << 20, 1 << 18, 2 << 20, 5_000, 50, 20, 300, 2_000);

    @TempDir
    Path temp;

    RealGit git;
    DiskPackStore store;

    @BeforeEach
    void begin() throws IOException {
        git = RealGit.init(temp.resolve("repository"));
        store = new DiskPackStore(temp.resolve("packs"), PackLimits.defaults());
    }

    @Test
    void what_was_put_comes_back_byte_for_byte_and_after_a_restart_too() throws IOException {
        String commit = history(3);
        byte[] pack = git.pack(commit);

        PackStored stored = put(PROJECT, pack);
        DiskPackStore restarted = new DiskPackStore(temp.resolve("packs"), PackLimits.defaults());

        assertThat(stored.getSha256()).isEqualTo(sha256(pack));
        assertThat(stored.getSize()).isEqualTo(pack.length);
        assertThat(stored.getObjects())
                .isEqualTo(Integer.parseInt(git.run("rev-list", "--count", "--objects", "HEAD")));
        assertThat(restarted.open(PROJECT, stored.getSha256()).readAllBytes()).isEqualTo(pack);
        assertThat(restarted.size(PROJECT, stored.getSha256())).isEqualTo(pack.length);
        assertThat(restarted.packs(PROJECT)).containsExactly(stored.getSha256());
        assertThat(restarted.held(PROJECT, List.of(commit, "0".repeat(40), "nonsense")))
                .containsExactly(commit);
    }

    @Test
    void git_itself_can_read_the_store_and_finds_it_sound() throws IOException {
        String first = history(3);
        put(PROJECT, git.pack(first));
        git.write("more.txt", "more\n");
        String second = git.commit("second");
        put(TASK, git.pack(second, first));

        RealGit stored = new RealGit(temp.resolve("packs/acme/p-1/tasks/t-1.git"));

        assertThat(stored.run("fsck", "--full", "--strict")).doesNotContain("missing");
        assertThat(stored.run("ls-tree", "-r", "--name-only", second)).contains("more.txt", "dir/file-1.txt");
        assertThat(stored.run("show", second + ":more.txt")).isEqualTo("more");
    }

    @Test
    void a_second_pack_may_stand_on_the_first_one_but_not_on_what_was_never_sent() throws IOException {
        String first = history(2);
        git.write("more.txt", "more\n");
        String second = git.commit("second");
        byte[] onTop = git.pack(second, first);

        assertRefused(() -> put(PROJECT, onTop), "missing", first);
        assertThat(store.packs(PROJECT)).isEmpty();
        put(PROJECT, git.pack(first));
        put(PROJECT, onTop);

        assertThat(store.held(PROJECT, List.of(second, first))).containsExactly(second, first);
        assertThat(store.packs(PROJECT)).hasSize(2);
    }

    @Test
    void a_task_sees_its_project_and_itself_and_nobody_sees_the_task() throws IOException {
        String first = history(2);
        byte[] base = git.pack(first);
        put(PROJECT, base);
        git.write("secret.txt", "of task one\n");
        byte[] step = git.pack(git.commit("step"), first);
        put(TASK, step);

        assertThat(store.open(TASK, sha256(base)).readAllBytes()).isEqualTo(base);
        assertThat(store.open(TASK, sha256(step)).readAllBytes()).isEqualTo(step);
        for (Scope stranger : List.of(
                PROJECT,
                Scope.task("acme", "p-1", "t-2"),
                Scope.project("acme", "p-2"),
                Scope.project("evil", "p-1"),
                Scope.task("evil", "p-1", "t-1"))) {
            assertThatThrownBy(() -> store.open(stranger, sha256(step)))
                    .isInstanceOfSatisfying(
                            BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_NO_SUCH_PACK));
        }
        assertThat(store.held(Scope.project("evil", "p-1"), List.of(first))).isEmpty();
    }

    @Test
    void a_pack_of_another_scope_does_not_fill_the_gaps_of_this_one() throws IOException {
        String first = history(2);
        put(Scope.project("acme", "other"), git.pack(first));
        git.write("more.txt", "more\n");
        byte[] onTop = git.pack(git.commit("second"), first);

        assertRefused(() -> put(PROJECT, onTop), "missing");
    }

    @Test
    void a_purged_task_is_gone_and_its_project_is_not() throws IOException {
        String first = history(2);
        put(PROJECT, git.pack(first));
        git.write("more.txt", "more\n");
        byte[] step = git.pack(git.commit("step"), first);
        put(TASK, step);

        store.purge(TASK);

        assertThatThrownBy(() -> store.open(TASK, sha256(step))).isInstanceOf(BelayException.class);
        assertThat(store.held(PROJECT, List.of(first))).containsExactly(first);
        assertThat(temp.resolve("packs/acme/p-1/tasks/t-1.git")).doesNotExist();
    }

    @Test
    void what_was_lent_to_another_task_outlives_the_lender_and_takes_no_room() throws IOException {
        String first = history(2);
        put(PROJECT, git.pack(first));
        git.write("more.txt", "more\n");
        String second = git.commit("step");
        byte[] step = git.pack(second, first);
        put(TASK, step);
        Scope fork = Scope.task("acme", "p-1", "t-2");

        store.lend(TASK, fork, List.of(sha256(step)));
        store.lend(TASK, fork, List.of(sha256(step)));
        Path lent = temp.resolve("packs/acme/p-1/tasks/t-2.git/objects/pack/pack-" + sha256(step) + ".pack");
        assertThat(Files.getAttribute(lent, "unix:nlink")).isEqualTo(2);
        store.purge(TASK);

        DiskPackStore restarted = new DiskPackStore(temp.resolve("packs"), PackLimits.defaults());
        assertThat(restarted.open(fork, sha256(step)).readAllBytes()).isEqualTo(step);
        RealGit stored = new RealGit(temp.resolve("packs/acme/p-1/tasks/t-2.git"));
        assertThat(stored.run("cat-file", "-t", second)).isEqualTo("commit");
    }

    @Test
    void packs_are_lent_within_their_project_only() throws IOException {
        put(TASK, git.pack(history(1)));

        assertThatThrownBy(() -> store.lend(TASK, Scope.task("evil", "p-1", "t-2"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.lend(TASK, Scope.task("acme", "p-1", "t-2"), List.of("0".repeat(64))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void the_same_bytes_sent_by_many_at_once_are_stored_once_and_all_are_answered() throws Exception {
        byte[] pack = git.pack(history(20));
        List<Callable<PackStored>> senders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            senders.add(() -> put(PROJECT, pack));
        }

        List<PackStored> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<PackStored> answer : threads.invokeAll(senders)) {
                answers.add(answer.get());
            }
        }

        assertThat(answers).hasSize(8).allMatch(answer -> answer.equals(answers.getFirst()));
        assertThat(store.packs(PROJECT)).containsExactly(sha256(pack));
    }

    @Test
    void what_a_crash_left_behind_is_swept_and_the_same_pack_can_be_sent_again() throws IOException {
        byte[] pack = git.pack(history(2));
        put(PROJECT, pack);
        Path folder = temp.resolve("packs/acme/p-1/project.git");
        Files.writeString(folder.resolve("belay-packs"), sha256(pack).substring(0, 30));
        Path orphan = folder.resolve("objects/pack/pack-" + sha256(pack) + ".pack");
        Path halfReceived = temp.resolve("packs/.incoming/put-1/pack");
        Files.createDirectories(halfReceived.getParent());
        Files.writeString(halfReceived, "PACK");

        DiskPackStore restarted = new DiskPackStore(temp.resolve("packs"), PackLimits.defaults());

        assertThat(halfReceived).doesNotExist();
        assertThat(restarted.packs(PROJECT)).isEmpty();
        assertThat(orphan).doesNotExist();
        restarted.put(PROJECT, new ByteArrayInputStream(pack), Optional.empty());
        assertThat(restarted.packs(PROJECT)).containsExactly(sha256(pack));
        assertThat(restarted.open(PROJECT, sha256(pack)).readAllBytes()).isEqualTo(pack);
    }

    @Test
    void the_hash_that_the_sender_said_must_be_the_hash_of_the_bytes() {
        byte[] pack = git.pack(history(1));

        assertRefused(
                () -> store.put(PROJECT, new ByteArrayInputStream(pack), Optional.of("0".repeat(64))), sha256(pack));
        assertNothingStored();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../up", "a/b", "a\u0000b", "ä", " ", "a\nb", "-/", "%2e%2e", "a\\b"})
    void a_name_that_is_no_name_reaches_no_file(String name) {
        assertThatThrownBy(() -> store.packs(Scope.project(name, "p"))).isInstanceOf(BelayException.class);
        assertThatThrownBy(() -> store.packs(Scope.project("t", name))).isInstanceOf(BelayException.class);
        assertThatThrownBy(() -> store.open(Scope.task("t", "p", name), "0".repeat(64)))
                .isInstanceOf(BelayException.class);
        assertThatThrownBy(() -> store.open(PROJECT, name))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_NO_SUCH_PACK));
    }

    static Stream<String> names_for_git() {
        return Stream.of(
                ".git",
                ".GIT",
                ".Git",
                "git~1",
                "GIT~1",
                ".git ",
                ".git.",
                ".git...",
                ".git::$INDEX_ALLOCATION",
                ".g\u200cit",
                "\u200e.git",
                ".gi\ufefft",
                ".git\\hooks",
                "a\\.git",
                ".",
                "..");
    }

    @ParameterizedTest
    @MethodSource("names_for_git")
    void a_tree_with_a_name_that_some_system_takes_for_git_is_refused(String name) {
        String blob = git.blob("#!/bin/sh\n");
        String tree = git.tree(entry("100755", name, blob));

        assertRefused(() -> put(PROJECT, git.packOf(blob, tree)), "");
        assertNothingStored();
    }

    static Stream<Arguments> malformed_trees() {
        String blob = "b".repeat(40);
        return Stream.of(
                Arguments.of("empty name", new byte[][] {entry("100644", "", blob)}),
                Arguments.of("slash", new byte[][] {entry("100644", "a/b", blob)}),
                Arguments.of(
                        "the same name twice", new byte[][] {entry("100644", "a", blob), entry("100644", "a", blob)}),
                Arguments.of("not sorted", new byte[][] {entry("100644", "b", blob), entry("100644", "a", blob)}),
                Arguments.of(
                        "file and directory", new byte[][] {entry("100644", "a", blob), entry("40000", "a", blob)}),
                Arguments.of("unknown mode", new byte[][] {entry("120777", "a", blob)}),
                Arguments.of("no id", new byte[][] {Arrays.copyOf(entry("100644", "a", blob), 12)}),
                Arguments.of("id of zeros", new byte[][] {entry("100644", "a", "0".repeat(40))}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed_trees")
    void a_malformed_tree_is_refused(String what, byte[][] entries) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            raw.writeBytes(entry);
        }
        HandmadePack pack = new HandmadePack();
        pack.whole(2, raw.toByteArray());

        assertRefused(() -> put(PROJECT, pack.build()), "");
        assertNothingStored();
    }

    @Test
    void the_shape_of_a_snapshot_is_welcome() throws IOException {
        String blob = git.blob("x\n");
        String inner = git.tree(concat(entry("100644", "HEAD", blob), entry("120000", "link", blob)));
        String root = git.tree(concat(
                entry("40000", "git", inner),
                entry("100644", "meta.json", blob),
                entry("40000", "objects", inner),
                entry("40000", "work", inner)));
        String commit = git.run("commit-tree", root, "-m", "s1");

        put(TASK, git.packOf(blob, inner, root, commit));

        assertThat(store.open(TASK, store_only_pack()).readAllBytes()).isNotEmpty();
    }

    private String store_only_pack() throws IOException {
        return Files.readString(temp.resolve("packs/acme/p-1/tasks/t-1.git/belay-packs"))
                .substring(0, 64);
    }

    @Test
    void every_object_that_is_missing_is_named() {
        String blob = git.blob("x\n");
        String tree = git.tree(entry("100644", "a", blob));
        String commit = git.run("commit-tree", tree, "-m", "c");

        assertRefused(() -> put(PROJECT, git.packOf(tree)), blob, "missing");
        assertRefused(() -> put(PROJECT, git.packOf(commit, blob)), tree, "missing");
        assertNothingStored();
    }

    @Test
    void an_entry_that_calls_a_tree_a_file_is_refused() {
        String blob = git.blob("x\n");
        String tree = git.tree(entry("100644", "a", blob));
        String liar = git.tree(entry("100644", "b", tree));
        String liar2 = git.tree(entry("40000", "b", blob));

        assertRefused(() -> put(PROJECT, git.packOf(blob, tree, liar)), tree);
        assertRefused(() -> put(PROJECT, git.packOf(blob, tree, liar2)), blob);
    }

    @Test
    void a_thin_pack_is_refused() throws IOException {
        byte[] base = "line of some length\n".repeat(500).getBytes(StandardCharsets.UTF_8);
        String blob = git.feed(base, "hash-object", "-w", "--stdin");
        put(PROJECT, git.packOf(blob));
        HandmadePack thin = new HandmadePack();
        thin.deltaOf(blob, HandmadePack.delta(base.length, base.length, "more".getBytes(StandardCharsets.UTF_8)));

        assertRefused(() -> put(PROJECT, thin.build()), "must stand alone");
        assertThat(store.packs(PROJECT)).hasSize(1);
    }

    @Test
    void deltas_by_offset_and_by_id_are_both_understood() throws IOException {
        byte[] base = "line of some length\n".repeat(500).getBytes(StandardCharsets.UTF_8);
        String blob = git.feed(base, "hash-object", "--stdin");
        HandmadePack pack = new HandmadePack();
        int at = pack.whole(3, base);
        pack.deltaOf(at, HandmadePack.delta(base.length, base.length, "one".getBytes(StandardCharsets.UTF_8)));
        pack.deltaOf(blob, HandmadePack.delta(base.length, 20, "two".getBytes(StandardCharsets.UTF_8)));

        PackStored stored = put(PROJECT, pack.build());

        assertThat(stored.getObjects()).isEqualTo(3);
    }

    static Stream<Arguments> hostile_packs() {
        byte[] mebi = new byte[1 << 20];
        HandmadePack large = new HandmadePack();
        large.whole(3, new byte[(1 << 20) + 1]);
        HandmadePack total = new HandmadePack();
        for (int i = 0; i < 5; i++) {
            mebi[0] = (byte) i;
            total.whole(3, mebi.clone());
        }
        HandmadePack longer = new HandmadePack();
        longer.lying(3, 10, new byte[1000]);
        HandmadePack shorter = new HandmadePack();
        shorter.lying(3, 1000, new byte[10]);
        HandmadePack tree = new HandmadePack();
        tree.whole(2, new byte[(1 << 18) + 1]);
        HandmadePack chain = new HandmadePack();
        int at = chain.whole(3, new byte[100]);
        for (int i = 0; i < 51; i++) {
            at = chain.deltaOf(at, HandmadePack.delta(100 + i, 100 + i, new byte[] {1}));
        }
        HandmadePack deltaBomb = new HandmadePack();
        int base = deltaBomb.whole(3, mebi.clone());
        for (int i = 0; i < 20; i++) {
            deltaBomb.deltaOf(base, HandmadePack.delta(mebi.length, mebi.length - i, new byte[] {2}));
        }
        HandmadePack comb = new HandmadePack();
        int spine = comb.whole(3, new byte[700_000]);
        for (int i = 0; i < 4; i++) {
            comb.deltaOf(spine, HandmadePack.delta(700_000 + i, 10, new byte[] {(byte) i}));
            spine = comb.deltaOf(spine, HandmadePack.delta(700_000 + i, 700_000 + i, new byte[] {3}));
        }
        HandmadePack many = new HandmadePack();
        for (int i = 0; i < 5_001; i++) {
            many.whole(3, new byte[] {(byte) i, (byte) (i >> 8)});
        }
        HandmadePack one = new HandmadePack();
        one.whole(3, new byte[] {1});
        HandmadePack hugeResult = new HandmadePack();
        int small = hugeResult.whole(3, new byte[10]);
        byte[] huge = HandmadePack.delta(10, 10, new byte[0]);
        huge[1] = (byte) 0x8a;
        hugeResult.deltaOf(small, concat(new byte[] {10, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f}, huge));
        return Stream.of(
                Arguments.of("an object over the limit", large.build()),
                Arguments.of("more than it may inflate to", total.build()),
                Arguments.of("an object longer than it says", longer.build()),
                Arguments.of("an object shorter than it says", shorter.build()),
                Arguments.of("a tree over the limit", tree.build()),
                Arguments.of("a chain of deltas over the limit", chain.build()),
                Arguments.of("deltas that resolve to more than the limit", deltaBomb.build()),
                Arguments.of("deltas that would be held in memory together", comb.build()),
                Arguments.of("a delta that says it makes 256 MiB", hugeResult.build()),
                Arguments.of("too many objects", many.build()),
                Arguments.of("more objects claimed than sent", one.build(2)),
                Arguments.of("fewer objects claimed than sent", many.build(3)),
                Arguments.of("no objects", new HandmadePack().build()),
                Arguments.of("nothing", new byte[0]),
                Arguments.of("no pack", "hello, this is not a pack at all".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("cut short", Arrays.copyOf(total.build(), 100)),
                Arguments.of("bytes behind its end", concat(one.build(), new byte[] {1, 2, 3})),
                Arguments.of("a wrong checksum", flipped(one.build())),
                Arguments.of("over the limit in bytes", random(1 << 21)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile_packs")
    void a_hostile_pack_is_refused_and_nothing_is_stored(String what, byte[] pack) throws IOException {
        store = new DiskPackStore(temp.resolve("packs"), SMALL);

        assertRefused(() -> put(PROJECT, pack), "");
        assertNothingStored();
    }

    @Test
    void a_tree_that_unfolds_to_millions_of_files_is_refused() throws IOException {
        store = new DiskPackStore(temp.resolve("packs"), SMALL);
        List<String> objects = new ArrayList<>();
        String below = git.blob("x\n");
        objects.add(below);
        String mode = "100644";
        for (int level = 0; level < 10; level++) {
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            for (int i = 0; i < 10; i++) {
                raw.writeBytes(entry(mode, "d" + i, below));
            }
            below = git.tree(raw.toByteArray());
            objects.add(below);
            mode = "40000";
        }

        assertRefused(() -> put(PROJECT, git.packOf(objects.toArray(String[]::new))), "unfolds");
        assertNothingStored();
    }

    @Test
    void directories_deeper_and_paths_longer_than_the_limit_are_refused_even_when_sent_in_parts() throws IOException {
        store = new DiskPackStore(temp.resolve("packs"), SMALL);
        String below = git.tree(entry("100644", "f", git.blob("x\n")));
        put(PROJECT, git.packOf(git.blob("x\n"), below));
        for (int level = 2; level <= 20; level++) {
            below = git.tree(entry("40000", "d", below));
            put(PROJECT, git.packOf(below));
        }
        String tooDeep = git.tree(entry("40000", "d", below));
        String tooLong = git.tree(entry("40000", "n".repeat(299), git.tree(entry("100644", "f", git.blob("x\n")))));
        DiskPackStore restarted = new DiskPackStore(temp.resolve("packs"), SMALL);

        assertRefused(
                () -> restarted.put(PROJECT, new ByteArrayInputStream(git.packOf(tooDeep)), Optional.empty()), "depth");
        assertRefused(() -> put(PROJECT, git.packOf(tooLong)), "path of 301 bytes");
    }

    private String history(int commits) {
        try {
            for (int i = 0; i < commits; i++) {
                git.write("file.txt", "line\n".repeat(200) + "version " + i + "\n");
                git.write("dir/file-" + i + ".txt", "text " + i + "\n");
                git.commit("commit " + i);
            }
            return git.run("rev-parse", "HEAD");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private PackStored put(Scope scope, byte[] pack) throws IOException {
        return store.put(scope, new ByteArrayInputStream(pack), Optional.empty());
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable put, String... words) {
        assertThatThrownBy(put).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_PACK_REFUSED);
            assertThat(e.what()).contains(words);
            assertThat(e.work()).isEqualTo("nothing was stored");
        });
    }

    private void assertNothingStored() {
        try (Stream<Path> files = Files.walk(temp.resolve("packs"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString())
                            .filter(name -> name.contains("pack")))
                    .isEmpty();
            assertThat(store.packs(PROJECT)).isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] entry(String mode, String name, String id) {
        return concat(
                (mode + " " + name + "\0").getBytes(StandardCharsets.UTF_8),
                HexFormat.of().parseHex(id));
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] flipped(byte[] pack) {
        byte[] wrong = pack.clone();
        wrong[wrong.length - 1] ^= 1;
        return wrong;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new java.util.Random(7).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
