package dev.belay.controller.link;

import dev.belay.proto.v1.ControllerMessage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to one runner, at most {@value #MOST} messages: a runner that does not read loses its session, not
 * the controller its memory. One thread writes, since a gRPC stream is not made for more.
 */
final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    static final int MOST = 1024;

    private final ArrayBlockingQueue<ControllerMessage> waiting = new ArrayBlockingQueue<>(MOST);
    private final ServerCallStreamObserver<ControllerMessage> stream;
    private final Semaphore ready = new Semaphore(0);
    private final Thread writer;
    private final Runnable ended;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean closed;

    /** @param ended called once, when nothing goes out any more, whoever ended it */
    Outbox(ServerCallStreamObserver<ControllerMessage> stream, String name, Runnable ended) {
        this.stream = stream;
        this.ended = ended;
        stream.setOnReadyHandler(ready::release);
        writer = Thread.ofVirtual().name("outbox-" + name).unstarted(this::write);
    }

    void start() {
        writer.start();
    }

    boolean send(ControllerMessage message) {
        if (closed) {
            return false;
        }
        if (waiting.offer(message)) {
            return true;
        }
        close(Status.RESOURCE_EXHAUSTED.withDescription("the runner does not read what it is sent"));
        return false;
    }

    boolean isOver() {
        return over.get();
    }

    /** Ends the stream; what has not been written is dropped, and the runner asks again when it comes back. */
    void close(Status status) {
        if (!ends()) {
            return;
        }
        writer.interrupt();
        Thread.ofVirtual().start(() -> end(status));
    }

    /** @return whether it was not before */
    private boolean ends() {
        closed = true;
        boolean now = over.compareAndSet(false, true);
        if (now) {
            ended.run();
        }
        return now;
    }

    private void end(Status status) {
        try {
            writer.join();
            stream.onError(status.asRuntimeException());
        } catch (InterruptedException | IllegalStateException | StatusRuntimeException alreadyOver) {
            LOG.debug("a session had ended already", alreadyOver);
        }
    }

    private void write() {
        try {
            while (!closed) {
                ControllerMessage message = waiting.take();
                while (!stream.isReady()) {
                    ready.acquire();
                }
                stream.onNext(message);
            }
        } catch (InterruptedException stopped) {
            closed = true;
        } catch (IllegalStateException | StatusRuntimeException gone) {
            LOG.debug("a runner went away", gone);
            ends();
        }
    }
}
