package dev.belay.controller.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Event;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The event table. */
final class EventRows {
    private static final int PAGE = 200;
    private static final int PAGE_BYTES = 1 << 20;

    private EventRows() {}

    /** An event that is to be written; {@code runnerSeq} is 0 for one of the controller's own. */
    record Entry(String tenant, Event event, long runnerSeq) {}

    static void insert(Handle handle, List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                insert into event (task, seq, tenant, actor, epoch, runner_seq, at, kind, turn, step, body)
                values (:task, :seq, :tenant, :actor, :epoch, :runnerSeq, :at, :kind, :turn, :step, :body)
                """);
        for (Entry entry : entries) {
            Event event = entry.event();
            batch.bind("task", event.getTask())
                    .bind("seq", event.getSeq())
                    .bind("tenant", entry.tenant())
                    .bind("actor", Plain.text(event.getActor(), 200))
                    .bind("epoch", event.getEpoch())
                    .bind("at", TaskView.time(event.getAt()))
                    .bind("kind", ProtoJson.kind(event))
                    .bind("turn", event.getTurn())
                    .bind("step", event.getStep())
                    .bind("body", event.toByteArray())
                    // By its type: a batch may hold both, and is prepared by its first.
                    .bindByType("runnerSeq", entry.runnerSeq() > 0 ? entry.runnerSeq() : null, Long.class)
                    .add();
        }
        batch.execute();
    }

    /** The events after {@code after}: at most 200, and at most 1 MiB unless the first alone is larger. */
    static List<Event> page(Handle handle, String tenant, String task, long after) {
        return handle.createQuery("""
                        select body from (
                          select seq, body, sum(octet_length(body)) over (order by seq) as bytes
                          from (select seq, body from event
                                where task = :task and tenant = :tenant and seq > :after
                                order by seq limit :page) page
                        ) sized
                        where bytes <= :bytes or seq = :after + 1
                        order by seq
                        """)
                .bind("tenant", tenant)
                .bind("task", task)
                .bind("after", after)
                .bind("page", PAGE)
                .bind("bytes", PAGE_BYTES)
                .map((row, context) -> event(row.getBytes("body")))
                .list();
    }

    static Event event(byte[] body) {
        try {
            return Event.parseFrom(body);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("an event in the database is damaged", damaged);
        }
    }
}
