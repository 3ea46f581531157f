package dev.belay.runner.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.gateway.Gateway;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.ports.PortVisit;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** The visits of one place: so many at once that the agent's own commands always find room beside them. */
final class Visits {
    static final int MOST = 16;

    private final Semaphore room = new Semaphore(MOST);

    /** Nothing, where nothing listens. */
    Optional<PortVisit> begin(Hand hand, int port, PortVisit.Visitor visitor) throws IOException, InterruptedException {
        if (port == Gateway.PORT) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "port " + port + " is the sandbox's own door",
                    "runner: Belay's gateway listens there, for what is inside alone",
                    "belay ports TASK");
        }
        if (!room.tryAcquire()) {
            throw BelayException.of(
                    ErrorCode.E_OVERLOADED,
                    "too many connections to the task's ports",
                    "runner: it carries " + MOST + " at once for a task",
                    "close some of them");
        }
        Optional<PortVisit> visit = Optional.empty();
        try {
            visit = PortVisit.begin(hand, port, visitor);
        } finally {
            visit.ifPresentOrElse(begun -> begun.whenOver(room::release), room::release);
        }
        return visit;
    }
}
