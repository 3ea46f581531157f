package dev.belay.controller.dispatch;

import dev.belay.controller.database.Database;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.peers.Hints;
import dev.belay.controller.runners.ConnectedRunner;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.CancelCommand;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.ControllerMessage;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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
    private final Hints hints;
    private final Clock clock;
    private final boolean shared;
    /** By what is asked: the session that was told. Kept only where {@link #look} tells again, and forgets. */
    private final Map<String, ConnectedRunner> told = new ConcurrentHashMap<>();

    public Cancellation(
            Jdbi jdbi, TaskQueries tasks, Fleet fleet, Feed feed, Hints hints, Clock clock, Database database) {
        this.jdbi = jdbi;
        this.tasks = tasks;
        this.fleet = fleet;
        this.feed = feed;
        this.hints = hints;
        this.clock = clock;
        this.shared = database.shared();
        hints.hear(
                Hints.About.CANCEL,
                runner -> fleet.find(runner)
                        .ifPresent(here -> Thread.ofVirtual().name("remind").start(() -> remind(here))));
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
                case QUEUED, LEASED -> {
                    edit.change(Stage.CANCELLED, "cancelled", detail, clock.instant());
                    edit.save();
                }
                case PREPARING, RUNNING, WAITING, PAUSED -> ask(handle, caller, named.id(), detail);
                case SUCCEEDED, FAILED -> throw ended(edit.before());
                case CANCELLED -> {}
            }
            return edit.before();
        });
        switch (before.stage()) {
            case LEASED -> fleet.kill(before, "cancelled");
            case PREPARING, RUNNING, WAITING, PAUSED ->
                fleet.find(before.runner())
                        .ifPresentOrElse(
                                runner -> tell(runner, new Asked(before.id(), before.epoch(), caller.actor(), detail)),
                                () -> hints.tell(Hints.About.CANCEL, before.runner()));
            case QUEUED, SUCCEEDED, FAILED, CANCELLED -> {}
        }
        feed.changed(before.id());
        return tasks.byId(caller, before.id());
    }

    record Asked(String id, int epoch, String cancelActor, String cancelReason) {
        /** So made that a runner that was asked already does nothing new. */
        String command() {
            return "cancel-" + id + "-" + epoch;
        }
    }

    /** A runner that was away when a task of its was cancelled, or elsewhere, hears of it when it comes back. */
    public void remind(ConnectedRunner runner) {
        asked(List.of(runner)).forEach(asked -> {
            if (told.get(asked.task().command()) != runner) {
                tell(runner, asked.task());
            }
        });
    }

    /** To be called again and again: what was asked of other controllers reaches the runners that are here. */
    public void look() {
        List<String> before = List.copyOf(told.keySet());
        List<Wish> asked = asked(fleet.all());
        for (Wish wish : asked) {
            fleet.find(wish.runner())
                    .filter(runner -> told.get(wish.task().command()) != runner)
                    .ifPresent(runner -> tell(runner, wish.task()));
        }
        Set<String> still = asked.stream().map(wish -> wish.task().command()).collect(Collectors.toSet());
        before.stream().filter(command -> !still.contains(command)).forEach(told::remove);
    }

    private record Wish(String runner, Asked task) {}

    private List<Wish> asked(List<ConnectedRunner> runners) {
        if (runners.isEmpty()) {
            return List.of();
        }
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select runner, id, epoch, cancel_actor, cancel_reason from task where runner = any(:runners)"
                                + " and cancel_requested_at is not null and state in " + Stage.LIVE)
                .bind("runners", runners.stream().map(ConnectedRunner::name).toArray(String[]::new))
                .map((row, context) -> new Wish(
                        row.getString(1),
                        new Asked(row.getString(2), row.getInt(3), row.getString(4), row.getString(5))))
                .list());
    }

    private void tell(ConnectedRunner runner, Asked task) {
        if (shared) {
            told.put(task.command(), runner);
        }
        runner.send(command(task));
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

    private static ControllerMessage command(Asked task) {
        return ControllerMessage.newBuilder()
                .setCommand(Command.newBuilder()
                        .setId(task.command())
                        .setTask(task.id())
                        .setEpoch(task.epoch())
                        .setActor(task.cancelActor())
                        .setCancel(CancelCommand.newBuilder().setReason(task.cancelReason())))
                .build();
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
