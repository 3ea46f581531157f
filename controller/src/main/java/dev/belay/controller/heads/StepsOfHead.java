package dev.belay.controller.heads;

import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.snapshot.RevertRefused;
import dev.belay.proto.v1.Snapshot;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which steps a task's result is made of: each snapshot knows the one that it was made on, and that is the way back. */
@Singleton
final class StepsOfHead {
    private final Snapshots snapshots;

    StepsOfHead(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    /**
     * A step to undo.
     *
     * @param undone the snapshot of the step, {@code before} the one that it was made on
     * @param base the first snapshot, {@code newest} the last in time
     */
    record Step(Snapshot undone, Snapshot before, Snapshot base, Snapshot newest) {}

    /** @throws BelayException E_NO_SUCH_SNAPSHOT, E_USAGE, or E_NOTHING_TO_REVERT when the result is not made of it */
    Step named(Caller caller, TaskRow task, String name) {
        Snapshot undone = snapshots.named(caller, task, name);
        if (undone.getStep() == 0) {
            throw RevertRefused.nothing(
                    task.shortId(),
                    "s0 is the project as it was sent, and no step",
                    "the controller undoes what a task did");
        }
        List<Snapshot> all = snapshots.all(caller, task);
        Map<String, Snapshot> byCommit = new HashMap<>();
        all.forEach(one -> byCommit.put(one.getCommit(), one));
        Snapshot before = byCommit.get(undone.getParentCommit());
        if (before == null || !isOnTheWay(byCommit, snapshots.named(caller, task, "head"), undone)) {
            String head = TaskRow.snapshotId(task.headStep());
            boolean later = task.headStep() != null && undone.getStep() > task.headStep();
            throw RevertRefused.nothing(
                    task.shortId(),
                    undone.getId() + " is not part of the result",
                    "the controller: the result is " + head + ", which "
                            + (later ? undone.getId() + " came after" : "was made without " + undone.getId()));
        }
        return new Step(undone, before, all.getFirst(), all.getLast());
    }

    private static boolean isOnTheWay(Map<String, Snapshot> byCommit, Snapshot head, Snapshot wanted) {
        Set<String> seen = new HashSet<>();
        for (Snapshot at = head; at != null && seen.add(at.getCommit()); at = byCommit.get(at.getParentCommit())) {
            if (at.getStep() == wanted.getStep()) {
                return true;
            }
        }
        return false;
    }
}
