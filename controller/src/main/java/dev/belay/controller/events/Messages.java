package dev.belay.controller.events;

import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.Warning;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What people said to tasks, until a model was given it. */
public final class Messages {
    private Messages() {}

    /** What was stored under a key of the client's. */
    public record Stored(String id, String task, long seq, byte[] requestHash) {}

    public static Optional<Stored> byKey(Handle handle, String tenant, String key) {
        return handle.createQuery("""
                        select id, task, seq, request_hash from message
                        where tenant = :tenant and idempotency_key = :key
                        """)
                .bind("tenant", tenant)
                .bind("key", key)
                .mapTo(Stored.class)
                .findOne();
    }

    /** To be called when its event is saved. False, with nothing stored, when the key is another message's. */
    public static boolean insert(Handle handle, String tenant, String actor, String key, Stored message) {
        return handle.createUpdate("""
                        insert into message (id, task, seq, tenant, actor, idempotency_key, request_hash)
                        values (:id, :task, :seq, :tenant, :actor, :key, :hash)
                        on conflict (tenant, idempotency_key) do nothing
                        """)
                        .bind("id", message.id())
                        .bind("task", message.task())
                        .bind("seq", message.seq())
                        .bind("tenant", tenant)
                        .bind("actor", Plain.text(actor, 200))
                        .bind("key", key)
                        .bind("hash", message.requestHash())
                        .execute()
                == 1;
    }

    /** Those that no model was given yet, in the order in which they were said. */
    public static List<PersonSpoke> waiting(Handle handle, String tenant, String task) {
        return handle.createQuery("""
                        select e.body from message m join event e on e.task = m.task and e.seq = m.seq
                        where m.task = :task and m.tenant = :tenant and m.turn is null order by m.seq
                        """)
                .bind("task", task)
                .bind("tenant", tenant)
                .map((row, context) -> EventRows.event(row.getBytes("body")).getPersonMessage())
                .list();
    }

    /** A turn began that a model was given messages with. */
    static void given(TaskEdit task, Event turnStart) {
        List<String> ids = turnStart.getTurnStart().getMessagesList();
        if (ids.isEmpty()) {
            return;
        }
        task.unread -= task.handle
                .createUpdate("""
                        update message set turn = :turn
                        where task = :task and tenant = :tenant and id = any(:ids) and turn is null
                        """)
                .bind("turn", turnStart.getTurn())
                .bind("task", task.before.id())
                .bind("tenant", task.before.tenant())
                .bind("ids", ids.toArray(String[]::new))
                .execute();
    }

    /** For the log of a task that ends without having heard everything. */
    static Event unread(int count) {
        return Event.newBuilder()
                .setActor("controller")
                .setWarning(Warning.newBuilder()
                        .setCode("W_NOT_HEARD")
                        .setText((count == 1 ? "a message was" : count + " messages were")
                                + " never given to the model: the task ended first; belay fork goes on with it"))
                .build();
    }
}
