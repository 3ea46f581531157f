package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Patches in a real sandbox. */
@Timeout(120)
class ApplyPatchToolTest {
    private static ConfinedHand confined;

    private Toolbox tools = toolbox(ToolChoice.ALL);

    @BeforeAll
    static void start() {
        confined = ConfinedHand.startForAll();
    }

    @AfterAll
    static void end() throws Exception {
        confined.close();
    }

    @BeforeEach
    void nothing_is_there() throws Exception {
        confined.sh("chmod -R u+rwX /workspace/* ; rm -rf /workspace/* /tmp/away");
    }

    @ParameterizedTest
    @MethodSource("dev.belay.runner.hands.PatchCases#applied")
    void a_patch_changes_what_it_says_and_nothing_else(PatchCase told) throws Exception {
        write(told.before());

        ToolOutcome outcome = patch(told.patch());

        assertThat(outcome.output()).doesNotStartWith("apply_patch").contains(told.says());
        assertThat(outcome.isError()).isFalse();
        assertFiles(told.expected());
    }

    @ParameterizedTest
    @MethodSource("dev.belay.runner.hands.PatchCases#refused")
    void a_patch_that_cannot_be_right_says_why_and_changes_nothing(PatchCase told) throws Exception {
        write(told.before());

        ToolOutcome outcome = patch(told.patch());

        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output()).startsWith("apply_patch").contains(told.says());
        assertFiles(told.before());
    }

    @ParameterizedTest
    @MethodSource("dev.belay.runner.hands.PatchCases#refused")
    void beside_a_section_that_cannot_be_right_no_other_is_carried_out(PatchCase told) throws Exception {
        write(told.before());
        confined.hand.write("/workspace/beside", bytes("x\n"));

        ToolOutcome outcome = patch(told.patch()
                .replaceFirst(
                        "(?m)^\\*\\*\\* Begin Patch$",
                        "*** Begin Patch\n*** Add File: made\n+x\n*** Update File: beside\n@@\n-x\n+y"));

        boolean changesNothingItself =
                told.says().equals("nothing would change") || told.says().startsWith("the patch has no");
        assertThat(outcome.isError()).isEqualTo(!changesNothingItself);
        assertThat(confined.workspace.resolve("beside")).hasContent(changesNothingItself ? "y\n" : "x\n");
        assertThat(Files.exists(confined.workspace.resolve("made"))).isEqualTo(changesNothingItself);
    }

    @Test
    void a_patch_made_of_random_edits_comes_to_what_the_edits_come_to() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            RandomPatch made = RandomPatch.of(new Random(seed));
            confined.hand.write("/workspace/f", bytes(made.before()));

            ToolOutcome outcome = patch(made.patch());

            assertThat(outcome.isError())
                    .as("seed %d: %s", seed, outcome.output())
                    .isFalse();
            assertThat(Files.readString(confined.workspace.resolve("f")))
                    .as("seed %d:\n%s", seed, made.patch())
                    .isEqualTo(made.after());
        }
    }

    @Test
    void bytes_that_are_no_letters_stay_as_they_are() throws Exception {
        byte[] before = {'a', '\n', (byte) 0xff, (byte) 0xfe, '\n', 'b', '\n'};
        confined.hand.write("/workspace/f", before);

        patch(sections("*** Update File: f\n@@\n-b\n+c\n"));

        before[5] = 'c';
        assertThat(Files.readAllBytes(confined.workspace.resolve("f"))).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"input", "patch", "Patch"})
    void its_field_goes_by_either_name(String field) throws Exception {
        ToolOutcome outcome = call("apply_patch", field, sections("*** Add File: n\n+x\n"));

        assertThat(outcome.isError()).isFalse();
        assertThat(confined.workspace.resolve("n")).hasContent("x\n");
    }

    @Test
    void what_was_read_can_be_deleted_and_what_has_changed_since_cannot() throws Exception {
        write(Map.of("f", "one\n", "g", "two\n"));
        call("Read", "file_path", "f");
        call("Read", "file_path", "g");
        confined.sh("echo three >> g");

        ToolOutcome deleted = patch(sections("*** Delete File: f\n"));
        ToolOutcome refused = patch(sections("*** Delete File: g\n"));

        assertThat(deleted.output()).isEqualTo("/workspace/f: deleted, −1");
        assertThat(refused.output()).contains("/workspace/g has changed since it was read");
        assertFiles(Map.of("f", PatchCase.GONE, "g", "two\nthree\n"));
    }

    @Test
    void a_read_file_is_replaced_by_deleting_and_adding_it() throws Exception {
        write(Map.of("f", "one\n"));
        call("Read", "file_path", "f");

        ToolOutcome outcome = patch(sections("*** Delete File: f\n*** Add File: f\n+two\n"));

        assertThat(outcome.output()).isEqualTo("/workspace/f: +1 −1");
        assertFiles(Map.of("f", "two\n"));
    }

    @Test
    void lines_that_a_patch_named_may_be_edited_and_the_file_not_be_replaced() throws Exception {
        write(Map.of("f", "one\ntwo\nthree\nfour\n"));
        patch(sections("*** Update File: f\n@@\n two\n-three\n+3\n"));

        ToolOutcome unseen = edit("f", "four", "4");
        ToolOutcome seen = edit("f", "two\n3", "2\n3");
        ToolOutcome replaced = write("f", "");

        assertThat(unseen.output()).contains("only a part of /workspace/f has been read");
        assertThat(seen.isError()).isFalse();
        assertThat(replaced.output()).contains("has been read only in part");
        assertFiles(Map.of("f", "one\n2\n3\nfour\n"));
    }

    @Test
    void a_file_that_was_read_stays_read_when_it_is_patched_and_moved() throws Exception {
        write(Map.of("f", "one\ntwo\n"));
        call("Read", "file_path", "f");
        patch(sections("*** Update File: f\n*** Move to: g\n@@\n-one\n+1\n"));

        ToolOutcome deleted = patch(sections("*** Delete File: g\n"));

        assertThat(deleted.output()).isEqualTo("/workspace/g: deleted, −2");
    }

    @Test
    void an_unread_file_cannot_be_deleted_by_way_of_another_name() throws Exception {
        write(Map.of("f", "one\ntwo\n"));

        ToolOutcome outcome = patch(sections("*** Update File: f\n*** Move to: g\n*** Delete File: g\n"));

        assertThat(outcome.output()).contains("/workspace/g has not been read in this task");
        assertFiles(Map.of("f", "one\ntwo\n"));
    }

    @Test
    void a_file_that_was_only_moved_has_not_been_read() throws Exception {
        write(Map.of("f", "one\n"));
        patch(sections("*** Update File: f\n*** Move to: t\n*** Update File: t\n*** Move to: g\n"));

        ToolOutcome replaced = write("g", "");

        assertThat(replaced.output()).contains("has been read only in part");
        assertFiles(Map.of("g", "one\n"));
    }

    @Test
    void a_file_that_has_changed_since_it_was_read_is_not_read_by_being_patched() throws Exception {
        write(Map.of("f", "one\ntwo\n"));
        call("Read", "file_path", "f");
        confined.sh("echo three >> f");
        patch(sections("*** Update File: f\n@@\n-one\n+1\n"));

        ToolOutcome replaced = write("f", "");

        assertThat(replaced.output()).contains("has been read only in part");
        assertFiles(Map.of("f", "1\ntwo\nthree\n"));
    }

    @Test
    void what_it_made_has_been_seen() throws Exception {
        patch(sections("*** Add File: n\n+one\n"));

        assertThat(edit("n", "one", "two").isError()).isFalse();
        assertThat(patch(sections("*** Delete File: n\n")).isError()).isFalse();
    }

    @Test
    void a_moved_program_can_still_be_run() throws Exception {
        confined.sh("printf '#!/bin/sh\\necho ran\\n' > p; chmod 755 p");

        patch(sections("*** Update File: p\n*** Move to: bin/q\n@@\n-echo ran\n+echo moved\n"));

        assertThat(confined.sh("./bin/q").out()).isEqualTo("moved\n");
        assertThat(confined.workspace.resolve("p")).doesNotExist();
    }

    @Test
    void a_write_that_fails_midway_is_told_with_what_was_written_before_it() throws Exception {
        write(Map.of("a", "one\n", "z", "one\n", "closed/b", "one\n"));
        confined.sh("chmod 555 closed");

        ToolOutcome outcome = patch(sections("*** Update File: a\n@@\n-one\n+1\n*** Add File: closed/c\n+x\n"
                + "*** Update File: z\n@@\n-one\n+1\n*** Update File: closed/b\n*** Move to: b\n"));

        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output())
                .startsWith("apply_patch: /workspace/closed/c was not written: ")
                .contains("Done before it: /workspace/a written.")
                .contains("Not done: /workspace/closed/c written, /workspace/z written, /workspace/b written,"
                        + " /workspace/closed/b taken away.");
        assertFiles(Map.of("a", "1\n", "z", "one\n", "closed/b", "one\n", "b", PatchCase.GONE));
    }

    @Test
    void a_file_that_cannot_be_taken_away_is_told_after_all_others_were_written() throws Exception {
        write(Map.of("closed/b", "one\n"));
        confined.sh("chmod 555 closed");

        ToolOutcome outcome = patch(sections("*** Update File: closed/b\n*** Move to: b\n"));

        assertThat(outcome.output())
                .contains("/workspace/closed/b was not taken away: ")
                .contains("Done before it: /workspace/b written.");
        assertFiles(Map.of("b", "one\n", "closed/b", "one\n"));
    }

    @Test
    void two_names_of_one_file_do_not_undo_each_other_unseen() throws Exception {
        write(Map.of("f", "one\ntwo\n"));
        confined.sh("ln -s f link");

        ToolOutcome outcome =
                patch(sections("*** Update File: f\n@@\n-one\n+the first\n*** Update File: link\n@@\n-two\n+2\n"));

        assertThat(outcome.output())
                .contains("/workspace/link was not written: it has changed since the patch was held");
        assertFiles(Map.of("f", "the first\ntwo\n"));
    }

    @Test
    void a_link_that_is_deleted_leaves_what_it_led_to() throws Exception {
        write(Map.of("f", ""));
        confined.sh("ln -s f link");

        patch(sections("*** Delete File: link\n"));

        assertThat(confined.sh("ls").out()).isEqualTo("f\n");
    }

    @Test
    void names_that_look_like_options_are_names() throws Exception {
        confined.sh("touch -- '-e'; touch '$(touch pwned)'");

        patch(sections("*** Delete File: -e\n*** Delete File: $(touch pwned)\n"));

        assertThat(confined.sh("ls -a").out()).isEqualTo(".\n..\n");
    }

    @Test
    void people_are_shown_the_first_file_and_how_many_more() {
        assertThat(summary("*** Add File: a b\n+x\n")).isEqualTo("a b");
        assertThat(summary("*** Update File: a\n@@\n-x\n+*** Add File: q\n*** Delete File: b\n*** Update File: a\n"))
                .isEqualTo("a and 1 more");
        assertThat(summary("nothing of it\n")).startsWith("*** Begin Patch nothing of it");
    }

    @Test
    void a_patch_that_is_like_everything_ends_in_bounded_time() throws Exception {
        confined.hand.write("/workspace/f", "\n".repeat(4 << 20).getBytes(StandardCharsets.UTF_8));

        ToolOutcome outcome = patch(sections("*** Update File: f\n@@\n" + " \n".repeat(2000) + "-x\n+y\n"));

        assertThat(outcome.output()).contains("is too much like too many lines of the file");
    }

    private static String summary(String sections) {
        return toolbox(ToolChoice.ALL)
                .summary(new ToolCall(
                        "c",
                        "apply_patch",
                        Json.object().put("input", sections(sections)).build()));
    }

    private static Toolbox toolbox(ToolChoice choice) {
        return new Toolbox(confined.hand, choice, Editing.PATCH, Guard.NONE);
    }

    private ToolOutcome patch(String text) throws Exception {
        return call("apply_patch", "input", text);
    }

    private ToolOutcome call(String tool, String field, String value) throws Exception {
        return tools.call(
                new ToolCall("c", tool, Json.object().put(field, value).build()));
    }

    private ToolOutcome write(String path, String content) throws Exception {
        return tools.call(new ToolCall(
                "c",
                "Write",
                Json.object().put("file_path", path).put("content", content).build()));
    }

    private ToolOutcome edit(String path, String from, String to) throws Exception {
        return tools.call(new ToolCall(
                "c",
                "Edit",
                Json.object()
                        .put("file_path", path)
                        .put("old_string", from)
                        .put("new_string", to)
                        .build()));
    }

    private static String sections(String lines) {
        return "*** Begin Patch\n" + lines + "*** End Patch\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Map<String, String> files) throws Exception {
        for (Map.Entry<String, String> file : files.entrySet()) {
            confined.hand.write("/workspace/" + file.getKey(), bytes(file.getValue()));
        }
    }

    /** These, and no others. */
    private static void assertFiles(Map<String, String> expected) throws Exception {
        List<String> paths = new ArrayList<>();
        for (Map.Entry<String, String> file : expected.entrySet()) {
            Path path = confined.workspace.resolve(file.getKey());
            if (file.getValue().equals(PatchCase.GONE)) {
                assertThat(path).doesNotExist();
            } else {
                assertThat(Files.readString(path)).as(file.getKey()).isEqualTo(file.getValue());
                paths.add(file.getKey());
            }
        }
        assertThat(confined.sh("find . -type f -printf '%P\\0'").out().split("\0"))
                .filteredOn(name -> !name.isEmpty())
                .containsExactlyInAnyOrderElementsOf(paths);
    }
}
