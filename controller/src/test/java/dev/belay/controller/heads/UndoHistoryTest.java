package dev.belay.controller.heads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndoHistoryTest {
    @ParameterizedTest(name = "{0} → undo {1}, redo {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "''                                                              | -  | -",
                "step:s0>s1                                                      | s0 | -",
                "step:s0>s1 step:s1>s2                                           | s1 | -",
                "step:s0>s1 step:s1>s2 rollback:s2>s0                            | s2 | -",
                "step:s0>s1 step:s1>s2 rollback:s2>s0 undo:s0>s2                 | s1 | s0",
                "step:s0>s1 step:s1>s2 undo:s2>s1                                | s0 | s2",
                "step:s0>s1 step:s1>s2 undo:s2>s1 undo:s1>s0                     | -  | s1",
                "step:s0>s1 step:s1>s2 undo:s2>s1 undo:s1>s0 redo:s0>s1          | s0 | s2",
                "step:s0>s1 step:s1>s2 undo:s2>s1 redo:s1>s2                     | s1 | -",
                "step:s0>s1 undo:s1>s0 step:s0>s2                                | s0 | -",
                "step:s0>s1 exec:s1>s2                                           | s1 | -",
                "step:s0>s1 revert:s1>s2                                         | s1 | -",
                "step:s0>s1 rollback:s1>s1                                       | s0 | -",
                "step:s0>s1 rollback:s2>s0                                       | s2 | -",
                "step:>s1                                                        | -  | -",
                "undo:s1>s0 redo:s0>s1                                           | -  | -",
            })
    void undo_and_redo_follow_from_the_log(String log, String undo, String redo) {
        List<UndoHistory.Move> moves = log.isEmpty()
                ? List.of()
                : Arrays.stream(log.split(" ")).map(UndoHistoryTest::move).toList();

        UndoHistory history = UndoHistory.of(moves);

        assertThat(history.undo().orElse(null)).isEqualTo(undo);
        assertThat(history.redo().orElse(null)).isEqualTo(redo);
    }

    private static UndoHistory.Move move(String text) {
        String kind = text.substring(0, text.indexOf(':'));
        String[] ends = text.substring(text.indexOf(':') + 1).split(">", -1);
        return new UndoHistory.Move(kind, ends[0], ends[1]);
    }
}
