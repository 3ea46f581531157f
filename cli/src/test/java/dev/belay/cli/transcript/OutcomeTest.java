package dev.belay.cli.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {
    @ParameterizedTest(name = "{0}, {1} files changed, check {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "anthropic/m | 1 | passed     | ✓ make test",
                "anthropic/m | 1 | cannot_run | not checked: make test cannot run in the sandbox",
                "anthropic/m | 1 |            | not checked",
                "anthropic/m | 0 |            | no files changed",
                "anthropic/m | 0 | not_needed | no files changed",
                "script      | 1 |            | 1 file +1",
                "script      | 1 | passed     | ✓ make test"
            })
    void how_the_work_was_checked_is_the_last_that_is_said(String model, int files, String outcome, String last) {
        Json.ObjectBuilder task = Json.object()
                .put("state", "succeeded")
                .put("model", model)
                .put("turns", 2)
                .put("files_changed", files)
                .put("lines_added", files);
        if (outcome != null) {
            task.put(
                    "check",
                    Json.object()
                            .put("command", "make test")
                            .put("outcome", outcome)
                            .build());
        }

        assertThat(Outcome.line(task.build()).toString()).endsWith(" · " + last);
    }
}
