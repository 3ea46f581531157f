package dev.belay.runner.agent;

import java.io.IOException;
import java.io.Serial;

/** A model, as far as the loop needs to know it. */
public interface Model {
    /** What events call it: {@code script}. */
    String name();

    /** Answers the conversation so far. */
    Reply reply(Conversation conversation) throws ModelException, InterruptedException;

    /** The model gave no answer that the loop could go on with. */
    final class ModelException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String stopReason;

        /** @param stopReason a stable word, {@code script_ended} */
        public ModelException(String stopReason, String message) {
            super(message);
            this.stopReason = stopReason;
        }

        public String stopReason() {
            return stopReason;
        }
    }
}
