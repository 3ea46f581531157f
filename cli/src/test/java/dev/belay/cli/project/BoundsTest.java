package dev.belay.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.cli.project.TaskResult.Work;
import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a result comes into the folder when the task's policy says where it may change things. */
class BoundsTest {
    private static final String SRC_AND_TESTS = "files: {write: [./src, ./tests]}";

    @TempDir
    private Path temporary;

    private Git git;

    @BeforeEach
    void a_project() throws IOException {
        git = Git.with(
                temporary.resolve("shop"),
                "README.md",
                "shop\n",
                "Makefile",
                "test:\n",
                "src/cart.sh",
                "echo 3\n",
                "src/made/list.txt",
                "list\n",
                "docs/use.md",
                "use\n");
    }

    private static Policy policy(String rules) {
        Compiled compiled =
                PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", "policy: belay/1\n" + rules + "\n")));
        assertThat(compiled.problems()).isEmpty();
        return compiled.policy();
    }

    private static Delivery delivery(String rules, String... agreed) {
        return new Delivery("t-1", false, List.of(agreed), false, policy(rules));
    }

    private static Delivery leavingProtected(String rules) {
        return new Delivery("t-1", false, List.of(), true, policy(rules));
    }

    private TaskResult result(Work work) throws IOException {
        return TaskResult.of(git.folder(), temporary.resolve("scratch-" + System.nanoTime()), work);
    }

    private ApplyReport apply(Delivery delivery, Work work) throws IOException {
        return apply(delivery, result(work));
    }

    private ApplyReport apply(Delivery delivery, TaskResult result) {
        return ResultApplier.apply(
                ProjectFolder.at(git.folder(), Optional.empty()), result.changeSet(), result.pack(), delivery);
    }

