package dev.belay.controller.events;

import dev.belay.proto.v1.Event;
import java.util.Optional;

/** What a task's log says of its tool calls, with what the present edit has appended. */
final class Calls {
    private Calls() {}

    /** The call that was begun and has no result. */
    static Optional<Event> open(TaskEdit task) {
        return last(task).filter(Event::hasToolCall);
    }

    /** The result whose step came to no snapshot: what the call did is nowhere kept. */
    static Optional<Event> unkept(TaskEdit task) {
        return last(task)
                .filter(Event::hasToolResult)
                .filter(result -> result.getToolResult().getInterrupted().isEmpty())
                .filter(result -> SnapshotRows.find(
                                task.handle, task.before.tenant(), task.before.id(), result.getStep())
                        .isEmpty());
    }

    /** The last beginning of a call, or its result. */
    private static Optional<Event> last(TaskEdit task) {
        for (EventRows.Entry entry : task.appended.reversed()) {
            if (entry.event().hasToolResult() || entry.event().hasToolCall()) {
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
                .map((row, context) -> EventRows.event(row.getBytes("body")))
                .findOne();
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
}
