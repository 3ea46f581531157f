package dev.belay.controller.tasks;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Finds tasks. The tenant is in every question: another tenant's task does not exist. */
@Singleton
public final class TaskQueries {
    private static final int CANDIDATES = 5;
    private static final int MOST = 1000;
    private static final int MOST_KNOWN = 10_000;

    private final Jdbi jdbi;

    /** Whole ids that were asked for: what exists stays, and stays its tenant's. */
    private final ConcurrentHashMap<Whole, String> known = new ConcurrentHashMap<>();

    private record Whole(String tenant, String id) {}

    public TaskQueries(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The id of the task that {@code given} names. Many who ask for one at the same time, by its whole id, ask once. */
    public String id(Caller caller, String given) {
        if (!Ids.isWhole(given)) {
            return named(caller, given).id();
        }
        if (known.size() > MOST_KNOWN) {
            known.clear();
        }
        return known.computeIfAbsent(
                new Whole(caller.tenant(), given),
                whole -> byId(caller, whole.id()).id());
    }

    /** The task that {@code given}, a prefix of its id with or without {@code t-}, names. */
    public TaskRow named(Caller caller, String given) {
        String prefix = Ids.taskPrefix(given).orElseThrow(() -> noSuchTask(given));
        List<TaskRow> found = jdbi.withHandle(handle -> handle.createQuery(TaskRow.SELECT
                        + "where t.tenant = :tenant and t.id >= :prefix and t.id < :end order by t.id limit :limit")
                .bind("tenant", caller.tenant())
                .bind("prefix", prefix)
                .bind("end", prefix + "~")
                .bind("limit", CANDIDATES + 1)
                .mapTo(TaskRow.class)
                .list());
        if (found.isEmpty()) {
            throw noSuchTask(given);
        }
        if (found.size() > 1) {
            throw ambiguous(given, found);
        }
        return found.getFirst();
    }

    /** @throws BelayException E_NO_SUCH_TASK */
    public TaskRow byId(Caller caller, String id) {
        return jdbi.withHandle(handle -> byId(handle, caller.tenant(), id)).orElseThrow(() -> noSuchTask(id));
    }

    public static Optional<TaskRow> byId(Handle handle, String tenant, String id) {
        return handle.createQuery(TaskRow.SELECT + "where t.tenant = :tenant and t.id = :id")
                .bind("tenant", tenant)
                .bind("id", id)
                .mapTo(TaskRow.class)
                .findOne();
    }

    /** For the controller's own work, which is done for every tenant. */
    public static List<TaskRow> all(Handle handle, List<String> ids) {
        return handle.createQuery(TaskRow.SELECT + "where t.id = any(:ids)")
                .bind("ids", ids.toArray(String[]::new))
                .mapTo(TaskRow.class)
                .list();
    }

    /** Newest first; unless {@code all}, those that have not ended or ended in the last 24 hours. */
    public List<TaskRow> list(Caller caller, boolean all, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(TaskRow.SELECT + """
                        where t.tenant = :tenant
                          and (:all or t.finished_at is null or t.finished_at > clock_timestamp() - interval '24 hours')
                        order by t.created_at desc, t.id limit :limit
                        """)
                .bind("tenant", caller.tenant())
                .bind("all", all)
                .bind("limit", Math.clamp(limit, 1, MOST))
                .mapTo(TaskRow.class)
                .list());
    }

    public static BelayException noSuchTask(String given) {
        return BelayException.of(
                ErrorCode.E_NO_SUCH_TASK,
                "there is no task " + shown(given),
                "the controller knows no task of yours whose id begins so",
                "belay ps --all");
    }

    private static BelayException ambiguous(String given, List<TaskRow> found) {
        String names = found.stream().limit(CANDIDATES).map(TaskRow::shortId).collect(Collectors.joining(", "));
        String more = found.size() > CANDIDATES ? ", …" : "";
        return BelayException.of(
                ErrorCode.E_AMBIGUOUS_TASK,
                shown(given) + " is the beginning of more than one task",
                "the controller found " + names + more,
                "belay show " + found.getFirst().shortId());
    }

    private static String shown(String given) {
        String plain = given.replaceAll("[^\\x21-\\x7e]", "?");
        return plain.length() <= 40 ? plain : plain.substring(0, 40) + "…";
    }
}