    private static void write(Path folder, String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void insideAndOutside(Path work) throws IOException {
        write(work, "src/cart.sh", "echo 6\n");
        write(work, "tests/cart_test.sh", "ok\n");
        write(work, "README.md", "a better shop\n");
        write(work, "srcs/near.sh", "near\n");
    }

    private BelayException refused(Delivery delivery, Work work) throws IOException {
        TaskResult result = result(work);
        Map<String, String> before = Listing.files(git.folder());
        BelayException error = catchThrowableOfType(BelayException.class, () -> apply(delivery, result));
        assertThat(Listing.files(git.folder())).isEqualTo(before);
        assertThat(git.status()).isEmpty();
        return error;
    }

    @Test
    void what_lies_outside_is_left_out_and_named_and_the_rest_is_staged() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS), BoundsTest::insideAndOutside);

        assertThat(report.paths()).containsExactlyInAnyOrder("src/cart.sh", "tests/cart_test.sh");
        assertThat(report.staged()).isTrue();
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note)
                        .contains("README.md, srcs/near.sh")
                        .contains(".belay/policy.yaml:2")
                        .contains("--agree"));
        assertThat(git.status()).isEqualTo("M  src/cart.sh\nA  tests/cart_test.sh");
        assertThat(git.at("README.md")).hasContent("shop");
        assertThat(git.at("srcs")).doesNotExist();
    }

    @Test
    void a_check_names_the_same_and_writes_nothing() throws IOException {
        TaskResult result = result(BoundsTest::insideAndOutside);
        ApplyReport checked = apply(new Delivery("t-1", true, List.of(), false, policy(SRC_AND_TESTS)), result);
        String status = git.status();

        ApplyReport written = apply(delivery(SRC_AND_TESTS), result);

        assertThat(status).isEmpty();
        assertThat(checked.paths()).isEqualTo(written.paths());
        assertThat(checked.notes()).isEqualTo(written.notes());
    }

    @Test
    void the_undo_takes_back_what_was_let_in() throws IOException, InterruptedException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS), BoundsTest::insideAndOutside);

        int exit = new ProcessBuilder("sh", "-c", report.undo())
                .inheritIO()
                .start()
                .waitFor();

        assertThat(exit).isZero();
        assertThat(git.status()).isEmpty();
    }

    @Test
    void where_all_of_it_lies_outside_nothing_is_touched() throws IOException {
        TaskResult result = result(work -> write(work, "README.md", "a better shop\n"));
        Map<String, String> before = Listing.files(git.folder());
        byte[] index = Files.readAllBytes(git.at(".git/index"));

        ApplyReport report = apply(delivery(SRC_AND_TESTS), result);

        assertThat(Listing.files(git.folder())).isEqualTo(before);
        assertThat(git.at(".git/index")).hasBinaryContent(index);
        assertThat(report.changes()).isEmpty();
        assertThat(report.staged()).isFalse();
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("change it: README.md"));
    }

    @Test
    void many_that_are_left_out_are_counted() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS), work -> {
            for (int i = 0; i < 7; i++) {
                write(work, "out/f" + i, "f\n");
            }
        });

        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("out/f4 and 2 more"));
    }

    @Test
    void what_a_person_agrees_to_comes_in_alone() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS, "README.md"), BoundsTest::insideAndOutside);

        assertThat(git.status()).isEqualTo("M  README.md\nM  src/cart.sh\nA  tests/cart_test.sh");
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("srcs/near.sh").doesNotContain("README.md"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs", "docs/", "./docs"})
    void a_folder_can_be_agreed_to(String agreed) throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS, agreed), work -> {
            write(work, "docs/use.md", "used\n");
            write(work, "docs/deep/more.md", "more\n");
            write(work, "docs.md", "beside\n");
        });

        assertThat(git.status()).isEqualTo("A  docs/deep/more.md\nM  docs/use.md");
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("docs.md"));
    }

    @Test
    void agreeing_to_what_the_result_does_not_have_is_refused() throws IOException {
        BelayException error = refused(delivery(SRC_AND_TESTS, "READ.md"), BoundsTest::insideAndOutside);

        assertThat(error.code()).isEqualTo(ErrorCode.E_USAGE);
        assertThat(error.what()).contains("--agree READ.md");
    }

    @Test
    void a_protected_file_inside_is_held_back_all_the_same() throws IOException {
        BelayException error = refused(delivery(SRC_AND_TESTS), work -> {
            write(work, "src/cart.sh", "echo 6\n");
            write(work, "src/.envrc", "export A=1\n");
        });

        assertThat(error.code()).isEqualTo(ErrorCode.E_PROTECTED);
        assertThat(error.what()).contains("src/.envrc");
    }

    @Test
    void a_protected_file_that_is_named_by_the_policy_is_held_back_all_the_same() throws IOException {
        BelayException error = refused(
                delivery("files: {write: [./.github/workflows/ci.yml]}"),
                work -> write(work, ".github/workflows/ci.yml", "on: push\n"));

        assertThat(error.code()).isEqualTo(ErrorCode.E_PROTECTED);
    }

    @Test
    void a_protected_file_inside_can_be_left_while_the_rest_comes_in() throws IOException {
        ApplyReport report = apply(leavingProtected(SRC_AND_TESTS), work -> {
            write(work, "src/cart.sh", "echo 6\n");
            write(work, "src/.envrc", "export A=1\n");
            write(work, "README.md", "a better shop\n");
        });

        assertThat(git.status()).isEqualTo("M  src/cart.sh");
        assertThat(report.notes())
                .hasSize(2)
                .anyMatch(note -> note.contains("policy") && note.contains("README.md"))
                .anyMatch(note -> note.contains("protected") && note.contains("src/.envrc"));
    }

    @Test
    void a_protected_file_outside_is_left_out_and_stops_nothing() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS), work -> {
            write(work, "src/cart.sh", "echo 6\n");
            write(work, ".envrc", "export A=1\n");
        });

        assertThat(git.status()).isEqualTo("M  src/cart.sh");
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains(".envrc"));
    }

    @Test
    void a_protected_file_outside_that_a_person_agrees_to_comes_in() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS, ".envrc"), work -> write(work, ".envrc", "export A=1\n"));

        assertThat(git.status()).isEqualTo("A  .envrc");
        assertThat(report.notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "restricted: []",
                "network: {allow: [example.com]}",
                "restricted: [Bash(git push *)]",
                "restricted: [Read(README.md)]",
                "tools: {allowed: [Read]}",
                "limits: {max_turns: 3}",
            })
    void a_policy_that_does_not_speak_of_changes_leaves_nothing_out(String rules) throws IOException {
        ApplyReport report = apply(delivery(rules), BoundsTest::insideAndOutside);

        assertThat(git.status()).isEqualTo("M  README.md\nM  src/cart.sh\nA  srcs/near.sh\nA  tests/cart_test.sh");
        assertThat(report.staged()).isTrue();
        assertThat(report.notes()).isEmpty();
    }

    @Test
    void without_bounds_a_protected_file_is_held_back_as_ever() throws IOException {
        BelayException error =
                refused(delivery("restricted: [Bash(git push *)]"), work -> write(work, ".envrc", "export A=1\n"));

        assertThat(error.code()).isEqualTo(ErrorCode.E_PROTECTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "restricted: [Edit(src/made/**)]",
                "ask: [Edit(src/made/**)]",
                "restricted: [Edit(src/made/**)]\nfiles: {write: [./src]}",
            })
    void what_is_restricted_or_asked_about_is_left_out_also_inside(String rules) throws IOException {
        ApplyReport report = apply(delivery(rules), work -> {
            write(work, "src/cart.sh", "echo 6\n");
            write(work, "src/made/list.txt", "other\n");
        });

        assertThat(git.status()).isEqualTo("M  src/cart.sh");
        assertThat(report.notes())
                .singleElement()
                .satisfies(
                        note -> assertThat(note).contains("src/made/list.txt").contains("Edit(src/made/**)"));
    }

    @Test
    void what_is_deleted_outside_stays_and_what_is_deleted_inside_goes() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS), work -> {
            Files.delete(work.resolve("README.md"));
            Files.delete(work.resolve("src/cart.sh"));
        });

        assertThat(git.status()).isEqualTo("D  src/cart.sh");
        assertThat(git.at("README.md")).hasContent("shop");
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("README.md"));
    }

    @Test
    void a_file_moved_in_from_outside_is_there_twice() throws IOException {
        apply(delivery(SRC_AND_TESTS), work -> Files.move(work.resolve("docs/use.md"), work.resolve("src/use.md")));

        assertThat(git.status()).isEqualTo("A  src/use.md");
        assertThat(git.at("docs/use.md")).hasContent("use");
    }

    @Test
    void a_file_moved_out_is_named_at_the_place_that_it_did_not_come_to() throws IOException {
        ApplyReport report = apply(
                delivery(SRC_AND_TESTS), work -> Files.move(work.resolve("src/cart.sh"), work.resolve("docs/cart.sh")));

        assertThat(git.status()).isEqualTo("D  src/cart.sh");
        assertThat(git.at("docs/cart.sh")).doesNotExist();
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("docs/cart.sh"));
        assertThat(report.undo()).isNotEmpty();
    }

    @Test
    void a_file_moved_about_outside_stays_where_it_was() throws IOException {
        ApplyReport report = apply(
                delivery(SRC_AND_TESTS), work -> Files.move(work.resolve("docs/use.md"), work.resolve("docs/used.md")));

        assertThat(git.status()).isEmpty();
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("docs/use.md, docs/used.md"));
    }

    @Test
    void a_mode_and_a_link_outside_are_changes_too() throws IOException {
        ApplyReport report = apply(delivery(SRC_AND_TESTS), work -> {
            Files.setPosixFilePermissions(work.resolve("Makefile"), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.createSymbolicLink(work.resolve("link"), Path.of("src/cart.sh"));
        });

        assertThat(git.status()).isEmpty();
        assertThat(report.notes())
                .singleElement()
                .satisfies(note -> assertThat(note).contains("Makefile, link"));
    }

    @Test
    void what_the_person_changed_outside_is_no_conflict() throws IOException {
        TaskResult result = result(BoundsTest::insideAndOutside);
        git.write("README.md", "my shop\n");

        ApplyReport report = apply(delivery(SRC_AND_TESTS), result);

        assertThat(report.paths()).containsExactlyInAnyOrder("src/cart.sh", "tests/cart_test.sh");
        assertThat(git.at("README.md")).hasContent("my shop");
    }

    @Test
    void what_the_person_changed_inside_is_a_conflict_as_ever() throws IOException {
        TaskResult result = result(BoundsTest::insideAndOutside);
        git.write("src/cart.sh", "echo mine\n");

        BelayException error = catchThrowableOfType(BelayException.class, () -> apply(delivery(SRC_AND_TESTS), result));

        assertThat(error.code()).isEqualTo(ErrorCode.E_CONFLICT);
        assertThat(git.status()).isEqualTo(" M src/cart.sh");
        assertThat(git.at("tests")).doesNotExist();
    }
}
