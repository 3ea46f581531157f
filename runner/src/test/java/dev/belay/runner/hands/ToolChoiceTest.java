package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.policies.ToolName;
import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tools a task has, told and carried out. */
@Timeout(60)
class ToolChoiceTest {
    private static ConfinedHand confined;

    @BeforeAll
    static void start() {
        confined = ConfinedHand.startForAll();
    }

    @AfterAll
    static void end() throws Exception {
        confined.close();
    }

    @BeforeEach
    void one_file_is_there() throws Exception {
        confined.sh("rm -rf /workspace/* ; echo one > /workspace/f");
    }

    static Stream<Arguments> choices() {
        return Stream.of(
                arguments("", "", "Bash Read Edit Write Glob Grep"),
                arguments("Read Grep", "", "Read Grep"),
                arguments("Grep Read Read", "", "Read Grep"),
                arguments("read GREP", "", "Read Grep"),
                arguments("", "Bash", "Read Edit Write Glob Grep"),
                arguments("", "bash", "Read Edit Write Glob Grep"),
                arguments("Read Bash", "Bash", "Read"),
                arguments("Read Teleport", "", "Read"),
                arguments("", "Teleport", "Bash Read Edit Write Glob Grep"),
                arguments("Teleport", "", ""),
                arguments("", "Bash Read Edit Write Glob Grep", ""));
    }

    @ParameterizedTest
    @MethodSource("choices")
    void a_model_is_told_of_the_tools_that_its_task_is_given(String allowed, String disallowed, String told) {
        assertThat(names(toolbox(allowed, disallowed, Editing.TEXT))).isEqualTo(told);
        assertThat(names(toolbox(allowed, disallowed, Editing.PATCH))).isEqualTo(told.replace("Edit", "apply_patch"));
    }

