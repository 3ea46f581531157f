package dev.belay.controller.dispatch;

import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.ConnectedRunner;
import dev.belay.controller.tasks.Stage;
import dev.belay.proto.v1.AssignAck;
import dev.belay.proto.v1.ControllerMessage;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes down that runners took what they were given: those that come while one is written go together into the next
 * transaction. A runner that took what is not its own any more is told to end it.
 */
@Singleton
public final class Acknowledgements {
    private static final Logger LOG = LoggerFactory.getLogger(Acknowledgements.class);
    private static final int MOST = 200;

    private record Taken(ConnectedRunner by, String task, int epoch) {
        boolean holds(TaskEdit edit) {
            return edit.stage().live()
                    && edit.epoch() == epoch
                    && edit.before().runner().equals(by.name());
        }
    }

    private final Jdbi jdbi;
    private final Wishes wishes;
    private final Feed feed;
    private final ConcurrentLinkedQueue<Taken> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean();

    public Acknowledgements(Jdbi jdbi, Wishes wishes, Feed feed) {
        this.jdbi = jdbi;
        this.wishes = wishes;
        this.feed = feed;
    }

    /** Returns at once: a session that waited for the others' could not renew its leases meanwhile. */
    public void take(ConnectedRunner by, AssignAck ack) {
        waiting.add(new Taken(by, ack.getTask(), ack.getEpoch()));
        if (writing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("acknowledgements").start(this::writeAll);
        }
    }

    private void writeAll() {
        do {
            for (List<Taken> all = next(); !all.isEmpty(); all = next()) {
                write(all);
            }
            writing.set(false);
            // One that came in between found a writer, and may have been too late for it.
        } while (!waiting.isEmpty() && writing.compareAndSet(false, true));
    }

    private List<Taken> next() {
        List<Taken> all = new ArrayList<>();
        for (Taken one = waiting.poll(); one != null; one = all.size() < MOST ? waiting.poll() : null) {
            all.add(one);
        }
        return all;
    }

    private void write(List<Taken> all) {
        try {
            List<Taken> held = jdbi.inTransaction(handle -> held(handle, all));
            all.forEach(taken -> feed.changed(taken.task()));
            all.stream()
                    .filter(taken -> !held.contains(taken))
                    .forEach(taken -> taken.by()
                            .send(ControllerMessage.newBuilder()
                                    .setKill(ConnectedRunner.notHeld(taken.task(), taken.epoch()))
                                    .build()));
            wishes.remind(held.stream().map(Taken::by).distinct().toList());
        } catch (RuntimeException unwritten) {
            LOG.warn("what runners took could not be taken down; they are asked to come back", unwritten);
            all.stream().map(Taken::by).distinct().forEach(runner -> runner.close("come back, and say what you hold"));
        }
    }

    private static List<Taken> held(Handle handle, List<Taken> all) {
        Map<String, List<Taken>> byTask = all.stream().collect(Collectors.groupingBy(Taken::task));
        List<Taken> held = new ArrayList<>();
        List<TaskEdit> changed = new ArrayList<>();
        for (TaskEdit edit : TaskEdit.lockAll(handle, byTask.keySet())) {
            List<Taken> theirs = byTask.getOrDefault(edit.before().id(), List.of()).stream()
                    .filter(taken -> taken.holds(edit))
                    .toList();
            held.addAll(theirs);
            if (!theirs.isEmpty() && edit.stage() == Stage.LEASED) {
                edit.acked();
                changed.add(edit);
            }
        }
        TaskEdit.saveAll(handle, changed);
        return held;
    }
}
