package dev.belay.controller.dispatch;

import dev.belay.controller.runners.Admission;
import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.runners.KnownRunner;
import dev.belay.controller.runners.Providers;
import dev.belay.controller.tasks.QueueReason;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** What is queued, and why it still is. */
@Singleton
public final class Queue implements QueueReason.Source {
    private final Jdbi jdbi;
    private final Elsewhere everybody;
    private final Admission admission;
    private final Providers providers;

    public Queue(Jdbi jdbi, Elsewhere everybody, Admission admission, Providers providers) {
        this.jdbi = jdbi;
        this.everybody = everybody;
        this.admission = admission;
        this.providers = providers;
    }

    /** How many of a tenant's tasks are queued and live, and the age of the oldest queued one. */
    public record Length(int queued, int running, double oldestQueuedSeconds) {}

    public Length length(String tenant) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select count(*) filter (where state = 'queued') as queued,
                          count(*) filter (where state in %s) as running,
                          coalesce(extract(epoch from clock_timestamp()
                                   - min(created_at) filter (where state = 'queued')), 0)::float8
                            as oldest_queued_seconds
                        from task where tenant = :tenant and finished_at is null
                        """.formatted(Stage.LIVE))
                .bind("tenant", tenant)
                .mapTo(Length.class)
                .one());
    }

    @Override
    public QueueReason of(TaskRow task) {
        QueueReason now = now(task);
        return task.stopDetail().isEmpty()
                ? now
                : new QueueReason(now.reason(), task.stopDetail() + "; " + now.detail());
    }

    private QueueReason now(TaskRow task) {
        List<KnownRunner> runners = everybody.andHere();
        if (runners.isEmpty()) {
            return new QueueReason("no_runner", "the controller has no runner: none is connected");
        }
        String provider = task.provider();
        if (!provider.isEmpty() && admission.suitable(provider, true).isEmpty()) {
            return unasked(provider);
        }
        List<KnownRunner> suitable = admission.suitable(provider, task.acceptWeaker());
        if (suitable.isEmpty()) {
            return new QueueReason(
                    "weaker_isolation",
                    "no connected runner" + (provider.isEmpty() ? "" : " with a key for " + provider)
                            + " isolates as the policy asks (" + admission.shortfall(provider)
                            + "); it waits for one that does, and a new run with --accept-weaker would not");
        }
        List<KnownRunner> taking =
                suitable.stream().filter(runner -> runner.takesNone().isEmpty()).toList();
        if (taking.isEmpty()) {
            KnownRunner one = suitable.getFirst();
            return new QueueReason(
                    "runner_full",
                    one.name() + " takes no task now: " + Admission.plain(one.takesNone())
                            + (suitable.size() == 1 ? "" : "; nor do " + (suitable.size() - 1) + " others"));
        }
        int places = taking.stream().mapToInt(KnownRunner::slots).sum();
        // Of every tenant: places are the fleet's.
        int held = jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from task where runner = any(:runners) and state in " + Stage.LIVE)
                .bind("runners", taking.stream().map(KnownRunner::name).toArray(String[]::new))
                .mapTo(Integer.class)
                .one());
        if (held < places && !task.stopDetail().isEmpty()) {
            return new QueueReason("retry", "the controller tries again");
        }
        if (held < places) {
            return new QueueReason("queued", "the controller is about to give it to a runner");
        }
        return new QueueReason(
                "no_place",
                "all " + places + " places of the connected runners"
                        + (taking.size() == runners.size() ? "" : which(task)) + " are taken");
    }

    private QueueReason unasked(String provider) {
        return providers
                .shortfall(provider)
                .map(words -> new QueueReason(
                        "no_key",
                        "no connected runner has a key for " + provider + " (" + words
                                + "); it waits for one that has: belay login " + provider))
                .orElseGet(() -> new QueueReason(
                        "no_provider",
                        "no connected runner knows the provider " + provider + " (they know: " + providers.known()
                                + "); it waits for one that does"));
    }

    private static String which(TaskRow task) {
        List<String> clauses = new ArrayList<>();
        if (!task.acceptWeaker()) {
            clauses.add("isolate as the policy asks");
        }
        if (!task.provider().isEmpty()) {
            clauses.add("have a key for " + task.provider());
        }
        return " that " + (clauses.isEmpty() ? "take tasks" : String.join(" and ", clauses));
    }
}
