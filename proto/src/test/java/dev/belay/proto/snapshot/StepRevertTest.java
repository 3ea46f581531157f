package dev.belay.proto.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.snapshot.StepRevert.Outcome;
import dev.belay.proto.v1.NotCaptured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step did, what came later, and what is left when the step alone is undone. */
class StepRevertTest {
    private static final String LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

    private final FreshObjects store = new FreshObjects();
    private final ObjectReader reader =
            store.over(new InMemoryRepository(new DfsRepositoryDescription("none")).newObjectReader());

    /**
     * @param before the state that the step began with, {@code after} the one that it left, {@code now} the one that later
     *     steps left
     * @param then what is expected: a project, or the paths in the way with why
     */
    record Case(String name, Project before, Project after, Project now, Object then) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case same(String name, Project before, Project after, Project now, Project then) {
        return new Case(name, before, after, now, then);
    }

    private static Case conflict(String name, Project before, Project after, Project now, String... paths) {
        return new Case(name, before, after, now, List.of(paths));
    }

    private static Project p(String... pairs) {
        return Project.of(pairs);
    }

    static Stream<Case> cases() {
        String top = LINES.replace("1\n", "one\n");
        String end = LINES.replace("9\n", "nine\n");
        String both = top.replace("9\n", "nine\n");
        return Stream.of(
                same("1 a modified file", p("a", "x"), p("a", "y"), p("a", "y", "b", "new"), p("a", "x", "b", "new")),
                same("2 a file that was made", p(), p("a", "x"), p("a", "x", "b", "y"), p("b", "y")),
                same("3 a file that was removed", p("a", "x"), p(), p("b", "y"), p("a", "x", "b", "y")),
                same("4 other lines of one file", p("a", LINES), p("a", top), p("a", both), p("a", end)),
                conflict("5 the same line", p("a", "x\n"), p("a", "y\n"), p("a", "z\n"), "a LINES"),
                conflict(
                        "6 neighbouring lines",
                        p("a", "1\n2\n3\n"),
                        p("a", "1\ntwo\n3\n"),
                        p("a", "1\ntwo\nthree\n"),
                        "a LINES"),
                same(
                        "7 the same change was made by hand",
                        p("a", "x\n"),
                        p("a", "y\n", "b", "y"),
                        p("a", "x\n", "b", "y"),
                        p("a", "x\n")),
                conflict(
                        "8 it was made, and changed later",
                        p("k", ""),
                        p("k", "", "a", "x"),
                        p("k", "", "a", "y"),
                        "a CHANGED"),
                same("9 it was made, and removed later", p("b", "1"), p("a", "x", "b", "2"), p("b", "2"), p("b", "1")),
                conflict("10 it was changed, and removed later", p("a", "x"), p("a", "y"), p("b", ""), "a REMOVED"),
                conflict("11 it was removed, and made anew", p("a", "x"), p(), p("a", "other"), "a ADDED"),
                same(
                        "12 it was removed, and made again alike",
                        p("a", "x", "b", "1"),
                        p("b", "2"),
                        p("a", "x", "b", "2"),
                        p("a", "x", "b", "1")),
                same("13 an execute bit", p("a", "x"), p("a", "755|x"), p("a", "755|x", "b", ""), p("a", "x", "b", "")),
                same(
                        "14 an execute bit, and the text later",
                        p("a", "x"),
                        p("a", "755|x"),
                        p("a", "755|y"),
                        p("a", "y")),
                same(
                        "15 the text, and an execute bit later",
                        p("a", "x"),
                        p("a", "y"),
                        p("a", "755|y"),
                        p("a", "755|x")),
                same(
                        "16 odd permissions",
                        p("a", "x"),
                        p("a", "600|x"),
                        p("a", "600|x", "b", ""),
                        p("a", "x", "b", "")),
                same("17 odd permissions given later stay", p("a", "x"), p("a", "y"), p("a", "600|y"), p("a", "600|x")),
                conflict("18 permissions twice", p("a", "x"), p("a", "600|x"), p("a", "640|x"), "a MODE"),
                conflict("18b permissions and an execute bit", p("a", "x"), p("a", "600|x"), p("a", "755|x"), "a MODE"),
                same(
                        "19 a symlink that was turned",
                        p("l", "link|a"),
                        p("l", "link|b"),
                        p("l", "link|b", "c", ""),
                        p("l", "link|a", "c", "")),
                conflict(
                        "20 a symlink that was turned twice",
                        p("l", "link|a"),
                        p("l", "link|b"),
                        p("l", "link|c"),
                        "l TYPE"),
                same(
                        "21 a file became a symlink",
                        p("a", "x"),
                        p("a", "link|y"),
                        p("a", "link|y", "b", ""),
                        p("a", "x", "b", "")),
                conflict(
                        "22 a file became a symlink, which was turned",
                        p("a", "x"),
                        p("a", "link|y"),
                        p("a", "link|z"),
                        "a TYPE"),
                same(
                        "23 a file became a directory",
                        p("a", "x"),
                        p("a/in", "y"),
                        p("a/in", "y", "b", ""),
                        p("a", "x", "b", "")),
                conflict(
                        "24 a file became a directory, and got another file",
                        p("a", "x"),
                        p("a/in", "y"),
                        p("a/in", "y", "a/more", "z"),
                        "a PLACE"),
                same(
                        "25 a directory became a file",
                        p("d/x", "1", "d/y", "2"),
                        p("d", "f"),
                        p("d", "f", "b", ""),
                        p("d/x", "1", "d/y", "2", "b", "")),
                conflict(
                        "26 a directory became a file, which was changed",
                        p("d/x", "1"),
                        p("d", "f"),
                        p("d", "g"),
                        "d CHANGED",
                        "d PLACE"),
                same("27 a binary file", p("a", "\0x"), p("a", "\0y"), p("a", "\0y", "b", ""), p("a", "\0x", "b", "")),
                conflict(
                        "28 a binary file twice",
                        p("a", "\0" + LINES),
                        p("a", "\0" + top),
                        p("a", "\0" + both),
                        "a BINARY"),
                same(
                        "29 an empty directory was made",
                        p("a", "x"),
                        p("a", "x", "d", "empty"),
                        p("a", "y", "d", "empty"),
                        p("a", "y")),
                same(
                        "30 an empty directory was removed",
                        p("d", "empty", "a", "x"),
                        p("a", "x"),
                        p("a", "y"),
                        p("d", "empty", "a", "y")),
                same(
                        "31 an empty directory was filled later",
                        p("a", "x"),
                        p("d", "empty", "a", "y"),
                        p("d/f", "1", "a", "y"),
                        p("d/f", "1", "a", "x")),
                same(
                        "32 a directory loses its last file, and stays",
                        p("d/f", "1", "a", "x"),
                        p("d/f", "1", "d/g", "2"),
                        p("d/g", "2"),
                        p("d", "empty", "a", "x")),
                same(
                        "33 a directory goes with its last file",
                        p("a", "x"),
                        p("a", "x", "d/e/f", "1"),
                        p("a", "y", "d/e/f", "1"),
                        p("a", "y")),
                same(
                        "34 a directory's mode",
                        p("d/f", "1"),
                        p("d/f", "1", "d", "mode|700"),
                        p("d/f", "2", "d", "mode|700"),
                        p("d/f", "2")),
                conflict(
                        "35 a directory's mode twice",
                        p("d/f", "1"),
                        p("d/f", "1", "d", "mode|700"),
                        p("d/f", "1", "d", "mode|750"),
                        "d MODE"),
                same(
                        "36 an empty directory's mode stays",
                        p("d", "empty|700", "a", "1"),
                        p("d", "empty|700", "a", "2"),
                        p("d", "empty|700", "a", "2", "b", ""),
                        p("d", "empty|700", "a", "1", "b", "")),
                conflict(
                        "37 a file wants the place of an empty directory",
                        p("d", "f"),
                        p("x", "1"),
                        p("x", "1", "d", "empty"),
                        "d PLACE"),
                same(
                        "38 a line without an end",
                        p("a", "1\n2\n3\n4"),
                        p("a", "1\n2\n3\nfour"),
                        p("a", "one\n2\n3\nfour"),
                        p("a", "one\n2\n3\n4")),
                conflict(
                        "39 the end of a line, and a line after it",
                        p("a", "1\n2"),
                        p("a", "1\n2\n"),
                        p("a", "1\n2\n3\n"),
                        "a LINES"),
                same(
                        "40 CR LF are bytes",
                        p("a", "1\r\n2\r\n3\r\n"),
                        p("a", "1\n2\r\n3\r\n"),
                        p("a", "1\n2\r\n3\r\n4\n"),
                        p("a", "1\r\n2\r\n3\r\n4\n")),
                same(
                        "41 names that are no UTF-8",
                        p("\u00ff\u00fe", "x"),
                        p("\u00ff\u00fe", "y"),
                        p("\u00ff\u00fe", "y", "b", ""),
                        p("\u00ff\u00fe", "x", "b", "")),
                same(
                        "42 names that sort as directories do",
                        p("a", "1", "a.b", "2"),
                        p("a/x", "1", "a.b", "3"),
                        p("a/x", "1", "a.b", "3", "a0", "4"),
                        p("a", "1", "a.b", "2", "a0", "4")),
                same(
                        "43 a submodule was moved on",
                        p("s", "sub|1"),
                        p("s", "sub|2"),
                        p("s", "sub|2", "b", ""),
                        p("s", "sub|1", "b", "")),
                conflict(
                        "44 a submodule was moved on twice",
                        p("s", "sub|1"),
                        p("s", "sub|2"),
                        p("s", "sub|3"),
                        "s TYPE"),
                same(
                        "45 .git was touched by the step alone",
                        p(".git", "one", "a", "x"),
                        p(".git", "two", "a", "y"),
                        p(".git", "two", "a", "y", "b", ""),
                        p(".git", "one", "a", "x", "b", "")),
                same(
                        "46 .git was touched later alone",
                        p(".git", "one", "a", "x"),
                        p(".git", "one", "a", "y"),
                        p(".git", "two", "a", "y"),
                        p(".git", "two", "a", "x")),
                same(
                        "47 .git was touched by both",
                        p(".git", "one", "a", "x"),
                        p(".git", "two", "a", "y"),
                        p(".git", "three", "a", "y"),
                        p(".git", "three", "a", "x")),
                conflict(
                        "48 .git was touched by both, and nothing else by the step",
                        p(".git", "one"),
                        p(".git", "two"),
                        p(".git", "three"),
                        ".git GIT"),
                same(
                        "49 attributes of the workspace have no say",
                        p(".gitattributes", "* merge=ours -text\n", "a", LINES),
                        p(".gitattributes", "* merge=ours -text\n", "a", top),
                        p(".gitattributes", "* merge=ours -text\n", "a", both),
                        p(".gitattributes", "* merge=ours -text\n", "a", end)),
                conflict(
                        "50 a large file takes the place of a small one",
                        p("a", "x"),
                        p("a", "left|large", "b", "1"),
                        p("a", "left|large", "b", "1"),
                        "a NOT_CAPTURED"),
                same(
                        "51 what is not captured stays beside it",
                        p("a", "x", "n", "left|bulk"),
                        p("a", "y", "n", "left|bulk"),
                        p("a", "y", "b", "", "n", "left|bulk"),
                        p("a", "x", "b", "", "n", "left|bulk")),
                conflict(
                        "52 a file wants the place of a directory that holds what is not captured",
                        p("d", "f"),
                        p("d/x", "1"),
                        p("d/x", "1", "d/n", "left|bulk"),
                        "d NOT_CAPTURED"),
                same(
                        "53 many files at once",
                        p("a", "1", "b", "1", "d/c", "1"),
                        p("a", "2", "d/c", "2", "d/e", "2"),
                        p("a", "2", "d/c", "2", "d/e", "2", "z", "3"),
                        p("a", "1", "b", "1", "d/c", "1", "z", "3")));
    }

