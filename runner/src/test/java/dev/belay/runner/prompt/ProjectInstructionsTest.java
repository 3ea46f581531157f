package dev.belay.runner.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.prompt.ProjectInstructions.Gathered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProjectInstructionsTest {
    private final Map<String, String> files = new HashMap<>();
    private final List<String> read = new ArrayList<>();

    @Test
    void a_project_without_instructions_has_none() throws IOException {
        assertThat(gathered()).isEqualTo(new Gathered("", List.of()));
    }

    @Test
    void both_files_count_and_the_same_text_counts_once() throws IOException {
        files.put("AGENTS.md", "Use tabs.");
        files.put("CLAUDE.md", "Use tabs.\n");

        assertThat(gathered().text()).isEqualTo("# AGENTS.md\n\nUse tabs.");

        files.put("CLAUDE.md", "Use spaces.");

        assertThat(gathered().text()).isEqualTo("# AGENTS.md\n\nUse tabs.\n\n# CLAUDE.md\n\nUse spaces.");
    }

    @Test
    void imports_follow_what_imports_them_in_their_order() throws IOException {
        files.put("CLAUDE.md", "See @docs/style.md and @./build.md.");
        files.put("docs/style.md", "Style; also @more.md");
        files.put("docs/more.md", "More.");
        files.put("build.md", "Build.");

        assertThat(gathered().text().lines().filter(line -> line.startsWith("# ")))
                .containsExactly(
                        "# CLAUDE.md",
                        "# docs/style.md (imported by CLAUDE.md)",
                        "# docs/more.md (imported by docs/style.md)",
                        "# build.md (imported by CLAUDE.md)");
    }

    @Test
    void a_circle_of_imports_ends() throws IOException {
        files.put("CLAUDE.md", "@a.md");
        files.put("a.md", "@b.md A");
        files.put("b.md", "@a.md @CLAUDE.md B");

        assertThat(gathered().text()).containsOnlyOnce("# a.md").containsOnlyOnce("# b.md");
    }

    @Test
    void what_is_imported_too_deep_is_left_out_and_named() throws IOException {
        files.put("CLAUDE.md", "@1.md");
        for (int i = 1; i < 7; i++) {
            files.put(i + ".md", "file " + i + " @" + (i + 1) + ".md");
        }

        Gathered gathered = gathered();

        assertThat(gathered.text()).contains("file 4").doesNotContain("file 5");
        assertThat(gathered.leftOut()).containsExactly("5.md: imported more than 4 deep");
    }

    @Test
    void nothing_outside_the_project_is_asked_for() throws IOException {
        files.put("CLAUDE.md", "@../secrets.md @docs/../../x @~/.ssh/id_rsa @/etc/passwd @docs/../ok.md");
        files.put("ok.md", "Fine.");

        Gathered gathered = gathered();

        assertThat(read).containsExactly("AGENTS.md", "CLAUDE.md", "ok.md");
        assertThat(gathered.text()).contains("Fine.");
        assertThat(gathered.leftOut()).containsExactly("docs/../../x: outside the project");
    }

    @Test
    void code_and_words_are_no_imports() throws IOException {
        files.put("CLAUDE.md", """
                Mail me@example.com, ask @somebody, or write `@code.md`:
                ```
                @fenced.md
                ```
                """);
        files.put("code.md", "no");
        files.put("fenced.md", "no");

        assertThat(gathered().text()).doesNotContain("# code.md").doesNotContain("# fenced.md");
        assertThat(gathered().leftOut()).isEmpty();
    }

    @Test
    void comments_for_people_are_not_told() throws IOException {
        files.put("CLAUDE.md", "Before.\n<!-- for\nmaintainers -->\nAfter `<!-- kept -->`.");

        assertThat(gathered().text()).isEqualTo("# CLAUDE.md\n\nBefore.\nAfter `<!-- kept -->`.");
    }

    @Test
    void what_is_too_long_is_left_out_whole_and_named() throws IOException {
        files.put("AGENTS.md", "short @long.md");
        files.put("long.md", "x".repeat(128 << 10));

        Gathered gathered = gathered();

        assertThat(gathered.text()).doesNotContain("xxx");
        assertThat(gathered.leftOut())
                .containsExactly("long.md: the instructions of this project are longer than 128 KiB");
    }

    private Gathered gathered() throws IOException {
        read.clear();
        return ProjectInstructions.of((path, most) -> {
            read.add(path);
            return Optional.ofNullable(files.get(path));
        });
    }
}
