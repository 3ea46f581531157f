package dev.belay.controller.link;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Semaphore;

/** An answer of many messages, sent on one thread as fast as the runner reads them and no faster. */
final class Paced<T> {
    private final ServerCallStreamObserver<T> answer;
    private final Semaphore turns = new Semaphore(0);

    /** To be made while the call is still on gRPC's own thread. */
    Paced(ServerCallStreamObserver<T> answer) {
        this.answer = answer;
        answer.setOnReadyHandler(turns::release);
        answer.setOnCancelHandler(turns::release);
    }

    /** Waits for the runner; false when it has gone, and everything else is in vain. */
    boolean send(T message) throws InterruptedException {
        while (!answer.isReady() && !answer.isCancelled()) {
            turns.acquire();
        }
        if (answer.isCancelled()) {
            return false;
        }
        answer.onNext(message);
        return true;
    }

    void end() {
        if (!answer.isCancelled()) {
            answer.onCompleted();
        }
    }

    void fail(Status why) {
        if (!answer.isCancelled()) {
            answer.onError(why.asRuntimeException());
        }
    }
}
