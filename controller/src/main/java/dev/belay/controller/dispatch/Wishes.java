package dev.belay.controller.dispatch;

import dev.belay.controller.events.Messages;
import dev.belay.controller.peers.Hints;
import dev.belay.controller.runners.ConnectedRunner;
import dev.belay.controller.runners.Fleet;
import dev.belay.proto.v1.CancelCommand;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.PauseCommand;
import dev.belay.proto.v1.PersonSpoke;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * What people want of tasks that runners hold: an end, a pause, a message to be heard. It is in the database before the
 * runner is told, is told once a session, and again to whoever comes back; a runner does nothing new for what it knows.
 */
@Singleton
public final class Wishes {
    private final Jdbi jdbi;
    private final Fleet fleet;
    private final Hints hints;
    /** By what is asked: the session that was told. */
    private final Map<String, ConnectedRunner> told = new ConcurrentHashMap<>();

    public Wishes(Jdbi jdbi, Fleet fleet, Hints hints) {
        this.jdbi = jdbi;
        this.fleet = fleet;
        this.hints = hints;
        hints.hear(
                Hints.About.CANCEL,
                runner -> fleet.find(runner)
                        .ifPresent(here -> Thread.ofVirtual().name("remind").start(() -> remind(here))));
    }

    private record Wish(String runner, Command command) {}

    /** To be called when something new is wanted of {@code task}, and that is committed. */
    public void tell(String runner, String task) {
        fleet.find(runner)
                .ifPresentOrElse(
                        here -> open(List.of(here), task).forEach(this::pass),
                        () -> hints.tell(Hints.About.CANCEL, runner));
    }

    /** A runner that was away, or elsewhere, when something was wanted hears of it when it comes back. */
    public void remind(ConnectedRunner runner) {
        remind(List.of(runner));
    }

    public void remind(List<ConnectedRunner> runners) {
        open(runners, "").forEach(this::pass);
    }

    /** To be called again and again: what was wanted at other controllers reaches the runners that are here. */
    public void look() {
        List<String> before = List.copyOf(told.keySet());
        List<Wish> open = open(fleet.all(), "");
        open.forEach(this::pass);
        Set<String> still = open.stream().map(wish -> wish.command().getId()).collect(Collectors.toSet());
        before.stream().filter(command -> !still.contains(command)).forEach(told::remove);
    }

    private void pass(Wish wish) {
        fleet.find(wish.runner()).ifPresent(runner -> {
            if (told.put(wish.command().getId(), runner) != runner) {
                runner.send(ControllerMessage.newBuilder()
                        .setCommand(wish.command())
                        .build());
            }
        });
    }

    /** @param task empty for every one */
    private List<Wish> open(List<ConnectedRunner> runners, String task) {
        record Row(
                String runner,
                String tenant,
                String id,
                int epoch,
                boolean cancel,
                String cancelActor,
                String cancelReason,
                boolean pause,
                String pauseActor,
                boolean pauseNow,
                int unread) {}
        if (runners.isEmpty()) {
            return List.of();
        }
        return jdbi.withHandle(handle -> {
            List<Wish> wishes = new ArrayList<>();
            // One that was not answered for yet is nobody's to tell: whoever answers is told then.
            for (Row row : handle.createQuery("""
                            select runner, tenant, id, epoch, cancel_requested_at is not null as cancel, cancel_actor,
                              cancel_reason, pause_requested_at is not null as pause, pause_actor, pause_now, unread
                            from task
                            where runner = any(:runners) and state in ('preparing', 'running')
                              and (cancel_requested_at is not null or pause_requested_at is not null or unread > 0)
                              and (:task = '' or id = :task)
                            """)
                    .bind("runners", runners.stream().map(ConnectedRunner::name).toArray(String[]::new))
                    .bind("task", task)
                    .mapTo(Row.class)
                    .list()) {
                Command.Builder command = Command.newBuilder().setTask(row.id).setEpoch(row.epoch);
                if (row.cancel) {
                    wishes.add(new Wish(
                            row.runner,
                            command.setId("cancel-" + row.id + "-" + row.epoch)
                                    .setActor(row.cancelActor)
                                    .setCancel(CancelCommand.newBuilder().setReason(row.cancelReason))
                                    .build()));
                    continue;
                }
                if (row.unread > 0) {
                    messages(handle, row.runner, row.tenant, command.build(), wishes);
                }
                if (row.pause) {
                    wishes.add(new Wish(
                            row.runner,
                            command.setId("pause-" + row.id + "-" + row.epoch + (row.pauseNow ? "-now" : ""))
                                    .setActor(row.pauseActor)
                                    .setPause(PauseCommand.newBuilder()
                                            .setReason("paused by " + row.pauseActor)
                                            .setNow(row.pauseNow))
                                    .build()));
                }
            }
            return wishes;
        });
    }

    private static void messages(Handle handle, String runner, String tenant, Command to, List<Wish> wishes) {
        for (PersonSpoke message : Messages.waiting(handle, tenant, to.getTask())) {
            wishes.add(new Wish(
                    runner,
                    to.toBuilder()
                            .setId("message-" + message.getId() + "-" + to.getEpoch())
                            .setMessage(message)
                            .build()));
        }
    }
}
