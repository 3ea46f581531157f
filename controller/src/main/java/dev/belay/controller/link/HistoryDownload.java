package dev.belay.controller.link;

import dev.belay.controller.events.EventLog;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.v1.Event;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's conversation on its way out, as fast as the runner reads. */
final class HistoryDownload implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryDownload.class);

    private final ServerCallStreamObserver<Event> answer;
    private final EventLog log;
    private final Caller owner;
    private final String task;
    private final Semaphore turns = new Semaphore(0);

    HistoryDownload(ServerCallStreamObserver<Event> answer, EventLog log, String tenant, String task) {
        this.answer = answer;
        this.log = log;
        this.owner = new Caller(tenant, "");
        this.task = task;
        answer.setOnReadyHandler(turns::release);
        answer.setOnCancelHandler(turns::release);
    }

    @Override
    public void run() {
        try {
            long after = 0;
            for (List<Event> page = log.page(owner, task, after);
                    !page.isEmpty();
                    page = log.page(owner, task, after)) {
                after = page.getLast().getSeq();
                for (Event event : page) {
                    if (event.hasModelMessage() || event.hasToolCall() || event.hasToolResult()) {
                        send(event);
                    }
                }
                if (answer.isCancelled()) {
                    return;
                }
            }
            answer.onCompleted();
        } catch (InterruptedException stopped) {
            answer.onError(
                    Status.UNAVAILABLE.withDescription("the controller stops").asRuntimeException());
        } catch (JdbiException unreadable) {
            LOG.error("the history of {} cannot be read", task, unreadable);
            answer.onError(Status.UNAVAILABLE
                    .withDescription("the history cannot be read now")
                    .asRuntimeException());
        }
    }

    private void send(Event event) throws InterruptedException {
        while (!answer.isReady() && !answer.isCancelled()) {
            turns.acquire();
        }
        if (!answer.isCancelled()) {
            answer.onNext(event);
        }
    }
}
