package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.util.List;

/**
 * How many tokens a model reads of a conversation: what it said of its last question, and an estimate of what came since. The
 * estimate is corrected by how far the one of the last question was from what the model said.
 */
final class Measure {
    private static final double LEAST = 0.25;
    private static final double MOST = 4;

    private final long briefed;
    private double correction = 1;
    private boolean isTold;
    private long told;
    private int partsTold;

    /** @param briefed characters that are told before any conversation */
    Measure(long briefed) {
        this.briefed = briefed;
    }

    /** @param asked as it was asked, without the answer; the answer is its next part */
    void answered(Conversation asked, Reply.Usage usage) {
        isTold = usage.tokensIn() > 0;
        if (!isTold) {
            return;
        }
        long estimate = Size.of(briefed) + Size.of(asked.shown().parts());
        correction = Math.clamp((double) usage.tokensIn() / Math.max(1, estimate), LEAST, MOST);
        told = usage.tokensIn() + usage.tokensOut();
        partsTold = asked.parts().size() + 1;
    }

    /** Less is shown from here on. */
    void shrunk(long by) {
        told -= by;
    }

    /** Something else is shown from here on: what the model said of it does not count. */
    void changed() {
        isTold = false;
    }

    long of(Conversation conversation) {
        List<Part> parts = conversation.parts();
        return isTold && partsTold <= parts.size()
                ? told + corrected(Size.of(parts.subList(partsTold, parts.size())))
                : corrected(Size.of(briefed) + Size.of(conversation.shown().parts()));
    }

    long of(Part part) {
        return corrected(Size.of(part));
    }

    private long corrected(long estimate) {
        return Math.round(estimate * correction);
    }
}
