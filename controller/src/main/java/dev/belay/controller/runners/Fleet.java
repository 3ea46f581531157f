package dev.belay.controller.runners;

import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Kill;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who is connected to this controller now. What tasks they hold is in the database. */
@Singleton
public final class Fleet {
    /** A runner that is away for longer is as one that never was. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final Map<String, ConnectedRunner> connected = new ConcurrentHashMap<>();
    private final Set<ConnectedRunner> arriving = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> lostAt = new ConcurrentHashMap<>();
    private final Clock clock;

    public Fleet(Clock clock) {
        this.clock = clock;
    }

    /** It is being written down that its session is here. Ended by {@link #arrived}, whether it joined or not. */
    public void arrives(ConnectedRunner runner) {
        arriving.add(runner);
    }

    public void arrived(ConnectedRunner runner) {
        arriving.remove(runner);
    }

    /** Whether a session of this name is here, or about to be. */
    boolean expects(String name) {
        // Looked at in the order in which a session goes through them.
        return arriving.stream().anyMatch(runner -> runner.name().equals(name)) || connected.containsKey(name);
    }

    /** The newest session of a name is the one that counts; the one before it is ended. */
    public void joined(ConnectedRunner runner) {
        ConnectedRunner before = connected.put(runner.name(), runner);
        if (before != null) {
            before.close("a newer session of the same runner took its place");
        }
    }

    /** False when this session was not the one that counted. */
    public boolean left(ConnectedRunner runner) {
        if (!connected.remove(runner.name(), runner)) {
            return false;
        }
        Instant now = clock.instant();
        lostAt.values().removeIf(at -> at.isBefore(now.minus(REMEMBERED)));
        lostAt.put(runner.name(), now);
        return true;
    }

    /** Tells the task's runner, where it is connected here, that it holds the task no longer. */
    public void kill(TaskRow task, String why) {
        find(task.runner())
                .ifPresent(runner -> runner.send(ControllerMessage.newBuilder()
                        .setKill(Kill.newBuilder()
                                .setTask(task.id())
                                .setEpoch(task.epoch())
                                .setReason(why))
                        .build()));
    }

    public Optional<ConnectedRunner> find(String name) {
        return Optional.ofNullable(connected.get(name));
    }

    public List<ConnectedRunner> all() {
        return List.copyOf(connected.values());
    }

    /** When the last session of a runner that is not connected ended; nothing when it had none. */
    Optional<Instant> lostAt(String name) {
        return Optional.ofNullable(lostAt.get(name));
    }
}
