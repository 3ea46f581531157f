package dev.belay.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.cli.project.TaskResult.Work;
import dev.belay.cli.seam.Bindings;
import dev.belay.cli.seam.ResultTarget;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultApplierTest {
    @TempDir
    private Path temporary;

    private Git git;

    @BeforeEach
    void a_project() throws IOException {
        git = Git.init(temporary.resolve("shop"));
        git.write("README.md", "shop\n");
        git.write("src/cart.sh", "echo 3\n");
        git.write("src/lib/sum.sh", "sum\n");
        git.write("run.sh", "run\n");
        git.write("old/a.txt", "a\n");
        git.write("old/deep/b.txt", "b\n");
        Files.createSymbolicLink(git.at("link"), Path.of("README.md"));
        Files.setPosixFilePermissions(git.at("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
        git.commit("first");
    }

    private TaskResult result(Work work) throws IOException {
        return TaskResult.of(git.folder(), temporary.resolve("scratch-" + System.nanoTime()), work);
    }

    private static void write(Path folder, String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void mode(Path file, String rights) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }

    private static void everything(Path work) throws IOException {
        write(work, "src/cart.sh", "echo 6\n");
        write(work, "new/deep/c.txt", "c\n");
        Files.delete(work.resolve("old/a.txt"));
        Files.delete(work.resolve("old/deep/b.txt"));
        mode(work.resolve("README.md"), "rwxr-xr-x");
        Files.delete(work.resolve("link"));
        Files.createSymbolicLink(work.resolve("link"), Path.of("src"));
        Files.move(work.resolve("src/lib/sum.sh"), work.resolve("src/total.sh"));
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                arguments("an added file", "A  new/n.txt", (Work) work -> write(work, "new/n.txt", "n\n")),
                arguments("an empty file", "A  empty", (Work) work -> write(work, "empty", "")),
                arguments("a modified file", "M  src/cart.sh", (Work) work -> write(work, "src/cart.sh", "echo 6\n")),
                arguments("a deleted file", "D  README.md", (Work) work -> Files.delete(work.resolve("README.md"))),
                arguments("a file made executable", "M  README.md", (Work)
                        work -> mode(work.resolve("README.md"), "rwxr-xr-x")),
                arguments("a file no longer executable", "M  run.sh", (Work)
                        work -> mode(work.resolve("run.sh"), "rw-r--r--")),
                arguments("a new executable file", "A  go.sh", (Work) work -> {
                    write(work, "go.sh", "go\n");
                    mode(work.resolve("go.sh"), "rwxr-xr-x");
                }),
                arguments("a link that leads elsewhere", "M  link", (Work) work -> {
                    Files.delete(work.resolve("link"));
                    Files.createSymbolicLink(work.resolve("link"), Path.of("run.sh"));
                }),
                arguments("a link that becomes a file", "T  link", (Work) work -> {
                    Files.delete(work.resolve("link"));
                    write(work, "link", "file\n");
                }),
                arguments("a file that becomes a link", "T  run.sh", (Work) work -> {
                    Files.delete(work.resolve("run.sh"));
                    Files.createSymbolicLink(work.resolve("run.sh"), Path.of("src/cart.sh"));
                }),
                arguments("a file that becomes a folder", "D  run.sh\nA  run.sh/a\nA  run.sh/b/c", (Work) work -> {
                    Files.delete(work.resolve("run.sh"));
                    write(work, "run.sh/a", "a\n");
                    write(work, "run.sh/b/c", "c\n");
                }),
                arguments("a link that becomes a folder", "D  link\nA  link/a", (Work) work -> {
                    Files.delete(work.resolve("link"));
                    write(work, "link/a", "a\n");
                }),
                arguments("a folder that becomes a file", "A  old\nD  old/a.txt\nD  old/deep/b.txt", (Work) work -> {
                    Files.delete(work.resolve("old/a.txt"));
                    Files.delete(work.resolve("old/deep/b.txt"));
                    Files.delete(work.resolve("old/deep"));
                    Files.delete(work.resolve("old"));
                    write(work, "old", "file\n");
                }),
                arguments("a renamed file", "R  README.md -> READ.md", (Work)
                        work -> Files.move(work.resolve("README.md"), work.resolve("READ.md"))),
                arguments("a file renamed by case alone", "R  README.md -> readme.md", (Work)
                        work -> Files.move(work.resolve("README.md"), work.resolve("readme.md"))),
                arguments("a strange name", "A  \"a \\\"b\\\" \\342\\206\\222 [x]*\\n.txt\"", (Work)
                        work -> write(work, "a \"b\" → [x]*\n.txt", "x\n")),
                arguments("bytes that are no text", "A  b.bin", (Work)
                        work -> Files.write(work.resolve("b.bin"), new byte[] {0, -1, 13, 10, 0})));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void a_change_is_in_the_folder_and_in_the_index_and_not_committed(String name, String status, Work work)
            throws IOException {
        String head = git.run("rev-parse", "HEAD");
        Path wanted = temporary.resolve("wanted");
        TaskResult result = TaskResult.of(git.folder(), wanted, work);

        ApplyReport report = result.apply(git.folder());

        assertThat(git.status()).isEqualTo(status);
        assertThat(git.run("write-tree")).isEqualTo(new Git(wanted.resolve("work")).run("write-tree"));
        assertThat(git.run("diff", "--name-only"))
                .as("work tree and index are the same")
                .isEmpty();
        assertThat(git.run("rev-parse", "HEAD")).isEqualTo(head);
        assertThat(git.run("fsck", "--strict")).isEmpty();
        assertThat(report.staged()).isTrue();
        assertThat(report.notes()).isEmpty();
        assertThat(Listing.files(git.folder()).keySet()).noneMatch(path -> path.contains(".belay"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void the_printed_undo_brings_everything_back(String name, String status, Work work)
            throws IOException, InterruptedException {
        git.write("mine.txt", "untracked\n");
        TaskResult result = result(work);
        String before = contents();

        ApplyReport report = result.apply(git.folder());
        if (List.of("a strange name", "a file that becomes a folder", "a link that becomes a folder")
                .contains(name)) {
            assertThat(report.undo())
                    .as("what cannot be typed, or git cannot do")
                    .isEmpty();
            return;
        }

        assertThat(report.undo()).startsWith("git ").contains("-C " + git.folder());
        assertThat(new ProcessBuilder("sh", "-c", report.undo())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        assertThat(git.status()).isEqualTo("?? mine.txt");
        assertThat(contents()).isEqualTo(before);
    }

    private String contents() {
        return git.run("ls-files", "-s") + git.run("diff") + git.run("status", "--porcelain", "-uall");
    }

    @Test
    void emptied_folders_go_and_folders_with_other_files_stay() throws IOException {
        git.write("old/deep/mine.txt", "untracked\n");
        Files.createDirectory(git.at("hollow"));
        git.run("update-index", "--refresh");
        TaskResult result = result(work -> {
            Files.delete(work.resolve("old/a.txt"));
            Files.delete(work.resolve("src/lib/sum.sh"));
        });

        result.apply(git.folder());

        assertThat(git.at("src/lib")).doesNotExist();
        assertThat(git.at("src")).exists();
        assertThat(git.at("old/deep/mine.txt")).hasContent("untracked");
        assertThat(git.at("hollow")).isDirectory();
    }

    @Test
    void a_file_keeps_its_rights_and_its_owner() throws IOException {
        mode(git.at("src/cart.sh"), "rw-rw----");
        Map<String, Object> owner = Files.readAttributes(git.at("src/cart.sh"), "unix:uid,gid");
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));

        result.apply(git.folder());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(git.at("src/cart.sh"))))
                .isEqualTo("rw-rw----");
        assertThat(Files.readAttributes(git.at("src/cart.sh"), "unix:uid,gid")).isEqualTo(owner);
    }

    @Test
    void executable_means_for_everyone_who_reads() throws IOException {
        mode(git.at("README.md"), "rw-r-----");
        TaskResult result = result(work -> mode(work.resolve("README.md"), "rwxr-xr-x"));

        result.apply(git.folder());

        assertThat(Files.getPosixFilePermissions(git.at("README.md")))
                .isEqualTo(Set.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.OWNER_EXECUTE,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.GROUP_EXECUTE));
    }

    @Test
    void what_the_person_did_meanwhile_stays_as_it_is() throws IOException {
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));
        git.write("README.md", "edited\n");
        git.write("mine.txt", "untracked\n");
        git.write("staged.txt", "staged\n");
        git.run("add", "staged.txt");
        Files.delete(git.at("run.sh"));

        result.apply(git.folder());

        assertThat(git.status().lines())
                .containsExactlyInAnyOrder(
                        " M README.md", " D run.sh", "M  src/cart.sh", "A  staged.txt", "?? mine.txt");
    }

    @Test
    void uncommitted_work_that_the_task_took_along_goes_on_from_there_and_has_no_undo() throws IOException {
        git.write("src/cart.sh", "echo 4\n");
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 4\necho 6\n"));

        ApplyReport report = result.apply(git.folder());

        assertThat(git.at("src/cart.sh")).hasContent("echo 4\necho 6");
        assertThat(git.status()).isEqualTo("M  src/cart.sh");
        assertThat(report.undo()).as("HEAD is without the person's line").isEmpty();
    }

    @Test
    void a_head_that_moved_elsewhere_is_no_obstacle() throws IOException {
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));
        git.write("README.md", "moved on\n");
        git.commit("second");

        result.apply(git.folder());

        assertThat(git.status()).isEqualTo("M  src/cart.sh");
    }

    static Stream<Arguments> conflicts() {
        return Stream.of(
                arguments("changed", "src/cart.sh was changed here", (Work) f -> write(f, "src/cart.sh", "mine\n")),
                arguments("same size", "src/cart.sh was changed here", (Work) f -> write(f, "src/cart.sh", "echo 9\n")),
                arguments(
                        "deleted", "src/cart.sh was deleted here", (Work) f -> Files.delete(f.resolve("src/cart.sh"))),
                arguments("other mode", "src/cart.sh has another mode here", (Work)
                        f -> mode(f.resolve("src/cart.sh"), "rwxr-xr-x")),
                arguments("a link in its place", "src/cart.sh is of another kind here", (Work) f -> {
                    Files.delete(f.resolve("src/cart.sh"));
                    Files.createSymbolicLink(f.resolve("src/cart.sh"), Path.of("lib/sum.sh"));
                }),
                arguments("a folder in its place", "src/cart.sh is a folder here", (Work) f -> {
                    Files.delete(f.resolve("src/cart.sh"));
                    write(f, "src/cart.sh/mine", "mine\n");
                }),
                arguments("an added file is there", "new/deep/c.txt is here already", (Work)
                        f -> write(f, "new/deep/c.txt", "mine\n")),
                arguments("a file where its folder would be", "new/deep/c.txt has a file where its folder was", (Work)
                        f -> write(f, "new", "mine\n")),
                arguments("a name that differs by case", "new/deep/c.txt differs only by case", (Work)
                        f -> write(f, "New/other", "mine\n")),
                arguments("the file to be deleted is changed", "old/a.txt was changed here", (Work)
                        f -> write(f, "old/a.txt", "mine\n")),
                arguments("a folder became a link", "src/cart.sh is reached through a symbolic link", (Work) f -> {
                    Files.move(f.resolve("src"), f.resolve("real"));
                    Files.createSymbolicLink(f.resolve("src"), Path.of("real"));
                }),
                arguments("a FIFO in its place", "src/cart.sh is of another kind here", (Work) f -> {
                    Files.delete(f.resolve("src/cart.sh"));
                    fifo(f.resolve("src/cart.sh"));
                }));
    }

    static void fifo(Path path) throws IOException {
        try {
            assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                    .isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("conflicts")
    void a_conflict_refuses_everything_and_names_the_file(String name, String why, Work meanwhile) throws IOException {
        TaskResult result = result(ResultApplierTest::everything);
        meanwhile.in(git.folder());
        byte[] index = Files.readAllBytes(git.at(".git/index"));
        Map<String, String> before = Listing.files(git.folder());

        BelayException error = catchThrowableOfType(BelayException.class, () -> result.apply(git.folder()));

        assertThat(error.code()).isEqualTo(ErrorCode.E_CONFLICT);
        assertThat(error.code().exitCode()).isEqualTo(7);
        assertThat(error.why()).contains(why).contains("layer: client");
        assertThat(error.work()).isEqualTo(BelayException.NOTHING_CHANGED);
        assertThat(Listing.files(git.folder())).isEqualTo(before);
        assertThat(git.at(".git/index")).hasBinaryContent(index);
        assertThat(git.at(".git/index.lock")).doesNotExist();
    }

    @Test
    void files_that_were_committed_differently_since_are_a_moved_base() throws IOException {
        TaskResult result = result(ResultApplierTest::everything);
        git.write("src/cart.sh", "echo 4\n");
        git.commit("second");
        Map<String, String> before = Listing.files(git.folder());

        BelayException error = catchThrowableOfType(BelayException.class, () -> result.apply(git.folder()));

        assertThat(error.code()).isEqualTo(ErrorCode.E_BASE_MOVED);
        assertThat(error.what()).contains("1 of 8 files overlaps: src/cart.sh");
        assertThat(Listing.files(git.folder())).isEqualTo(before);
    }

    @Test
    void staged_contents_that_are_nowhere_else_are_a_conflict() throws IOException {
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));
        git.write("src/cart.sh", "only in the index\n");
        git.run("add", "src/cart.sh");
        git.write("src/cart.sh", "echo 3\n");

        assertThatThrownBy(() -> result.apply(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_CONFLICT);
            assertThat(e.why()).contains("staged with contents of your own");
        });
        assertThat(git.run("show", ":src/cart.sh")).isEqualTo("only in the index");
    }

    @Test
    void an_unfinished_merge_of_the_file_is_a_conflict() throws IOException {
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));
        String blob = git.run("rev-parse", "HEAD:src/cart.sh");
        git.bytes(
                ("0 " + "0".repeat(40) + "\tsrc/cart.sh\n100644 " + blob + " 1\tsrc/cart.sh\n100644 " + blob
                                + " 2\tsrc/cart.sh\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "update-index",
                "--index-info");

        assertThatThrownBy(() -> result.apply(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_CONFLICT);
            assertThat(e.why()).contains("in the middle of a merge");
        });
    }

    @Test
    void a_check_says_what_would_happen_and_writes_nothing_at_all() throws IOException {
        TaskResult result = result(ResultApplierTest::everything);
        Map<String, String> before = Listing.exact(git.folder());

        ApplyReport report = result.check(git.folder());

        assertThat(Listing.exact(git.folder())).isEqualTo(before);
        assertThat(report.changes())
                .extracting(change -> change.status() + " " + change.path())
                .containsExactlyInAnyOrder(
                        "M src/cart.sh",
                        "A new/deep/c.txt",
                        "D old/a.txt",
                        "D old/deep/b.txt",
                        "M README.md",
                        "M link",
                        "D src/lib/sum.sh",
                        "A src/total.sh");
    }

    @Test
    void whatever_write_fails_everything_is_put_back() throws IOException {
        TaskResult result = result(work -> {
            everything(work);
            Files.delete(work.resolve("run.sh"));
            write(work, "run.sh/a", "a\n");
        });
        Map<String, String> before = Listing.files(git.folder());
        byte[] index = Files.readAllBytes(git.at(".git/index"));

        int failures = 0;
        while (fails(result, failures)) {
            assertThat(Listing.files(git.folder()))
                    .as("after failure " + failures)
                    .isEqualTo(before);
            assertThat(git.at(".git/index")).hasBinaryContent(index);
            assertThat(git.at(".git/index.lock")).doesNotExist();
            failures++;
        }

        assertThat(failures).as("every write was made to fail once").isGreaterThan(15);
        assertThat(git.at("src/cart.sh")).hasContent("echo 6");
        assertThat(git.run("diff", "--name-only")).isEmpty();
    }

    private boolean fails(TaskResult result, int at) {
        int[] seen = {0};
        try {
            ResultApplier.apply(
                    ProjectFolder.at(git.folder(), Optional.empty()),
                    result.changeSet(),
                    result.pack(),
                    Delivery.written(),
                    path -> {
                        if (seen[0]++ == at) {
                            throw new FileSystemException(path.toString(), null, "No space left on device");
                        }
                    });
            return false;
        } catch (BelayException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.E_INTERNAL);
            assertThat(e.why()).contains("No space left on device");
            assertThat(e.work()).isEqualTo("everything was put back");
            return true;
        }
    }

    @Test
    void an_edit_between_the_look_and_the_write_is_a_conflict_and_survives() throws IOException {
        TaskResult result = result(ResultApplierTest::everything);

        assertThatThrownBy(() -> ResultApplier.apply(
                        ProjectFolder.at(git.folder(), Optional.empty()),
                        result.changeSet(),
                        result.pack(),
                        Delivery.written(),
                        path -> Files.writeString(git.at("src/cart.sh"), "a late edit\n")))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_CONFLICT));
        assertThat(git.at("src/cart.sh")).hasContent("a late edit");
        assertThat(git.status()).isEqualTo(" M src/cart.sh");
    }

    @Test
    void an_index_lock_of_another_git_is_an_error_and_stays() throws IOException {
        TaskResult result = result(ResultApplierTest::everything);
        Files.createFile(git.at(".git/index.lock"));
        Map<String, String> before = Listing.exact(git.folder());

        assertThatThrownBy(() -> result.apply(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_BUSY);
            assertThat(e.why()).contains("index.lock");
            assertThat(e.next()).contains("rm " + git.at(".git/index.lock"));
        });
        assertThat(Listing.exact(git.folder())).isEqualTo(before);
    }

    @Test
    void the_index_is_locked_while_files_are_written() throws IOException {
        TaskResult result = result(ResultApplierTest::everything);

        ResultApplier.apply(
                ProjectFolder.at(git.folder(), Optional.empty()),
                result.changeSet(),
                result.pack(),
                Delivery.written(),
                path -> assertThat(git.at(".git/index.lock")).exists());

        assertThat(git.at(".git/index.lock")).doesNotExist();
    }

    @Test
    void applying_twice_is_applying_once() throws IOException {
        TaskResult result = result(ResultApplierTest::everything);
        result.apply(git.folder());
        String status = git.status();

        ApplyReport again = result.apply(git.folder());

        assertThat(again.changes()).isEmpty();
        assertThat(again.undo()).isEmpty();
        assertThat(again.notes()).singleElement().asString().startsWith("here already as the result has them: ");
        assertThat(git.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git/hooks/post-checkout",
                "src/../.git/config",
                "src/.git/hooks/pre-commit",
                ".GIT/config",
                "git~1/config",
                ".git /config",
                ".g\u200cit/config",
                "src\\.git\\config",
                "../outside",
                "src/../../outside",
                "/etc/belay-canary",
                "./README2",
                "src//x",
                "src/",
                "",
                "a\0b",
                "a\uFFFDb"
            })
    void a_name_that_leaves_the_project_is_refused(String path) throws IOException {
        TaskResult result = TaskResult.named(temporary.resolve("scratch"), path, 0100755, "canary\n");
        Map<String, String> before = Listing.exact(temporary.resolve("shop"));

        assertThatThrownBy(() -> result.apply(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_DENIED);
            assertThat(e.what()).startsWith("the result changes ");
        });
        assertThat(Listing.exact(temporary.resolve("shop"))).isEqualTo(before);
        assertThat(temporary.resolve("outside")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {0160000, 040000, 0100666, 0104755, 020644})
    void a_mode_that_is_no_file_is_refused(int mode) throws IOException {
        TaskResult result = TaskResult.named(temporary.resolve("scratch"), "lib", mode, "x\n");

        assertThatThrownBy(() -> result.apply(git.folder()))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_DENIED));
        assertThat(git.at("lib")).doesNotExist();
    }

    @Test
    void nothing_is_written_through_a_link_of_the_result_itself() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        TaskResult first = TaskResult.named(temporary.resolve("one"), "door", 0120000, outside.toString());
        TaskResult second = TaskResult.named(temporary.resolve("two"), "door/canary", 0100644, "canary\n");

        ApplyReport report = first.apply(git.folder());

        assertThat(report.notes()).containsExactly("a link that leads out of the project: door → " + outside);
        assertThatThrownBy(() -> second.apply(git.folder()))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_CONFLICT));
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void a_result_with_a_file_and_a_folder_of_one_name_is_refused() throws IOException {
        TaskResult link = TaskResult.named(temporary.resolve("one"), "door", 0120000, "/tmp");
        List<dev.belay.proto.json.Json> entries =
                new java.util.ArrayList<>(link.changeSet().get("entries").items());
        entries.add(TaskResult.entry("door/canary", 0, "", 0100644, "1".repeat(40)));

        assertThatThrownBy(() -> ResultApplier.apply(
                        ProjectFolder.at(git.folder(), Optional.empty()),
                        TaskResult.set(entries),
                        link.pack(),
                        Delivery.written()))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_DENIED));
        assertThat(git.status()).isEmpty();
    }

    @Test
    void a_submodule_is_not_written_into() throws IOException {
        Git library = Git.with(temporary.resolve("library"), "a.c", "a\n");
        git.run(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                library.folder().toString(),
                "lib");
        git.commit("with a submodule");
        TaskResult result = result(work -> write(work, "lib/a.c", "b\n"));

        assertThatThrownBy(() -> result.apply(git.folder())).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_DENIED);
            assertThat(e.why()).contains("lib is a submodule");
        });
        assertThat(git.at("lib/a.c")).hasContent("a");
    }

    @Test
    void a_nested_repository_is_written_and_not_staged() throws IOException {
        Git nested = Git.with(git.at("vendor"), "v.c", "v\n");
        TaskResult result = result(work -> write(work, "vendor/v.c", "w\n"));

        ApplyReport report = result.apply(git.folder());

        assertThat(report.staged()).isFalse();
        assertThat(report.notes()).anyMatch(note -> note.contains("repository of their own: vendor/v.c"));
        assertThat(nested.status()).isEqualTo(" M v.c");
        assertThat(git.run("diff", "--cached", "--name-only")).isEmpty();
    }

    @Test
    void what_git_ignores_is_left_out_and_named() throws IOException {
        git.write(".gitignore", "/build/\n*.log\n");
        git.commit("ignore");
        git.write("build/mine.o", "mine\n");
        TaskResult result = result(work -> {
            write(work, "build/mine.o", "theirs\n");
            write(work, "src/run.log", "log\n");
            write(work, "src/new.sh", "new\n");
        });

        ApplyReport report = result.apply(git.folder());

        assertThat(report.paths()).containsExactly("src/new.sh");
        assertThat(report.notes()).containsExactly("left out, git ignores them: build/mine.o, src/run.log");
        assertThat(git.at("build/mine.o")).hasContent("mine");
        assertThat(git.at("src/run.log")).doesNotExist();
    }

    @Test
    void a_file_that_git_would_convert_is_written_as_it_is_and_not_staged() throws IOException {
        git.write(".gitattributes", "*.txt text=auto\n*.big filter=lfs\n");
        git.commit("attributes");
        TaskResult result = result(work -> {
            write(work, "crlf.txt", "a\r\nb\r\n");
            write(work, "lf.txt", "a\nb\n");
            write(work, "x.big", "big\n");
        });

        ApplyReport report = result.apply(git.folder());

        assertThat(report.staged()).isFalse();
        assertThat(report.undo()).isEmpty();
        assertThat(report.notes())
                .containsExactly("written, not staged, because git would convert them (git add): crlf.txt, x.big");
        assertThat(git.at("crlf.txt")).hasBinaryContent("a\r\nb\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(git.run("diff", "--cached", "--name-only")).isEqualTo("lf.txt");
    }

    @Test
    void attributes_that_the_result_brings_count_already() throws IOException {
        TaskResult result = result(work -> {
            write(work, ".gitattributes", "[attr]heavy filter=lfs\n*.big heavy\n");
            write(work, "x.big", "big\n");
        });

        assertThat(result.apply(git.folder()).notes()).anyMatch(note -> note.endsWith("(git add): x.big"));
    }

    @Test
    void a_split_index_is_left_to_git() throws IOException {
        git.run("update-index", "--split-index");
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));

        ApplyReport report = result.apply(git.folder());

        assertThat(report.staged()).isFalse();
        assertThat(report.notes()).anyMatch(note -> note.startsWith("written, not staged: only git itself"));
        assertThat(git.status()).isEqualTo(" M src/cart.sh");
        assertThat(git.at(".git/index.lock")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3", "4"})
    void every_version_of_the_index_is_written_so_that_git_reads_it(String version) throws IOException {
        git.run("update-index", "--index-version", version);
        TaskResult result = result(ResultApplierTest::everything);

        assertThat(result.apply(git.folder()).staged()).isTrue();

        assertThat(git.run("diff", "--name-only")).isEmpty();
        assertThat(git.run("diff", "--cached", "--name-only").lines()).hasSize(7);
    }

    @Test
    void a_file_that_a_sparse_checkout_keeps_away_is_brought() throws IOException {
        git.run("sparse-checkout", "set", "--no-cone", "/*", "!/old/");
        assertThat(git.at("old/a.txt")).doesNotExist();
        TaskResult result = result(work -> {
            write(work, "old/a.txt", "a2\n");
            Files.delete(work.resolve("old/deep/b.txt"));
        });

        result.apply(git.folder());

        assertThat(git.status()).isEqualTo("M  old/a.txt\nD  old/deep/b.txt");
        assertThat(git.at("old/a.txt")).hasContent("a2");
    }

    @Test
    void a_linked_worktree_is_staged_in_its_own_index() throws IOException {
        Path other = temporary.resolve("other");
        git.run("worktree", "add", "-q", other.toString());
        Git worktree = new Git(other.toRealPath());
        TaskResult result = TaskResult.of(
                worktree.folder(), temporary.resolve("scratch"), work -> write(work, "src/cart.sh", "echo 6\n"));

        result.apply(worktree.folder());

        assertThat(worktree.status()).isEqualTo("M  src/cart.sh");
        assertThat(git.status()).isEmpty();
    }

    @Test
    void a_repository_without_a_commit_is_staged_into() throws IOException {
        Git empty = Git.init(temporary.resolve("empty"));
        TaskResult result =
                TaskResult.of(empty.folder(), temporary.resolve("scratch"), work -> write(work, "first.txt", "1\n"));

        ApplyReport report = result.apply(empty.folder());

        assertThat(report.staged()).isTrue();
        assertThat(empty.status()).isEqualTo("A  first.txt");
    }

    @Test
    void outside_of_git_files_are_written_and_nothing_is_staged() throws IOException {
        Path plain = Files.createDirectory(temporary.resolve("plain"));
        write(plain, "a.txt", "a\n");
        write(plain, "gone/b.txt", "b\n");
        TaskResult result = TaskResult.of(plain, temporary.resolve("scratch"), work -> {
            write(work, "a.txt", "a2\n");
            write(work, "c.txt", "c\n");
            Files.delete(work.resolve("gone/b.txt"));
        });

        ApplyReport report = result.apply(plain);

        assertThat(report.staged()).isFalse();
        assertThat(report.undo()).isEmpty();
        assertThat(Listing.files(plain).keySet()).containsExactly("", "a.txt", "c.txt");
        assertThat(plain.resolve("a.txt")).hasContent("a2");
    }

    @Test
    void only_the_folder_that_was_asked_for_is_written() throws IOException {
        TaskResult result = result(work -> write(work, "README.md", "changed\n"));

        assertThatThrownBy(() -> ResultApplier.apply(
                        ProjectFolder.at(git.folder(), Optional.of(Path.of("src"))),
                        result.changeSet(),
                        result.pack(),
                        Delivery.written()))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_DENIED));
        assertThat(git.status()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 40})
    void a_pack_that_is_cut_off_changes_nothing(int bytes) throws IOException {
        TaskResult result = result(ResultApplierTest::everything);
        Files.write(result.pack(), java.util.Arrays.copyOf(Files.readAllBytes(result.pack()), bytes));
        Map<String, String> before = Listing.exact(git.folder());

        assertThatThrownBy(() -> result.apply(git.folder()))
                .isInstanceOfSatisfying(
                        BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_PACK_REFUSED));
        assertThat(Listing.exact(git.folder())).isEqualTo(before);
    }

    @Test
    void the_client_of_this_build_applies() throws IOException {
        TaskResult result = result(work -> write(work, "src/cart.sh", "echo 6\n"));
        Bindings bindings = Bindings.ofThisBuild();

        ResultTarget.Applied applied = bindings.results()
                .apply(
                        bindings.projects().open(git.at("src"), Optional.empty()),
                        result.changeSet(),
                        result.pack(),
                        Delivery.written());

        assertThat(applied.files()).containsExactly("src/cart.sh");
        assertThat(applied.staged()).isTrue();
        assertThat(applied.undo()).isEqualTo("git -C " + git.folder() + " restore --staged --worktree -- src/cart.sh");
    }

    @Test
    void a_thousand_files_are_applied_in_a_moment() throws IOException {
        TaskResult result = result(work -> {
            for (int i = 0; i < 1000; i++) {
                write(work, "gen/" + i % 20 + "/" + i + ".txt", "n " + i + "\n");
            }
        });
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();

        ApplyReport report = result.apply(git.folder());

        assertThat(report.changes()).hasSize(1000);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(clock.getCurrentThreadCpuTime() - start))
                .isLessThan(15);
        assertThat(Files.exists(git.at("gen/7/7.txt"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }
}
