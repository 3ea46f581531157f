package dev.belay.policies.language;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a source is refused.
 *
 * @param what one sentence that quotes the offending text
 * @param fix what to write instead
 */
public record Problem(Spot spot, String what, String fix) {
    private static final int MOST_TOLD = 5;

    /** Why no task starts with sources that have these: the first leads, with the place of each. */
    public static BelayException refusal(List<Problem> problems) {
        Problem first = problems.getFirst();
        String others = problems.stream()
                .skip(1)
                .limit(MOST_TOLD)
                .map(problem -> "; also " + problem.inOneLine())
                .collect(Collectors.joining());
        int untold = problems.size() - 1 - MOST_TOLD;
        return BelayException.of(
                ErrorCode.E_POLICY,
                first.inOneLine(),
                "a policy that is not understood starts no task (layer: policy)" + others
                        + (untold > 0 ? "; and " + untold + " more: belay policy lint" : ""),
                first.fix);
    }

    private String inOneLine() {
        return spot + ": " + what;
    }
}
