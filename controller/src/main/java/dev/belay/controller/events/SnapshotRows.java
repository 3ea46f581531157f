package dev.belay.controller.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The snapshots of tasks. A row is never changed: a step has one snapshot for ever. */
public final class SnapshotRows {
    private static final Set<String> KINDS = Set.of("base", "step", "exec", "safety", "revert");

    private SnapshotRows() {}

    /** False, with nothing stored, when the step already has another snapshot or this is none. */
    static boolean insert(Handle handle, String tenant, String task, int epoch, String actor, Snapshot snapshot) {
        if (!KINDS.contains(snapshot.getKind()) || snapshot.getStep() < 0) {
            return false;
        }
        Snapshot named = snapshot.toBuilder()
                .setId("s" + snapshot.getStep())
                .setHead(false)
                .build();
        return handle.createUpdate("""
                        insert into snapshot (task, step, tenant, actor, epoch, kind, commit_id, tree, pack_sha256, at, body)
                        values (:task, :step, :tenant, :actor, :epoch, :kind, :commit, :tree, :pack, :at, :body)
                        on conflict (task, step) do nothing
                        """)
                        .bind("task", task)
                        .bind("step", named.getStep())
                        .bind("tenant", tenant)
                        .bind("actor", actor)
                        .bind("epoch", epoch)
                        .bind("kind", named.getKind())
                        .bind("commit", Plain.text(named.getCommit(), 100))
                        .bind("tree", Plain.text(named.getTree(), 100))
                        .bind("pack", Plain.text(named.getPackSha256(), 100))
                        .bind("at", TaskView.time(named.getAt()))
                        .bind("body", named.toByteArray())
                        .execute()
                == 1;
    }

    public static Optional<Snapshot> find(Handle handle, String tenant, String task, int step) {
        return handle.createQuery("select body from snapshot where tenant = :tenant and task = :task and step = :step")
                .bind("tenant", tenant)
                .bind("task", task)
                .bind("step", step)
                .map((row, context) -> snapshot(row.getBytes("body")))
                .findOne();
    }

    /** By step, the tree of the project's files. */
    static Map<Integer, String> trees(Handle handle, String tenant, String task) {
        return handle.createQuery("select step, tree from snapshot where tenant = :tenant and task = :task")
                .bind("tenant", tenant)
                .bind("task", task)
                .reduceRows(new HashMap<>(), (trees, row) -> {
                    trees.put(row.getColumn("step", Integer.class), row.getColumn("tree", String.class));
                    return trees;
                });
    }

    public static List<Snapshot> all(Handle handle, String tenant, String task) {
        return handle.createQuery("select body from snapshot where tenant = :tenant and task = :task order by step")
                .bind("tenant", tenant)
                .bind("task", task)
                .map((row, context) -> snapshot(row.getBytes("body")))
                .list();
    }

    private static Snapshot snapshot(byte[] body) {
        try {
            return Snapshot.parseFrom(body);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("a snapshot in the database is damaged", damaged);
        }
    }
}
