package dev.belay.policies.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProblemTest {
    private static List<Problem> problems(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Problem(new Spot("CLAUDE.md", i, 1), "what " + i, "fix " + i))
                .toList();
    }

    @Test
    void one_problem_is_told_with_its_place_and_its_fix() {
        BelayException refusal = Problem.refusal(problems(1));

        assertThat(refusal.code()).isEqualTo(ErrorCode.E_POLICY);
        assertThat(refusal.what()).isEqualTo("CLAUDE.md:1:1: what 1");
        assertThat(refusal.why()).isEqualTo("a policy that is not understood starts no task (layer: policy)");
        assertThat(refusal.next()).isEqualTo("fix 1");
    }

    @Test
    void of_several_the_first_leads_and_a_few_follow() {
        assertThat(Problem.refusal(problems(3)).why())
                .isEqualTo("a policy that is not understood starts no task (layer: policy);"
                        + " also CLAUDE.md:2:1: what 2; also CLAUDE.md:3:1: what 3");
        assertThat(Problem.refusal(problems(6)).why()).endsWith("; also CLAUDE.md:6:1: what 6");
    }

    @Test
    void of_many_the_rest_is_counted_and_it_is_said_who_tells_them() {
        BelayException refusal = Problem.refusal(problems(9));

        assertThat(refusal.what()).isEqualTo("CLAUDE.md:1:1: what 1");
        assertThat(refusal.why())
                .endsWith("; also CLAUDE.md:6:1: what 6; and 3 more: belay policy lint")
                .doesNotContain("what 7");
    }
}
