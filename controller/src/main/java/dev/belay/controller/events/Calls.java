package dev.belay.controller.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.proto.v1.Event;
import java.util.Optional;

/** What a task's log says of its tool calls, with what the present edit has appended. */
final class Calls {
    private Calls() {}

    /** The call that was begun and has no result. */
    static Optional<Event> open(TaskEdit task) {
        for (EventRows.Entry entry : task.appended.reversed()) {
            if (entry.event().hasToolResult()) {
                return Optional.empty();
            }
            if (entry.event().hasToolCall()) {
                return Optional.of(entry.event());
            }
        }
        return task.handle
                .createQuery("""
                        select body from event
                        where task = :task and tenant = :tenant and kind in ('tool.call', 'tool.result')
                        order by seq desc limit 1
                        """)
                .bind("task", task.before.id())
                .bind("tenant", task.before.tenant())
                .map((row, context) -> parsed(row.getBytes("body")))
                .findOne()
                .filter(Event::hasToolCall);
    }

    /** How many calls were begun in the task's present epoch. */
    static int inEpoch(TaskEdit task) {
        int appended = (int) task.appended.stream()
                .filter(entry -> entry.event().hasToolCall())
                .count();
        return appended
                + task.handle
                        .createQuery("""
                        select count(*) from event
                        where task = :task and tenant = :tenant and epoch = :epoch and kind = 'tool.call'
                        """)
                        .bind("task", task.before.id())
                        .bind("tenant", task.before.tenant())
                        .bind("epoch", task.epoch)
                        .mapTo(Integer.class)
                        .one();
    }

    private static Event parsed(byte[] body) {
        try {
            return Event.parseFrom(body);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("an event in the database is damaged", damaged);
        }
    }
}
