package dev.belay.controller.dispatch;

import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * A person's wish that a task ends. What no runner works on ends at once; a runner that works is asked, and the
 * {@link Janitor} ends what it does not.
 */
@Singleton
public final class Cancellation {
    private static final int REASON = 500;

    private final Jdbi jdbi;
    private final TaskQueries tasks;
    private final Fleet fleet;
    private final Feed feed;
    private final Wishes wishes;
    private final Clock clock;

    public Cancellation(Jdbi jdbi, TaskQueries tasks, Fleet fleet, Feed feed, Wishes wishes, Clock clock) {
        this.jdbi = jdbi;
        this.tasks = tasks;
        this.fleet = fleet;
        this.feed = feed;
        this.wishes = wishes;
        this.clock = clock;
    }

    /** Asking twice is asking once; a task that was cancelled stays so. */
    public TaskRow cancel(Caller caller, String given, String reason) {
        TaskRow named = tasks.named(caller, given);
        String why = reason.replace("\0", "").strip();
        String detail = "cancelled by " + caller.actor()
                + (why.isEmpty() ? "" : ": " + (why.length() > REASON ? why.substring(0, REASON) : why));
        TaskRow before = jdbi.inTransaction(handle -> {
            TaskEdit edit =
                    TaskEdit.lock(handle, caller.tenant(), named.id()).orElseThrow(() -> TaskQueries.noSuchTask(given));
            switch (edit.stage()) {
                case QUEUED, LEASED, WAITING, PAUSED -> {
                    edit.change(Stage.CANCELLED, "cancelled", detail, clock.instant());
                    edit.save();
                }
                case PREPARING, RUNNING -> ask(handle, caller, named.id(), detail);
                case SUCCEEDED, FAILED -> throw ended(edit.before());
                case CANCELLED -> {}
            }
            return edit.before();
        });
        switch (before.stage()) {
            case LEASED -> fleet.kill(before, "cancelled");
            case PREPARING, RUNNING -> wishes.tell(before.runner(), before.id());
            case QUEUED, WAITING, PAUSED, SUCCEEDED, FAILED, CANCELLED -> {}
        }
        feed.changed(before.id());
        return tasks.byId(caller, before.id());
    }

    private static void ask(Handle handle, Caller caller, String id, String detail) {
        handle.createUpdate("""
                        update task set cancel_requested_at = clock_timestamp(), cancel_actor = :actor, cancel_reason = :reason
                        where id = :id and cancel_requested_at is null
                        """)
                .bind("id", id)
                .bind("actor", caller.actor())
                .bind("reason", detail)
                .execute();
    }

    private static BelayException ended(TaskRow task) {
        return BelayException.of(
                ErrorCode.E_TASK_ENDED,
                task.shortId() + " has ended already",
                "the controller has it as " + task.state() + ", and that does not change",
                "its result is kept",
                "belay show " + task.shortId());
    }
}
