package dev.belay.runner.link;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What to do while the controller is away: ask again, until it answers or whoever asks is interrupted by the fence. */
final class Away {
    private static final long WAIT_MILLIS = 250;

    private Away() {}

    /** A question to the controller that may be repeated. */
    interface Question<T> {
        T ask() throws IOException;
    }

    static <T> T patiently(Question<T> question) throws IOException, InterruptedException {
        while (true) {
            try {
                return question.ask();
            } catch (IOException failed) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("the question to the controller was given up");
                }
                if (!isAway(failed)) {
                    throw failed;
                }
                TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
            }
        }
    }

    private static boolean isAway(IOException failure) {
        return failure.getCause() instanceof StatusRuntimeException refused
                && switch (refused.getStatus().getCode()) {
                    case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> true;
                    default -> false;
                };
    }
}
