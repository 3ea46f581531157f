package dev.belay.controller.events;

import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Event.BodyCase;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The log of a task up to one of its snapshots, written again as the beginning of another task's: what was said and done,
 * its snapshots and its operations, under numbers of their own and with the steps and turns that they had.
 */
public final class Past {
    /** How a task stood, what Belay had to say of its runners, and how its sandboxes were made ready, is not said of the other one. */
    private static final Set<BodyCase> LEFT_OUT =
            EnumSet.of(BodyCase.TASK_STATE, BodyCase.WARNING, BodyCase.SETUP_START, BodyCase.SETUP_END);

    private final Set<String> packs = new LinkedHashSet<>();
    private final Set<Integer> answeredTurns = new HashSet<>();
    private int ofFormerScripts;
    private int saidTurn = -1;

    private Past() {}

    /**
     * To be called in the transaction that made the row of {@code into}, which has no log yet.
     *
     * @param step one that has a snapshot
     */
    public static Past copy(Handle handle, TaskRow from, int step, String into, Instant now) {
        Past past = new Past();
        long end = end(handle, from, step);
        long after = 0;
        while (after < end) {
            List<Event> page = EventRows.page(handle, from.tenant(), from.id(), after);
            // Saved page by page, since a log may be long.
            TaskEdit edit = TaskEdit.lock(handle, from.tenant(), into).orElseThrow();
            for (Event event : page) {
                if (event.getSeq() <= end && !LEFT_OUT.contains(event.getBodyCase())) {
                    past.count(event);
                    edit.append(event, 0, now);
                }
            }
            edit.save();
            after = page.getLast().getSeq();
        }
        return past;
    }

    /** What the snapshots need, in the order in which they were taken. */
    public List<String> packs() {
        return List.copyOf(packs);
    }

    /** How many answers the model gave, since it last got a script of its own. */
    public int replies() {
        return answeredTurns.size() - ofFormerScripts;
    }

    /**
     * The last event that belongs to the state after the step. When nothing was done afterwards, what was said then, a
     * last answer for instance, belongs to it.
     */
    private static long end(Handle handle, TaskRow task, int step) {
        long taken = handle.createQuery("""
                        select seq from event
                        where task = :task and tenant = :tenant and kind = 'snapshot.created' and step = :step
                        """)
                .bind("task", task.id())
                .bind("tenant", task.tenant())
                .bind("step", step)
                .mapTo(Long.class)
                .one();
        record Next(long seq, String kind) {}
        return handle.createQuery("""
                        select seq, kind from event
                        where task = :task and tenant = :tenant and seq > :taken and seq <= :last
                          and kind in ('tool.call', 'snapshot.created', 'snapshot.failed', 'operation', 'task.state',
                                       'task.fork')
                        order by seq limit 1
                        """)
                .bind("task", task.id())
                .bind("tenant", task.tenant())
                .bind("taken", taken)
                .bind("last", task.lastSeq())
                .mapTo(Next.class)
                .findOne()
                .map(next -> next.kind().equals("task.state") ? next.seq() - 1 : taken)
                .orElse(task.lastSeq());
    }

    /** The prompt that a fork's conversation begins with; nothing for what was not forked. */
    public static Optional<String> beganWith(Handle handle, TaskRow task) {
        return handle.createQuery("""
                        select body from event where task = :task and tenant = :tenant and kind = 'task.fork'
                        order by seq desc limit 1
                        """)
                .bind("task", task.id())
                .bind("tenant", task.tenant())
                .map((row, context) ->
                        EventRows.event(row.getBytes("body")).getTaskFork().getBeganWith())
                .findOne();
    }

    private void count(Event event) {
        switch (event.getBodyCase()) {
            case TOOL_CALL -> {
                if (!event.getToolCall().getTool().equals("exec")) {
                    answeredTurns.add(event.getTurn());
                }
            }
            case MODEL_MESSAGE -> {
                saidTurn = event.getTurn();
                if (event.getModelMessage().getCallsCount() > 0) {
                    answeredTurns.add(event.getTurn());
                }
            }
            // Words alone are an answer when the turn ended with them.
            case TURN_END -> {
                if (saidTurn == event.getTurn()) {
                    answeredTurns.add(event.getTurn());
                }
            }
            case TASK_FORK -> {
                if (event.getTaskFork().getOwnScript()) {
                    ofFormerScripts = answeredTurns.size();
                }
            }
            case SNAPSHOT_CREATED -> {
                String pack = event.getSnapshotCreated().getSnapshot().getPackSha256();
                if (!pack.isEmpty()) {
                    packs.add(pack);
                }
            }
            default -> {
                // Neither an answer nor anything that needs a pack.
            }
        }
    }
}
