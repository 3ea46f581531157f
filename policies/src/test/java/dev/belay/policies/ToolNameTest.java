package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolNameTest {
    @Test
    void the_tools_are_these_and_in_this_order() {
        assertThat(ToolName.words()).containsExactly("Bash", "Read", "Edit", "Write", "Glob", "Grep");
    }

    @ParameterizedTest
    @EnumSource(ToolName.class)
    void a_tool_is_found_by_its_word_in_any_case(ToolName tool) {
        assertThat(ToolName.named(tool.word())).contains(tool);
        assertThat(ToolName.named(tool.word().toUpperCase(java.util.Locale.ROOT)))
                .contains(tool);
        assertThat(ToolName.named(" " + tool.name().toLowerCase(java.util.Locale.ROOT)))
                .contains(tool);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bsh", "apply_patch", "Bash(ls)", "*"})
    void what_is_no_name_of_a_tool_is_none(String word) {
        assertThat(ToolName.named(word)).isEmpty();
    }

    @Test
    void a_misspelt_name_is_met_with_the_one_that_was_meant() {
        assertThat(ToolName.hint("Bsh")).contains("Bash");
        assertThat(ToolName.hint("Teleport")).isEmpty();
    }
}
