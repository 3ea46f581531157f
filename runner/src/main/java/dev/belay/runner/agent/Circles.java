package dev.belay.runner.agent;

import java.util.ArrayList;
import java.util.List;

/**
 * Notices a model that goes in a circle: the same calls with the same results, one after the other, while no file changes.
 * A circle has up to {@value #LONGEST} calls. Three times round is worth a word to the model, four times is enough.
 */
final class Circles {
    enum Verdict {
        NONE,
        /** Said once for a circle. */
        WARN,
        STOP
    }

    private static final int LONGEST = 4;
    private static final int WARNED = 3;
    private static final int MOST = 4;

    private record Step(String tool, String input, String result, String tree) {}

    private final List<Step> steps = new ArrayList<>();
    private boolean warned;

    /** @param tree of the files after the call; where it is not known nothing is noticed */
    Verdict after(ToolCall call, ToolOutcome outcome, String tree) {
        if (tree.isEmpty()) {
            steps.clear();
            return Verdict.NONE;
        }
        if (!steps.isEmpty() && !steps.getLast().tree().equals(tree)) {
            steps.clear();
        }
        String input = call.unreadable().isEmpty() ? call.input().print() : call.unreadable();
        steps.add(new Step(call.tool(), input, outcome.output(), tree));
        if (steps.size() > LONGEST * MOST) {
            steps.removeFirst();
        }
        int rounds = rounds();
        if (rounds >= MOST) {
            return Verdict.STOP;
        }
        if (rounds < WARNED) {
            warned = warned && rounds == WARNED - 1;
            return Verdict.NONE;
        }
        if (warned) {
            return Verdict.NONE;
        }
        warned = true;
        return Verdict.WARN;
    }

    /** How often the last calls are the same as those before them, for the best of all lengths. */
    private int rounds() {
        int best = 1;
        for (int length = 1; length <= LONGEST; length++) {
            int round = 1;
            while ((round + 1) * length <= steps.size() && last(length, 0).equals(last(length, round))) {
                round++;
            }
            best = Math.max(best, round);
        }
        return best;
    }

    private List<Step> last(int length, int roundsAgo) {
        int end = steps.size() - roundsAgo * length;
        return steps.subList(end - length, end);
    }
}
