package dev.belay.controller.events;

import dev.belay.controller.Bounds;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** How many streams are open, by task and by person; not more than there may be. */
@Singleton
final class Seats {
    private final Bounds bounds;
    private final Map<String, Integer> byTask = new HashMap<>();
    private final Map<Caller, Integer> byActor = new HashMap<>();

    Seats(Bounds bounds) {
        this.bounds = bounds;
    }

    /** @throws BelayException E_TOO_MANY_WATCHERS */
    synchronized void take(Caller caller, String task) {
        if (byTask.getOrDefault(task, 0) >= bounds.watchersPerTask()) {
            throw refused(
                    "the task is followed by " + bounds.watchersPerTask() + " already",
                    "more than that are let to one task at no time (BELAY_MAX_WATCHERS)",
                    "belay show TASK tells how it is; belay wait TASK needs no stream");
        }
        if (byActor.getOrDefault(caller, 0) >= bounds.watchersPerActor()) {
            throw refused(
                    caller.actor() + " follows " + bounds.watchersPerActor() + " tasks already",
                    "more than that are let to one person at no time (BELAY_MAX_WATCHERS_ACTOR)",
                    "end some of the watchers, then try again");
        }
        byTask.merge(task, 1, Integer::sum);
        byActor.merge(caller, 1, Integer::sum);
    }

    synchronized void giveBack(Caller caller, String task) {
        byTask.computeIfPresent(task, (id, taken) -> taken == 1 ? null : taken - 1);
        byActor.computeIfPresent(caller, (id, taken) -> taken == 1 ? null : taken - 1);
    }

    private static BelayException refused(String what, String why, String next) {
        return BelayException.of(
                ErrorCode.E_TOO_MANY_WATCHERS,
                what,
                "controller: " + why,
                "the task goes on, and its log is kept",
                next);
    }
}
