package dev.belay.runner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Circles.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CirclesTest {
    /** A letter is a call with its result; a stroke stands for a file that changed. A dot is nothing, w a word, s a stop. */
    @ParameterizedTest
    @CsvSource({
        "aaaa, ..ws",
        "abababab, .....w.s",
        "abcabcabcabc, ........w..s",
        "abcdabcdabcdabcd, ...........w...s",
        "abcdeabcdeabcdeabcdeabcde, .........................",
        "aabb, ....",
        "aa/aa, ....",
        "aaa/a, ..w.",
        "aaa/aaaa, ..w..ws",
        "aaabaaab, ..w...w.",
        "xyzaaaa, .....ws",
        "aaabbbb, ..w..ws",
    })
    void the_same_calls_with_the_same_results_and_files_are_a_circle(String calls, String verdicts) {
        Circles circles = new Circles();
        List<Verdict> seen = new ArrayList<>();
        int tree = 0;
        for (char letter : calls.toCharArray()) {
            if (letter == '/') {
                tree++;
            } else {
                seen.add(circles.after(
                        call(letter), ToolOutcome.done("result of " + letter, "ok"), Integer.toString(tree)));
            }
        }

        assertThat(seen.stream()
                        .map(verdict -> switch (verdict) {
                            case NONE -> ".";
                            case WARN -> "w";
                            case STOP -> "s";
                        })
                        .collect(Collectors.joining()))
                .isEqualTo(verdicts);
    }

    @Test
    void another_result_is_progress() {
        Circles circles = new Circles();

        for (int i = 0; i < 20; i++) {
            assertThat(circles.after(call('a'), ToolOutcome.done(i + " of 20 done", "ok"), "tree"))
                    .isEqualTo(Verdict.NONE);
        }
    }

    @Test
    void where_the_files_are_not_known_nothing_is_noticed() {
        Circles circles = new Circles();

        for (int i = 0; i < 20; i++) {
            assertThat(circles.after(call('a'), ToolOutcome.done("same", "ok"), ""))
                    .isEqualTo(Verdict.NONE);
        }
    }

    private static ToolCall call(char letter) {
        return new ToolCall(
                "id-" + System.nanoTime(),
                "Bash",
                Json.object().put("command", String.valueOf(letter)).build());
    }
}
