package dev.belay.controller.events;

import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Stage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.Snapshot;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Reads what was appended. */
@Singleton
public final class EventLog {
    private final Jdbi jdbi;

    public EventLog(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** How far a task's log reaches, and whether it has ended: read together. */
    record End(long lastSeq, String state) {
        boolean terminal() {
            return Stage.of(state).terminal();
        }
    }

    public List<Event> page(Caller caller, String task, long after) {
        return jdbi.withHandle(handle -> EventRows.page(handle, caller.tenant(), task, after));
    }

    End end(Caller caller, String task) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select last_seq, state from task where tenant = :tenant and id = :task")
                        .bind("tenant", caller.tenant())
                        .bind("task", task)
                        .mapTo(End.class)
                        .one());
    }

    public List<Snapshot> snapshots(Caller caller, String task) {
        return jdbi.withHandle(handle -> SnapshotRows.all(handle, caller.tenant(), task));
    }

    /** By step, the tree of the project's files: what tells whether a step changed any. */
    public Map<Integer, String> trees(Caller caller, String task) {
        return jdbi.withHandle(handle -> SnapshotRows.trees(handle, caller.tenant(), task));
    }

    public Optional<Snapshot> snapshot(Caller caller, String task, int step) {
        return jdbi.withHandle(handle -> SnapshotRows.find(handle, caller.tenant(), task, step));
    }

    public List<Operation> operations(Caller caller, String task) {
        return jdbi.withHandle(handle -> OperationRows.all(handle, caller.tenant(), task));
    }
}