    @ParameterizedTest
    @CsvSource({
        "openai/gpt-5, PATCH",
        "openai/gpt-4.1-mini, PATCH",
        "openai/codex-mini-latest, PATCH",
        "openai/o3, PATCH",
        "openai/o4-mini, PATCH",
        "openai/omni, TEXT",
        "openai/m, TEXT",
        "office/gpt-5, TEXT",
        "openai-proxy/gpt-5, TEXT",
        "gemini/gpt-5, TEXT",
        "anthropic/claude, TEXT",
        "script, TEXT",
        "'', TEXT"
    })
    void only_models_that_were_trained_on_patches_are_told_of_them(String model, Editing editing) {
        assertThat(Editing.of(model)).isEqualTo(editing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bash", "bash", " BASH "})
    void a_tool_that_is_not_given_is_not_carried_out_however_it_is_called(String name) throws Exception {
        ToolOutcome outcome = call(toolbox("", "Bash", Editing.TEXT), name, "command", "touch /workspace/ran");

        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output())
                .isEqualTo("This task is not given Bash; the call was not made. The tools are Read, Edit, Write, Glob,"
                        + " Grep.");
        assertThat(confined.workspace.resolve("ran")).doesNotExist();
    }

    @Test
    void a_call_that_cannot_be_read_of_a_tool_that_is_not_given_says_that_it_is_not_given() throws Exception {
        ToolOutcome outcome = toolbox("Read", "", Editing.TEXT)
                .call(new ToolCall("c", "Bash", Json.object().build(), "{\"command\": \"l"));

        assertThat(outcome.output()).startsWith("This task is not given Bash");
    }

    @Test
    void a_task_without_tools_says_so() throws Exception {
        ToolOutcome outcome = call(toolbox("Teleport", "", Editing.TEXT), "Teleport", "where", "home");

        assertThat(outcome.output()).isEqualTo("There is no tool \"Teleport\". It is given no tool.");
    }

    static Stream<Arguments> patches() {
        String update = "*** Update File: f\n@@\n-one\n+two\n";
        String add = "*** Add File: n\n+x\n";
        return Stream.of(
                arguments("", "", update + add, ""),
                arguments("", "Edit", update, "This task is not given apply_patch"),
                arguments("", "Edit Write", update, "This task is not given apply_patch"),
                arguments("Write", "", add, "This task is not given apply_patch"),
                arguments("Read Bash", "", add, "This task is not given apply_patch"),
                arguments("Edit", "", update, ""),
                arguments("", "Write", update, ""),
                arguments("Edit", "", update + add, "apply_patch: this task is not given Write"),
                arguments("Edit", "", update + "*** Delete File: f\n", "apply_patch: this task is not given Write"),
                arguments(
                        "Edit",
                        "",
                        "*** Update File: f\n*** Move to: n\n",
                        "apply_patch: this task is not given Write"));
    }

    @ParameterizedTest
    @MethodSource("patches")
    void a_patch_is_an_edit_and_one_that_makes_or_removes_files_a_write_too(
            String allowed, String disallowed, String sections, String refusal) throws Exception {
        for (Editing editing : Editing.values()) {
            one_file_is_there();
            ToolOutcome outcome = call(
                    toolbox(allowed, disallowed, editing),
                    "APPLY_PATCH",
                    "patch",
                    "*** Begin Patch\n" + sections + "*** End Patch");

            assertThat(outcome.isError()).isEqualTo(!refusal.isEmpty());
            assertThat(outcome.output()).contains(refusal);
            assertThat(confined.workspace.resolve("f")).hasContent(refusal.isEmpty() ? "two\n" : "one\n");
            assertThat(confined.sh("ls").out())
                    .isEqualTo(refusal.isEmpty() && sections.contains("Add") ? "f\nn\n" : "f\n");
        }
    }

    @Test
    void the_form_of_editing_that_a_model_is_not_told_of_works_when_it_is_called() throws Exception {
        Toolbox byPatch = toolbox("", "", Editing.PATCH);
        call(byPatch, "Read", "file_path", "f");

        ToolOutcome edited = byPatch.call(new ToolCall(
                "c",
                "Edit",
                Json.object()
                        .put("file_path", "f")
                        .put("old_string", "one")
                        .put("new_string", "two")
                        .build()));
        ToolOutcome patched = call(
                toolbox("", "", Editing.TEXT),
                "apply_patch",
                "input",
                "*** Begin Patch\n*** Update File: f\n@@\n-two\n+three\n*** End Patch");

        assertThat(edited.isError()).isFalse();
        assertThat(patched.isError()).isFalse();
        assertThat(confined.workspace.resolve("f")).hasContent("three\n");
    }

    @Test
    void every_tool_that_can_be_chosen_is_there_and_every_other_stands_with_one_of_them() {
        assertThat(names(toolbox("", "", Editing.TEXT))).isEqualTo(String.join(" ", ToolName.words()));
        assertThat(Toolbox.fields().keySet())
                .containsAll(ToolName.words())
                .contains("apply_patch")
                .hasSize(7);
    }

    @Test
    void what_a_model_is_told_of_writing_names_the_tool_that_it_has_for_parts() {
        assertThat(description(Editing.TEXT, "Write")).contains("use Edit.");
        assertThat(description(Editing.PATCH, "Write")).contains("use apply_patch.");
    }

    private static String description(Editing editing, String tool) {
        return toolbox("", "", editing).specs().stream()
                .filter(spec -> spec.name().equals(tool))
                .map(ToolSpec::description)
                .findFirst()
                .orElse("");
    }

    private static Toolbox toolbox(String allowed, String disallowed, Editing editing) {
        return new Toolbox(confined.hand, ToolChoice.of(words(allowed), words(disallowed)), editing, Guard.NONE);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    private static String names(Toolbox tools) {
        return String.join(" ", tools.specs().stream().map(ToolSpec::name).toList());
    }

    private static ToolOutcome call(Toolbox tools, String tool, String field, String value) throws Exception {
        return tools.call(
                new ToolCall("c", tool, Json.object().put(field, value).build()));
    }
}
