package dev.belay.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectFolderTest {
    @TempDir
    private Path temporary;

    private static ProjectFolder at(Path folder) {
        return ProjectFolder.at(folder, Optional.empty());
    }

    private PackedProject pack(Path folder, String... have) throws IOException {
        return at(folder).pack(List.of(have), Files.createTempDirectory(temporary, "out"), PackLimits.defaults());
    }

    /** A server that holds what was sent to it and nothing else. */
    private Git server(PackedProject... packs) throws IOException {
        Git server = new Git(Files.createTempDirectory(temporary, "server"));
        server.run("init", "-q", "--bare");
        for (PackedProject packed : packs) {
            server.bytes(Files.readAllBytes(packed.pack().orElseThrow()), "index-pack", "--stdin", "--strict");
            server.run("update-ref", "refs/heads/base-" + packed.baseCommit(), packed.baseCommit());
        }
        server.run("fsck", "--strict", "--full", "--no-dangling");
        return server;
    }

    private static List<String> files(Git server, PackedProject packed) {
        return server.run("ls-tree", "-r", "--name-only", packed.baseCommit())
                .lines()
                .toList();
    }

    @Test
    void a_plain_folder_is_its_own_base() throws IOException {
        Path plain = Files.createDirectory(temporary.resolve("plain"));
        Files.writeString(plain.resolve("a.txt"), "a\n");
        Files.writeString(Files.createDirectories(plain.resolve("d/e")).resolve("b.txt"), "b\n");
        Files.createDirectory(plain.resolve("hollow"));

        PackedProject packed = pack(plain);

        Git server = server(packed);
        assertThat(files(server, packed)).containsExactly("a.txt", "d/e/b.txt");
        assertThat(server.run("show", packed.baseCommit() + ":d/e/b.txt")).isEqualTo("b");
        assertThat(server.run("rev-list", "--count", packed.baseCommit())).isEqualTo("1");
        assertThat(at(plain).headCommit()).isEmpty();
        assertThat(at(plain).branch()).isEmpty();
        assertThat(at(plain).notes()).anyMatch(note -> note.startsWith("not a git repository"));
    }

    @Test
    void an_empty_folder_is_a_project_too() throws IOException {
        PackedProject packed = pack(Files.createDirectory(temporary.resolve("empty")));

        assertThat(files(server(packed), packed)).isEmpty();
        assertThat(packed.files()).isZero();
    }

    @Test
    void home_and_root_are_refused() throws IOException {
        Path home = PersonConfig.home().toRealPath();
        for (Path refused : List.of(home, Path.of("/"))) {
            assertThatThrownBy(() -> at(refused)).isInstanceOfSatisfying(BelayException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.E_BAD_PROJECT);
                assertThat(e.code().exitCode()).isEqualTo(2);
                assertThat(e.next()).contains("cd into the project");
            });
        }
        Path link = Files.createSymbolicLink(temporary.resolve("home"), home);
        try {
            assertThatThrownBy(() -> at(link)).isInstanceOf(BelayException.class);
        } finally {
            Files.delete(link);
        }
    }

    @ParameterizedTest
    @CsvSource({"missing,does not exist", "file,is not a folder"})
    void what_is_no_folder_is_named(String name, String why) throws IOException {
        Files.writeString(temporary.resolve("file"), "");

        assertThatThrownBy(() -> at(temporary.resolve(name))).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_BAD_PROJECT);
            assertThat(e.what()).contains(why);
        });
    }

    @Test
    void a_repository_without_a_commit_sends_its_files() throws IOException {
        Git git = Git.init(temporary.resolve("new"));
        git.write("a.txt", "a\n");

        PackedProject packed = pack(git.folder());

        assertThat(files(server(packed), packed)).containsExactly("a.txt");
        assertThat(at(git.folder()).branch()).isEqualTo("main");
        assertThat(at(git.folder()).headCommit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare.git", "bare.git/refs"})
    void a_bare_repository_is_refused_by_name(String inside) throws IOException {
        new Git(temporary).run("init", "-q", "--bare", "bare.git");

        assertThatThrownBy(() -> at(temporary.resolve(inside))).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_BARE_REPOSITORY);
            assertThat(e.next()).startsWith("git clone ");
        });
    }

    @Test
    void a_clean_repository_is_its_head_with_its_history() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        git.write("a.txt", "a2\n");
        String head = git.commit("second");

        PackedProject packed = pack(git.folder());

        assertThat(packed.baseCommit()).isEqualTo(head);
        assertThat(server(packed).run("rev-list", "--count", head)).isEqualTo("2");
        assertThat(at(git.folder()).commits()).containsExactly(head, git.run("rev-parse", "HEAD~1"));
        assertThat(at(git.folder()).branch()).isEqualTo("main");
    }

    @Test
    void the_same_folder_is_the_same_commit_every_time_and_travels_once() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "b/c.txt", "c\n");
        git.write("a.txt", "edited\n");
        git.write("new.txt", "new\n");
        Files.delete(git.at("b/c.txt"));
        PackedProject first = pack(git.folder());

        PackedProject second = pack(git.folder());
        PackedProject known = pack(git.folder(), first.baseCommit());

        assertThat(second.baseCommit()).isEqualTo(first.baseCommit());
        assertThat(at(git.folder()).commits().getFirst()).isEqualTo(first.baseCommit());
        assertThat(known.pack()).isEmpty();
        Git server = server(first);
        assertThat(files(server, first)).containsExactly("a.txt", "new.txt");
        assertThat(server.run("rev-parse", first.baseCommit() + "^")).isEqualTo(git.run("rev-parse", "HEAD"));
    }

    @Test
    void what_the_server_has_does_not_travel_and_the_rest_stands_on_it() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "big.txt", "0123456789abcdef\n".repeat(5000), "a.txt", "a\n");
        PackedProject first = pack(git.folder());
        git.write("a.txt", "a2\n");
        git.commit("second");
        git.write("a.txt", "a3\n");

        PackedProject second = pack(git.folder(), first.baseCommit(), "not an id", "1".repeat(40));

        Git server = server(first, second);
        assertThat(server.run("show", second.baseCommit() + ":a.txt")).isEqualTo("a3");
        byte[] bytes = Files.readAllBytes(second.pack().orElseThrow());
        assertThat(bytes[11]).as("two commits, two trees, two blobs").isEqualTo((byte) 6);
    }

    @Test
    void a_worktree_checkout_is_a_project_of_its_own() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        git.run("worktree", "add", "-q", "-b", "side", "../other");
        Git other = new Git(temporary.resolve("other").toRealPath());
        other.write("b.txt", "b\n");

        PackedProject packed = pack(other.folder());

        assertThat(files(server(packed), packed)).containsExactly("a.txt", "b.txt");
        assertThat(at(other.folder()).branch()).isEqualTo("side");
        assertThat(at(other.folder()).key()).isNotEqualTo(at(git.folder()).key());
    }

    @Test
    void a_submodule_goes_along_as_plain_files() throws IOException {
        Git library = Git.with(temporary.resolve("library"), "l.c", "l\n");
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        git.run(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                library.folder().toString(),
                "lib");
        git.commit("with a submodule");

        PackedProject packed = pack(git.folder());

        assertThat(files(server(packed), packed)).containsExactly(".gitmodules", "a.txt", "lib/l.c");
        assertThat(packed.notes()).anyMatch(note -> note.startsWith("submodules go along") && note.endsWith("lib"));
    }

    @Test
    void a_nested_repository_goes_along_without_its_git() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        Git.with(git.at("vendor/x"), "x.c", "x\n");

        PackedProject packed = pack(git.folder());

        assertThat(files(server(packed), packed)).containsExactly("a.txt", "vendor/x/x.c");
        assertThat(packed.notes())
                .anyMatch(note -> note.startsWith("nested repositories") && note.contains("vendor/x"));
    }

    @Test
    void a_shallow_clone_sends_its_files_without_history() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        git.write("a.txt", "a2\n");
        git.commit("second");
        new Git(temporary).run("clone", "-q", "--depth", "1", "file://" + git.folder(), "shallow");
        Path shallow = temporary.resolve("shallow");

        PackedProject packed = pack(shallow);

        Git server = server(packed);
        assertThat(server.run("rev-list", "--count", packed.baseCommit())).isEqualTo("1");
        assertThat(server.run("show", packed.baseCommit() + ":a.txt")).isEqualTo("a2");
        assertThat(at(shallow).notes()).anyMatch(note -> note.startsWith("this is a shallow clone"));
    }

    @Test
    void one_folder_can_be_the_project() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "sub/b.txt", "b\n", "sub/.gitignore", "*.o\n");
        git.write("sub/c.o", "o");

        ProjectFolder folder = ProjectFolder.at(git.folder(), Optional.of(Path.of("sub")));
        PackedProject packed = folder.pack(List.of(), temporary, PackLimits.defaults());

        assertThat(files(server(packed), packed)).containsExactly("sub/.gitignore", "sub/b.txt");
        assertThat(folder.name()).isEqualTo("r/sub");
        assertThatThrownBy(() -> ProjectFolder.at(git.folder(), Optional.of(Path.of(".."))))
                .isInstanceOf(BelayException.class);
    }

    @Test
    void links_go_along_as_links_and_are_not_followed() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret"), "canary\n");
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("inner"), "canary\n");
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        Files.createSymbolicLink(git.at("file"), secret);
        Files.createSymbolicLink(git.at("folder"), outside);
        Files.createSymbolicLink(git.at("loop"), Path.of("loop"));
        Files.createSymbolicLink(git.at("dangling"), Path.of("nowhere"));

        PackedProject packed = pack(git.folder());

        Git server = server(packed);
        assertThat(server.run("ls-tree", "-r", packed.baseCommit()).lines())
                .filteredOn(line -> line.startsWith("120000"))
                .hasSize(4);
        assertThat(server.run("show", packed.baseCommit() + ":folder")).isEqualTo(outside.toString());
        assertThat(server.run("rev-list", "--all", "--objects")).doesNotContain("inner");
    }

    @Test
    void the_executable_bit_goes_along() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.sh", "a\n", "b.sh", "b\n");
        Files.setPosixFilePermissions(git.at("a.sh"), PosixFilePermissions.fromString("rwx------"));

        PackedProject packed = pack(git.folder());

        assertThat(server(packed).run("ls-tree", packed.baseCommit()).lines())
                .extracting(line -> line.substring(0, 6))
                .containsExactly("100755", "100644");
    }

    @Test
    void where_the_repository_says_so_the_executable_bit_is_the_index_s() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.sh", "a\n");
        git.run("config", "core.fileMode", "false");
        Files.setPosixFilePermissions(git.at("a.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(pack(git.folder()).baseCommit()).isEqualTo(git.run("rev-parse", "HEAD"));
    }

    @Test
    void pipes_and_sockets_are_left_out_and_named() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        ResultApplierTest.fifo(git.at("pipe"));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(git.at("socket")));

            PackedProject packed = pack(git.folder());

            assertThat(files(server(packed), packed)).containsExactly("a.txt");
            assertThat(packed.notes())
                    .singleElement()
                    .asString()
                    .contains("they are no files")
                    .contains("pipe", "socket");
        }
    }

    @Test
    void an_unreadable_file_is_named_unless_one_may_read_it_after_all() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        Path file = git.write("sub/locked", "locked\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));

        if (Files.isReadable(file)) {
            PackedProject packed = pack(git.folder());
            assertThat(server(packed).run("show", packed.baseCommit() + ":sub/locked"))
                    .isEqualTo("locked");
        } else {
            assertThatThrownBy(() -> pack(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.E_BAD_PROJECT);
                assertThat(e.what()).isEqualTo("cannot read sub/locked");
                assertThat(e.next()).startsWith("chmod u+r sub/locked");
            });
        }
    }

    @Test
    void a_denied_read_is_a_named_error_for_root_as_well() {
        BelayException error = WorkTree.unreadable("a b\u001b[2J", new java.nio.file.AccessDeniedException("a b"));

        assertThat(error.code()).isEqualTo(ErrorCode.E_BAD_PROJECT);
        assertThat(error.next()).isEqualTo("chmod u+r 'a b?[2J', or add it to .gitignore");
    }

    @Test
    void a_file_over_the_limit_is_refused_before_it_is_read_and_may_be_let_in() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        try (RandomAccessFile sparse = new RandomAccessFile(git.at("model.bin").toFile(), "rw")) {
            sparse.setLength(300L << 20);
        }
        ProjectFolder folder = at(git.folder());

        BelayException error = catchThrowableOfType(
                BelayException.class, () -> folder.pack(List.of(), temporary, PackLimits.defaults()));

        assertThat(error.code()).isEqualTo(ErrorCode.E_FILE_TOO_LARGE);
        assertThat(error.what()).isEqualTo("model.bin is 300 MiB, the limit is 100 MiB");
        assertThat(error.next()).contains("--max-file 301M");
        assertThat(folder.commits())
                .as("asking what the server has reads no such file")
                .hasSize(1);
        PackLimits more = PackLimits.defaults().withMaxFileBytes(301L << 20);
        assertThat(folder.pack(List.of(), temporary, more).pack()).isPresent();
    }

    @Test
    void too_many_files_are_refused_and_ignored_ones_do_not_count() throws IOException {
        Git git = Git.with(temporary.resolve("r"), ".gitignore", "out/\n", "a", "", "b", "");
        for (int i = 0; i < 20; i++) {
            git.write("out/" + i, "");
        }
        assertThat(at(git.folder())
                        .pack(List.of(), temporary, new PackLimits(1 << 20, 3))
                        .files())
                .isEqualTo(3);

        assertThatThrownBy(() -> at(git.folder()).pack(List.of(), temporary, new PackLimits(1 << 20, 2)))
                .isInstanceOfSatisfying(BelayException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.E_TOO_MANY_FILES);
                    assertThat(e.next()).contains(".gitignore");
                });
    }

    @Test
    void what_git_ignores_stays_here_and_what_it_tracks_goes_along() throws IOException {
        Git git = Git.init(temporary.resolve("r"));
        git.write("dist/kept.js", "kept\n");
        git.write("dist/other.js", "other\n");
        git.write("src/deep/x.log", "log\n");
        git.write("src/deep/keep.log", "log\n");
        git.write("src/deep/.gitignore", "!keep.log\n");
        git.write(".gitignore", "/dist/\n*.log\n");
        git.run("add", "-f", "dist/kept.js");
        git.run("add", ".");
        git.run("commit", "-qm", "first");
        Files.writeString(git.at(".git/info/exclude"), "mine.txt\n");
        git.write("mine.txt", "mine\n");

        PackedProject packed = pack(git.folder());

        assertThat(files(server(packed), packed))
                .containsExactly(".gitignore", "dist/kept.js", "src/deep/.gitignore", "src/deep/keep.log");
        assertThat(packed.baseCommit()).isEqualTo(git.run("rev-parse", "HEAD"));
    }

    @Test
    void untracked_credentials_stay_here_and_are_named_and_tracked_ones_go_along() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "tests/server.pem", "fixture\n");
        git.write(".env", "TOKEN=canary\n");
        git.write("deploy/id_rsa", "canary\n");
        git.write(".npmrc", "//registry.example/:_authToken=canary\n");
        git.write(".env.example", "TOKEN=\n");

        PackedProject packed = pack(git.folder());

        assertThat(files(server(packed), packed)).containsExactly(".env.example", "tests/server.pem");
        assertThat(packed.notes())
                .singleElement()
                .asString()
                .startsWith("left out, they look like credentials")
                .contains(".env", "deploy/id_rsa", ".npmrc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"autocrlf", "eol", "text", "filter", "ident", "attributes in info"})
    void files_go_along_as_their_bytes_whatever_git_would_make_of_them(String how) throws IOException {
        Git git = Git.init(temporary.resolve("r"));
        git.write("a.txt", "one\r\ntwo\r\n$Id$\n");
        Map<String, String> attributes = Map.of(
                "eol", "* text eol=crlf\n",
                "text", "* text=auto\n",
                "filter", "* filter=upper\n",
                "ident", "* ident\n");
        git.run("config", "filter.upper.clean", "tr a-z A-Z");
        if (how.equals("autocrlf")) {
            git.run("config", "core.autocrlf", "true");
        } else if (how.equals("attributes in info")) {
            Files.createDirectories(git.at(".git/info"));
            Files.writeString(git.at(".git/info/attributes"), "* text=auto\n");
        } else {
            git.write(".gitattributes", attributes.getOrDefault(how, ""));
        }
        git.commit("converted");
        assertThat(git.status()).as("git takes the file for unchanged").isEmpty();

        PackedProject packed = pack(git.folder());

        assertThat(server(packed).bytes(new byte[0], "show", packed.baseCommit() + ":a.txt"))
                .isEqualTo("one\r\ntwo\r\n$Id$\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void an_edit_that_keeps_size_and_time_is_seen() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "one\n");
        FileTime time = Files.getLastModifiedTime(git.at("a.txt"));
        Files.writeString(git.at("a.txt"), "two\n");
        Files.setLastModifiedTime(git.at("a.txt"), time);

        PackedProject packed = pack(git.folder());

        assertThat(server(packed).run("show", packed.baseCommit() + ":a.txt")).isEqualTo("two");
    }

    @Test
    void an_edit_in_the_tick_in_which_the_index_was_written_is_seen() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "one\n");
        Files.writeString(git.at("a.txt"), "one\n");
        git.run("update-index", "--refresh");
        Files.writeString(git.at("a.txt"), "two\n");
        FileTime tick = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(git.at("a.txt"), tick);
        Files.setLastModifiedTime(git.at(".git/index"), tick);

        PackedProject packed = pack(git.folder());

        assertThat(server(packed).run("show", packed.baseCommit() + ":a.txt")).isEqualTo("two");
    }

    @Test
    void flags_that_make_git_look_away_hide_no_edit() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "one\n", "b.txt", "one\n");
        git.run("update-index", "--assume-unchanged", "a.txt");
        git.run("update-index", "--skip-worktree", "b.txt");
        git.write("a.txt", "two\n");
        git.write("b.txt", "two\n");

        PackedProject packed = pack(git.folder());

        Git server = server(packed);
        assertThat(server.run("show", packed.baseCommit() + ":a.txt")).isEqualTo("two");
        assertThat(server.run("show", packed.baseCommit() + ":b.txt")).isEqualTo("two");
    }

    @Test
    void files_that_a_sparse_checkout_keeps_away_go_along() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "far/b.txt", "b\n");
        git.run("sparse-checkout", "set", "--no-cone", "/*", "!/far/");

        PackedProject packed = pack(git.folder());

        assertThat(packed.baseCommit()).isEqualTo(git.run("rev-parse", "HEAD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"split", "packed refs", "alternates", "packed", "detached", "lost blob"})
    void repositories_of_every_shape_are_read(String shape) throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "b/c.txt", "c\n");
        String head = git.run("rev-parse", "HEAD");
        Path folder = git.folder();
        switch (shape) {
            case "split" -> git.run("update-index", "--split-index");
            case "packed refs" -> git.run("pack-refs", "--all");
            case "packed" -> git.run("gc", "-q");
            case "detached" -> git.run("checkout", "-q", "--detach");
            case "alternates" -> {
                new Git(temporary).run("clone", "-q", "--shared", folder.toString(), "borrowing");
                folder = temporary.resolve("borrowing");
            }
            default -> {
                git.write("n.txt", "staged\n");
                git.run("add", "n.txt");
                String blob = git.run("rev-parse", ":n.txt");
                Files.delete(git.at(".git/objects/" + blob.substring(0, 2) + "/" + blob.substring(2)));
            }
        }

        PackedProject packed = pack(folder);

        assertThat(files(server(packed), packed)).contains("a.txt", "b/c.txt");
        if (!shape.equals("lost blob")) {
            assertThat(packed.baseCommit()).isEqualTo(head);
        }
    }

    @Test
    void packing_writes_nothing_into_the_repository() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "b/c.txt", "c\n");
        git.run("gc", "-q");
        git.write("a.txt", "edited\n");
        git.write("new.txt", "new\n");
        Map<String, String> before = Listing.exact(git.folder());
        List<String> temporaries = names(Path.of(System.getProperty("java.io.tmpdir")));

        ProjectFolder folder = at(git.folder());
        folder.commits();
        folder.pack(
                List.of(git.run("rev-parse", "HEAD")),
                Files.createTempDirectory(temporary, "out"),
                PackLimits.defaults());

        assertThat(Listing.exact(git.folder())).isEqualTo(before);
        assertThat(names(Path.of(System.getProperty("java.io.tmpdir"))))
                .filteredOn(name -> name.startsWith("objects-"))
                .as("no object view is left behind")
                .isSubsetOf(temporaries);
    }

    private static List<String> names(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void fifty_thousand_files_take_seconds() throws IOException {
        Path plain = Files.createDirectory(temporary.resolve("many"));
        for (int folder = 0; folder < 100; folder++) {
            Path directory = Files.createDirectory(plain.resolve("d" + folder));
            for (int i = 0; i < 500; i++) {
                Files.writeString(directory.resolve("f" + i), folder + " " + i + "\n");
            }
        }
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();

        PackedProject packed = pack(plain);

        assertThat(packed.files()).isEqualTo(50_000);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(clock.getCurrentThreadCpuTime() - start))
                .as("of this thread, however busy the machine is")
                .isLessThan(30);
    }

    @Test
    void a_name_that_is_not_utf_8_is_left_out_and_named() throws IOException, InterruptedException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "é→.txt", "e\n", "what?.txt", "q\n");
        assertThat(new ProcessBuilder(
                                "sh",
                                "-c",
                                "printf x > \"$(printf 'b\\377.txt')\"; mkdir \"$(printf 'd\\377')\"; printf x > \"$(printf 'd\\377')/in\"")
                        .directory(git.folder().toFile())
                        .start()
                        .waitFor())
                .isZero();

        PackedProject packed = pack(git.folder());

        assertThat(packed.notes()).singleElement().asString().startsWith("left out, their names are not UTF-8: ");
        assertThat(packed.baseCommit()).isEqualTo(git.run("rev-parse", "HEAD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".GIT", ".git ", "git~1", ".git.", ".g\u200cit"})
    void a_name_that_is_git_s_elsewhere_is_refused(String name) throws IOException {
        Path plain = Files.createDirectory(temporary.resolve("plain"));
        Files.writeString(Files.createDirectory(plain.resolve(name)).resolve("config"), "x");

        assertThatThrownBy(() -> pack(plain))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_BAD_PROJECT));
    }

    @Test
    void folders_without_end_are_refused() throws IOException {
        Path plain = Files.createDirectory(temporary.resolve("plain"));
        Files.createDirectories(plain.resolve("d/".repeat(260)));

        assertThatThrownBy(() -> pack(plain))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.what()).startsWith("the folders are nested too deep"));
    }

    @Test
    void damage_is_named() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n");
        String head = git.run("rev-parse", "HEAD");
        Files.delete(git.at(".git/objects/" + head.substring(0, 2) + "/" + head.substring(2)));

        assertThatThrownBy(() -> pack(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_BAD_PROJECT);
            assertThat(e.what()).isEqualTo("the repository is damaged");
            assertThat(e.next()).isEqualTo("git fsck");
        });
    }

    @Test
    void random_edits_are_what_git_would_commit() throws IOException {
        java.util.Random random = new java.util.Random(7);
        Git git = Git.with(temporary.resolve("r"), "a/b/c.txt", "c\n", "a.b", "x\n", "a-b", "y\n", "a0", "z\n");
        List<String> names = new ArrayList<>(List.of("a", "b", "a.b", "a-b", "a0", "ab", "B"));
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 6; i++) {
                String name = names.get(random.nextInt(names.size()));
                Path folder = git.at("r" + random.nextInt(3) + "/" + names.get(random.nextInt(names.size())) + "d");
                Files.createDirectories(folder);
                Files.writeString(folder.resolve(name), "r" + random.nextInt(100) + "\n");
            }

            PackedProject packed = pack(git.folder());

            git.commit("round " + round);
            Git server = server(packed);
            assertThat(server.run("rev-parse", packed.baseCommit() + "^{tree}"))
                    .isEqualTo(git.run("rev-parse", "HEAD^{tree}"));
        }
    }
}
