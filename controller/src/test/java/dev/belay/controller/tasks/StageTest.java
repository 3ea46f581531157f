package dev.belay.controller.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.v1.TaskState;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "QUEUED    | QUEUED LEASED PAUSED FAILED CANCELLED",
                "LEASED    | QUEUED LEASED PREPARING RUNNING PAUSED FAILED CANCELLED",
                "PREPARING | QUEUED PREPARING RUNNING WAITING PAUSED FAILED CANCELLED",
                "RUNNING   | QUEUED RUNNING WAITING PAUSED SUCCEEDED FAILED CANCELLED",
                "WAITING   | QUEUED WAITING FAILED CANCELLED",
                "PAUSED    | QUEUED PAUSED FAILED CANCELLED",
                "SUCCEEDED | ''",
                "FAILED    | ''",
                "CANCELLED | ''",
            })
    void each_stage_becomes_what_the_table_says_and_nothing_else(Stage stage, String successors) {
        Set<Stage> expected = successors.isBlank()
                ? EnumSet.noneOf(Stage.class)
                : Arrays.stream(successors.split(" ")).map(Stage::valueOf).collect(Collectors.toSet());

        Set<Stage> allowed =
                Arrays.stream(Stage.values()).filter(stage::mayBecome).collect(Collectors.toSet());

        assertThat(allowed).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void a_terminal_stage_never_changes(Stage next) {
        for (Stage terminal : EnumSet.of(Stage.SUCCEEDED, Stage.FAILED, Stage.CANCELLED)) {
            assertThat(terminal.mayBecome(next)).isFalse();
        }
    }

    @Test
    void a_task_that_stands_is_held_by_nobody_and_has_not_ended() {
        for (Stage stage : EnumSet.of(Stage.WAITING, Stage.PAUSED)) {
            assertThat(stage.live()).isFalse();
            assertThat(stage.terminal()).isFalse();
            assertThat(Stage.LIVE).doesNotContain(stage.word());
        }
    }

    @Test
    void a_runner_says_every_state_but_none_at_all() {
        assertThat(Stage.reported(TaskState.TASK_STATE_QUEUED)).contains(Stage.QUEUED);
        assertThat(Stage.reported(TaskState.TASK_STATE_UNSPECIFIED)).isEmpty();
        assertThat(Stage.reported(TaskState.TASK_STATE_SUCCEEDED)).contains(Stage.SUCCEEDED);
    }

    @ParameterizedTest
    @CsvSource({
        "SUCCEEDED, done, 0",
        "FAILED, script_ended, 1",
        "FAILED, runner_lost, 1",
        "FAILED, limit_turns, 3",
        "FAILED, limit_time, 3",
        "FAILED, limit_usd, 3",
        "FAILED, no_key, 4",
        "FAILED, waiting_budget, 3",
        "FAILED, waiting_doom_loop, 3",
        "FAILED, waiting_approval, 5",
        "FAILED, paused, 5",
        "FAILED, waiting_question, 5",
        "FAILED, weaker_isolation, 6",
        "FAILED, setup, 10",
        "FAILED, environment, 10",
        "CANCELLED, cancelled, 1",
    })
    void an_end_has_its_exit_code(Stage stage, String reason, int code) {
        assertThat(ExitCodes.of(stage, reason)).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "t-abcd0000000000000000, '', '', t-abcd",
        "t-abcd0000000000000000, t-abcc0000000000000000, '', t-abcd",
        "t-abcd0000000000000000, t-abc10000000000000000, t-abcd1000000000000000, t-abcd0",
        "t-abcd0000000000000001, t-abcd0000000000000000, '', t-abcd0000000000000001",
    })
    void a_short_id_is_the_shortest_that_no_neighbour_has(String id, String before, String after, String shortId) {
        assertThat(Ids.shortest(id, before, after)).isEqualTo(shortId);
    }
}
