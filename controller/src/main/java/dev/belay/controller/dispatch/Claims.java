package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.Admission;
import dev.belay.controller.runners.ConnectedRunner;
import dev.belay.controller.tasks.Stage;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Takes tasks from the queue for runners with free places, every tenant in turn. */
@Singleton
public final class Claims {
    /**
     * A tenant's n-th queued task counts as its (held + n)-th task, and the lowest count goes first: a tenant with a long
     * queue gets no more than one with a short one. A kind is what a place can be for: which provider's models, and
     * whether weaker isolation is accepted. Each tenant's part of each kind reads only as many rows as there are places,
     * by the queue's index; what no runner here may take is not read, and keeps nobody behind it waiting.
     */
    static final String FAIR = """
            with place as materialized (
              select * from unnest(:runners, :strong, :providers) as p(runner, strong, provider)
            ), kind as materialized (
              select distinct provider, accepts from place, (values (true), (false)) as a(accepts) where strong or accepts
            )
            select t.id, t.accept_weaker, t.provider,
                   array(select a.runner from attempt a
                         where a.task = t.id and a.outcome = 'rejected'
                           and a.ended_at > clock_timestamp() - make_interval(secs => :avoid)) as avoided
            from task t join (
              select q.id, q.created_at, coalesce(h.held, 0) + q.place as share
              from tenant n
              cross join lateral (
                select c.id, c.created_at, row_number() over (order by c.created_at, c.id) as place
                from (
                  select one.id, one.created_at
                  from kind k
                  cross join lateral (
                    select w.id, w.created_at from task w
                    where w.tenant = n.tenant and w.state = 'queued'
                      and w.provider = k.provider and w.accept_weaker = k.accepts
                      and (w.not_before is null or w.not_before <= clock_timestamp())
                      and exists (
                        select 1 from place r
                        where r.provider = w.provider and (r.strong or w.accept_weaker) and not exists (
                          select 1 from attempt a
                          where a.task = w.id and a.runner = r.runner and a.outcome = 'rejected'
                            and a.ended_at > clock_timestamp() - make_interval(secs => :avoid)))
                    order by w.created_at, w.id limit :places
                  ) one
                  order by one.created_at, one.id limit :places
                ) c
              ) q
              left join (select tenant, count(*) as held from task where state in %s group by tenant) h
                on h.tenant = n.tenant
            ) f on f.id = t.id
            where t.state = 'queued'
            order by f.share, f.created_at, t.id
            limit :places
            for update of t skip locked
            """.formatted(Stage.LIVE);

    /** More would keep the first of them waiting for the last, and their rows locked. */
    static final int MOST_AT_ONCE = 200;

    private final Jdbi jdbi;
    private final Timings timings;
    private final Clock clock;

    public Claims(Jdbi jdbi, Timings timings, Clock clock) {
        this.jdbi = jdbi;
        this.timings = timings;
        this.clock = clock;
    }

    /** What a runner was given. */
    record Claimed(String task, String tenant, int epoch, ConnectedRunner runner) {}

    record Candidate(String id, boolean acceptWeaker, String provider, List<String> avoided) {
        boolean mayGoTo(ConnectedRunner runner) {
            return !avoided.contains(runner.name()) && Admission.suits(runner, provider, acceptWeaker);
        }
    }

    /** That a runner has room, for what needs the provider. */
    private record Place(String runner, boolean strong, String provider) {
        /** What needs no provider can go to every runner. */
        static Stream<Place> of(ConnectedRunner runner) {
            boolean strong = Admission.isStrong(runner);
            return Stream.concat(Stream.of(""), runner.offers().usable().stream())
                    .map(provider -> new Place(runner.name(), strong, provider));
        }
    }

    List<Claimed> claim(List<ConnectedRunner> runners) {
        if (runners.isEmpty()) {
            return List.of();
        }
        return jdbi.inTransaction(handle -> {
            Map<ConnectedRunner, Integer> free = free(handle, runners);
            int places = Math.min(
                    MOST_AT_ONCE,
                    free.values().stream().mapToInt(Integer::intValue).sum());
            return places == 0 ? List.of() : claim(handle, free, places);
        });
    }

    private List<Claimed> claim(Handle handle, Map<ConnectedRunner, Integer> free, int places) {
        List<Place> kinds = free.keySet().stream().flatMap(Place::of).toList();
        List<Candidate> candidates = handle.createQuery(FAIR)
                .bind("avoid", Timings.seconds(timings.avoidAfterReject()))
                .bind("runners", kinds.stream().map(Place::runner).toArray(String[]::new))
                .bind("strong", kinds.stream().map(Place::strong).toArray(Boolean[]::new))
                .bind("providers", kinds.stream().map(Place::provider).toArray(String[]::new))
                .bind("places", places)
                .mapTo(Candidate.class)
                .list();
        Map<String, ConnectedRunner> chosen = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            emptiest(free, candidate).ifPresent(runner -> {
                free.merge(runner, -1, Integer::sum);
                chosen.put(candidate.id(), runner);
            });
        }
        if (chosen.isEmpty()) {
            return List.of();
        }
        List<TaskEdit> edits = TaskEdit.lockAll(handle, chosen.keySet());
        List<Claimed> claimed = new ArrayList<>();
        for (TaskEdit edit : edits) {
            ConnectedRunner runner = chosen.get(edit.before().id());
            if (runner != null) {
                edit.lease(runner.name(), timings.lease(), timings.assignAck(), clock.instant());
                claimed.add(new Claimed(edit.before().id(), edit.before().tenant(), edit.epoch(), runner));
            }
        }
        TaskEdit.saveAll(handle, edits);
        return claimed;
    }

    private static Optional<ConnectedRunner> emptiest(Map<ConnectedRunner, Integer> free, Candidate candidate) {
        return free.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && candidate.mayGoTo(entry.getKey()))
                .max(Comparator.comparingInt(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }

    private static Map<ConnectedRunner, Integer> free(Handle handle, List<ConnectedRunner> runners) {
        record Held(String runner, int tasks) {}
        Map<String, Integer> held = handle
                .createQuery("select runner, count(*) as tasks from task where state in " + Stage.LIVE
                        + " and runner = any(:runners) group by runner")
                .bind("runners", runners.stream().map(ConnectedRunner::name).toArray(String[]::new))
                .mapTo(Held.class)
                .stream()
                .collect(Collectors.toMap(Held::runner, Held::tasks));
        Map<ConnectedRunner, Integer> free = new LinkedHashMap<>();
        for (ConnectedRunner runner : runners) {
            int places = runner.slots() - held.getOrDefault(runner.name(), 0);
            if (places > 0 && runner.takesNone().isEmpty()) {
                free.put(runner, places);
            }
        }
        return free;
    }
}
