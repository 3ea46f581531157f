package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.ToolName;
import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolOutcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\"} | {\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\"}",
                "{\"filePath\":\"a\",\"oldString\":\"b\",\"newString\":\"c\",\"replaceAll\":true} | {\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\",\"replace_all\":true}",
                "{\"path\":\"a\",\"old_str\":\"b\",\"new_str\":\"c\"} | {\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\"}",
                // Both are there: which one is meant cannot be told.
                "{\"file_path\":\"a\",\"path\":\"b\"} | {\"file_path\":\"a\",\"path\":\"b\"}",
                "{\"path\":\"b\",\"file_path\":\"a\"} | {\"path\":\"b\",\"file_path\":\"a\"}",
                "{\"path\":\"b\",\"filename\":\"a\"} | {\"file_path\":\"b\",\"filename\":\"a\"}",
                "{\"mode\":\"b\"} | {\"mode\":\"b\"}",
            })
    void a_field_by_another_harness_name_is_this_tools_field(String given, String meant) {
        assertThat(Spelling.fields(new WrittenTool("Edit", EditTool.FIELDS), object(given)))
                .isEqualTo(object(meant));
    }

    @Test
    void a_field_that_the_tool_has_keeps_its_name() {
        // Glob has a path of its own.
        Json.Obj given = object("{\"pattern\":\"*\",\"path\":\"src\"}");

        assertThat(Spelling.fields(new WrittenTool("Glob", GlobTool.FIELDS), given))
                .isEqualTo(given);
    }

    @ParameterizedTest
    @CsvSource({"Bash, true", "bash, true", "BASH, true", "' Bash', true", "Bash2, false", "'', false"})
    void a_tool_is_found_whatever_the_case(String name, boolean found) {
        Map<String, Tool> tools = Map.of("Bash", new WrittenTool("Bash", BashTool.FIELDS));

        assertThat(Spelling.tool(tools, name).isPresent()).isEqualTo(found);
    }

    private static Json.Obj object(String text) {
        return (Json.Obj) Json.parse(text);
    }

    private record WrittenTool(String name, List<Field> fields) implements Tool {
        @Override
        public ToolName right() {
            return ToolName.EDIT;
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        public ToolOutcome call(Arguments arguments) {
            throw new AssertionError("not called here");
        }

        @Override
        public String subject() {
            return "";
        }
    }
}
