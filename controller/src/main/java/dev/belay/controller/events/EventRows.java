package dev.belay.controller.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Event;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jspecify.annotations.Nullable;

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
        // One statement, whatever their number: a statement each costs more than their rows.
        handle.createUpdate("""
                        insert into event (task, seq, tenant, actor, epoch, runner_seq, at, kind, turn, step, body)
                        select * from unnest(:tasks, :seqs, :tenants, :actors, :epochs, :runnerSeqs, :at::timestamptz[],
                          :kinds, :turns, :steps, :bodies)
                        """)
                .bind("tasks", texts(entries, Event::getTask))
                .bind("seqs", all(entries, Long[]::new, entry -> entry.event.getSeq()))
                .bind("tenants", all(entries, String[]::new, Entry::tenant))
                .bind("actors", texts(entries, event -> Plain.text(event.getActor(), 200)))
                .bind("epochs", numbers(entries, Event::getEpoch))
                .bind("runnerSeqs", runnerSeqs(entries))
                .bind("at", texts(entries, event -> TaskView.time(event.getAt()).toString()))
                .bind("kinds", texts(entries, ProtoJson::kind))
                .bind("turns", numbers(entries, Event::getTurn))
                .bind("steps", numbers(entries, Event::getStep))
                .bind("bodies", bodies(entries))
                .execute();
    }

    private static String[] texts(List<Entry> entries, Function<Event, String> part) {
        return all(entries, String[]::new, entry -> part.apply(entry.event));
    }

    private static Integer[] numbers(List<Entry> entries, Function<Event, Integer> part) {
        return all(entries, Integer[]::new, entry -> part.apply(entry.event));
    }

    private static <T> T[] all(List<Entry> entries, IntFunction<T[]> array, Function<Entry, T> part) {
        return entries.stream().map(part).toArray(array);
    }

    /** By the driver's own way: as an array of objects it does not take arrays of bytes. */
    private static Argument bodies(List<Entry> entries) {
        byte[][] bodies = all(entries, byte[][]::new, entry -> entry.event().toByteArray());
        return (position, statement, context) ->
                statement.setArray(position, statement.getConnection().createArrayOf("bytea", bodies));
    }

    private static @Nullable Long[] runnerSeqs(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.runnerSeq() > 0 ? (Long) entry.runnerSeq() : null)
                .toArray(Long[]::new);
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
