package dev.belay.controller.heads;

import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps two people, or two hands of one, from moving the same task's files at the same time. */
@Singleton
public final class OneAtATime {
    private final Map<String, String> busy = new ConcurrentHashMap<>();

    /** Ends the turn. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws BelayException E_BUSY */
    public Turn take(TaskRow task, String what) {
        String under = busy.putIfAbsent(task.id(), what);
        if (under != null) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    task.shortId() + " is busy with " + under,
                    "the controller does one such thing at a time for a task",
                    "try again when it is done");
        }
        return () -> busy.remove(task.id(), what);
    }
}
