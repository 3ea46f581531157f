package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.util.List;
import java.util.Optional;

/**
 * Which results a model need not be shown any more. Rarely, and then many at once: what was shown before is no longer what a
 * cache holds.
 */
final class Pruning {
    private static final long KEPT = 40_000;
    private static final int ANSWERS_KEPT = 2;
    private static final long LEAST = 20_000;

    private final Measure measure;

    Pruning(Measure measure) {
        this.measure = measure;
    }

    /** Nothing when it is not worth it. */
    Optional<StepRecord.Pruned> of(Conversation conversation) {
        List<Part> parts = conversation.parts();
        Shown shown = conversation.shownAs();
        int first = Math.max(shown.pruned(), shown.compacted());
        int last = lastOld(parts);
        int answer = 0;
        int results = 0;
        long tokens = 0;
        for (Part part : parts) {
            answer += Shown.isAnswer(part) ? 1 : 0;
            if (part instanceof Part.Result result
                    && answer > first
                    && answer <= last
                    && Shown.isPrunable(result.outcome())) {
                results++;
                tokens += measure.of(part)
                        - measure.of(
                                new Part.Result(result.call(), result.outcome().saying(Shown.NO_LONGER_SHOWN)));
            }
        }
        return tokens > LEAST ? Optional.of(new StepRecord.Pruned(last, results, tokens)) : Optional.empty();
    }

    /** The newest answer whose results are not among those that stay. */
    private int lastOld(List<Part> parts) {
        int answer = Shown.answers(parts);
        int newest = answer;
        long output = 0;
        for (Part part : parts.reversed()) {
            output += part instanceof Part.Result ? measure.of(part) : 0;
            if (!Shown.isAnswer(part)) {
                continue;
            }
            answer--;
            if (newest - answer >= ANSWERS_KEPT && output >= KEPT) {
                return answer;
            }
        }
        return 0;
    }
}
