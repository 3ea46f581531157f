package dev.belay.runner.agent;

import java.io.IOException;
import java.io.Serial;
import java.util.Optional;

/** A model, as far as the loop needs to know it. */
public interface Model {
    /** What events call it: {@code script}. */
    String name();

    /** Whether what it does next is its own choice, so that it may go in a circle. */
    default boolean chooses() {
        return true;
    }

    /** How much it reads at once; without one it is always shown all. */
    default Optional<Window> window() {
        return Optional.empty();
    }

    /**
     * Answers the conversation so far.
     *
     * @param listener hears the text of the answer as it comes; a model that gives it whole tells it nothing
     */
    Reply reply(Conversation conversation, Listener listener) throws ModelException, InterruptedException;

    /** Must return at once. */
    interface Listener {
        void heard(String piece);

        /** What was heard of this answer does not count: it is asked for once more, after a while. */
        void again(String why);
    }

    /** The model gave no answer that the loop could go on with. */
    final class ModelException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        /** The conversation is longer than the model reads. */
        public static final String CONTEXT_FULL = "context_full";

        private final String stopReason;
        private final boolean passes;

        /** @param stopReason a stable word, {@code script_ended} */
        public ModelException(String stopReason, String message) {
            this(stopReason, message, false);
        }

        /** @param passes it may be otherwise later, so that the task waits with its work and is not over */
        public ModelException(String stopReason, String message, boolean passes) {
            super(message);
            this.stopReason = stopReason;
            this.passes = passes;
        }

        public boolean passes() {
            return passes;
        }

        public String stopReason() {
            return stopReason;
        }
    }
}
