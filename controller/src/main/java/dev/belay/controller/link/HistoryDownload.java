package dev.belay.controller.link;

import dev.belay.controller.events.EventLog;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.OperationRecorded;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's conversation on its way out, as fast as the runner reads. */
final class HistoryDownload implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryDownload.class);

    private static final int FILES = 20;

    private final Paced<Event> answer;
    private final EventLog log;
    private final Caller owner;
    private final String task;

    HistoryDownload(ServerCallStreamObserver<Event> answer, EventLog log, String tenant, String task) {
        this.answer = new Paced<>(answer);
        this.log = log;
        this.owner = new Caller(tenant, "");
        this.task = task;
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
                    if (isRemembered(event) && !answer.send(brief(event))) {
                        return;
                    }
                }
            }
            answer.end();
        } catch (InterruptedException stopped) {
            answer.fail(Status.UNAVAILABLE.withDescription("the controller stops"));
        } catch (JdbiException away) {
            LOG.warn("the history of {} cannot be read now: {}", task, away.getMessage());
            answer.fail(Status.UNAVAILABLE.withDescription("the history cannot be read now"));
        } catch (RuntimeException damaged) {
            // Told, or the runner would wait for it until its deadline and ask again.
            LOG.error("the history of {} cannot be read", task, damaged);
            answer.fail(Status.INTERNAL.withDescription("E_INTERNAL: the history cannot be read"));
        }
    }

    private static boolean isRemembered(Event event) {
        return switch (event.getBodyCase()) {
            case MODEL_BRIEFED,
                    MODEL_NOTED,
                    CONTEXT_PRUNED,
                    CONTEXT_COMPACTED,
                    MODEL_MESSAGE,
                    TOOL_CALL,
                    TOOL_RESULT,
                    SNAPSHOT_CREATED,
                    OPERATION,
                    PERSON_MESSAGE,
                    TASK_FORK,
                    TURN_END -> true;
            // Of a newer runner, which may need it to go on; another one passes over it.
            case BODY_NOT_SET -> true;
            case TURN_START -> event.getTurnStart().getMessagesCount() > 0;
            default -> false;
        };
    }

    /** Of a snapshot it counts only that there is one, of a move of the files its first ones. */
    private static Event brief(Event event) {
        if (event.hasOperation()) {
            Operation operation = event.getOperation().getOperation();
            return event.toBuilder()
                    .setOperation(OperationRecorded.newBuilder()
                            .setOperation(operation.toBuilder()
                                    .clearFiles()
                                    .addAllFiles(operation.getFilesList().stream()
                                            .limit(FILES)
                                            .toList())))
                    .build();
        }
        if (!event.hasSnapshotCreated()) {
            return event;
        }
        int step = event.getSnapshotCreated().getSnapshot().getStep();
        return event.toBuilder()
                .setSnapshotCreated(SnapshotCreated.newBuilder()
                        .setSnapshot(Snapshot.newBuilder().setStep(step)))
                .build();
    }
}