    private Outcome revert(Project before, Project after, Project now) throws IOException {
        return StepRevert.of(reader, now.state(store), after.state(store), before.state(store));
    }

    private Object told(Outcome outcome) throws IOException {
        return switch (outcome) {
            case Outcome.Done done -> Project.read(done.objects().over(reader), done.state());
            case Outcome.Conflicts(List<Conflict> all) ->
                all.stream().map(one -> one.path() + " " + one.why()).toList();
            case Outcome.ChangedNothing nothing -> "changed nothing";
            case Outcome.NotThere gone -> "not there";
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void one_step_is_undone_and_later_ones_stay(Case row) throws IOException {
        assertThat(told(revert(row.before, row.after, row.now))).isEqualTo(row.then);
    }

    /** The control of each row: with nothing done later, undoing the step is going back, and nothing is in the way. */
    @ParameterizedTest
    @MethodSource("cases")
    void without_later_work_undoing_a_step_is_going_back(Case row) throws IOException {
        boolean large = row.name.startsWith("50");

        Object then = told(revert(row.before, row.after, row.after));

        assertThat(then).isEqualTo(large ? List.of("a NOT_CAPTURED") : row.before);
    }

    /** A merge has no direction: what came later, undone beside the step's own undoing, gives the same files. */
    @ParameterizedTest
    @MethodSource("cases")
    void the_two_sides_can_change_places(Case row) throws IOException {
        Object one = told(revert(row.before, row.after, row.now));
        Object other = told(revert(row.now, row.after, row.before));

        if (one instanceof Project files && !row.name.startsWith("47")) {
            assertThat(files(other instanceof String ? row.before : (Project) other))
                    .isEqualTo(files(files));
        } else if (!row.name.startsWith("47") && !row.name.startsWith("5")) {
            assertThat(other).isInstanceOf(List.class);
        }
    }

    private static Map<String, String> files(Project project) {
        Map<String, String> files = new TreeMap<>(project.entries());
        files.values().removeIf(text -> text.startsWith("left|"));
        return files;
    }

    /** Undoing the undoing gives the state back that was there. */
    @ParameterizedTest
    @MethodSource("cases")
    void a_revert_can_be_reverted(Case row) throws IOException {
        if (revert(row.before, row.after, row.now) instanceof Outcome.Done done) {
            Outcome again =
                    StepRevert.of(done.objects().over(reader), done.state(), done.state(), row.now.state(store));

            assertThat(again).isInstanceOf(Outcome.Done.class);
            assertThat(Project.read(done.objects().over(reader), ((Outcome.Done) again).state()))
                    .isEqualTo(row.now);
        }
    }

    @Test
    void a_step_that_changed_nothing_is_told_from_one_that_is_gone() throws IOException {
        assertThat(told(revert(p("a", "x"), p("a", "x"), p("a", "y")))).isEqualTo("changed nothing");
        assertThat(told(revert(p("a", "x"), p("a", "y"), p("a", "x")))).isEqualTo("not there");
    }

    @Test
    void what_of_the_step_is_left_is_said() throws IOException {
        Outcome outcome = revert(
                p(".git", "one", "a", "x", "big", "left|large"),
                p(".git", "two", "a", "y", "big", "left|larger", "n", "left|bulk"),
                p(".git", "three", "a", "y", "big", "left|larger", "n", "left|bulk"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.left())
                                .extracting(NotCaptured::getPath)
                                .containsExactly(".git", "big", "n"));
    }

    @Test
    void a_conflict_is_an_error_that_names_ten_paths_and_counts_the_rest() throws IOException {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        List<String> now = new ArrayList<>();
        for (int i = 10; i < 22; i++) {
            before.addAll(List.of("f" + i, "x"));
            after.addAll(List.of("f" + i, "y"));
            now.addAll(List.of("f" + i, "z"));
        }
        Outcome outcome = revert(
                p(before.toArray(String[]::new)), p(after.toArray(String[]::new)), p(now.toArray(String[]::new)));

        assertThatThrownBy(() -> RevertRefused.orDone(outcome, "t-7fq2", "s4", "the runner"))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.E_CONFLICT);
                    assertThat(error.what()).isEqualTo("s4 cannot be undone alone: 12 paths are in the way");
                    assertThat(error.why())
                            .startsWith("the runner: f10 (the same lines were changed again later)")
                            .contains("f19")
                            .doesNotContain("f20")
                            .endsWith("and 2 more");
                    assertThat(error.work()).isEqualTo(BelayException.NOTHING_CHANGED);
                    assertThat(error.next()).contains("belay diff t-7fq2 s4..head", "belay rollback t-7fq2");
                });
    }

    @Test
    void a_file_of_many_like_lines_is_merged_or_refused_in_bounded_time() throws IOException {
        String like = "}\n".repeat(60_000);

        long begun = System.nanoTime();
        Outcome outcome = revert(p("a", like), p("a", "{\n" + like), p("a", "{\n" + like + like.replace("}", ")")));

        assertThat((System.nanoTime() - begun) / 1_000_000_000).isLessThan(30);
        assertThat(outcome).isInstanceOfAny(Outcome.Done.class, Outcome.Conflicts.class);
    }
}
