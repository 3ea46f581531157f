package dev.belay.controller.ports;

import dev.belay.controller.exec.Executions;
import dev.belay.controller.runners.ConnectedRunner;
import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Ids;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Visit;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets people speak with what listens in a task's sandbox. Nothing of it is stored: it begins and ends with the connections
 * of person and runner, and both must be with this controller.
 */
@Singleton
public final class Visits {
    /** What nobody reads is held in this process's memory. */
    private static final int AT_ONCE = 96;

    private static final int OF_A_TENANT = AT_ONCE / 2;
    private static final int HIGHEST_PORT = 65535;
    private static final long LOOK_MILLIS = 500;
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final TaskQueries tasks;
    private final Fleet fleet;
    private final Elsewhere elsewhere;
    private final Executions executions;
    private final Ids ids;
    private final Clock clock;
    private final Map<String, OpenVisit> open = new ConcurrentHashMap<>();

    Visits(TaskQueries tasks, Fleet fleet, Elsewhere elsewhere, Executions executions, Ids ids, Clock clock) {
        this.tasks = tasks;
        this.fleet = fleet;
        this.elsewhere = elsewhere;
        this.executions = executions;
        this.ids = ids;
        this.clock = clock;
    }

    /** The ports on which something listens. */
    public List<Integer> listening(Caller caller, String given) throws InterruptedException {
        try (OpenVisit asked = begin(tasks.named(caller, given), 0)) {
            return answer(asked);
        }
    }

    /** A visit to what listens on the port; to be closed. */
    public OpenVisit open(Caller caller, String given, int port) throws InterruptedException {
        if (port < 1 || port > HIGHEST_PORT) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    port + " is not a port",
                    "the controller takes 1 to " + HIGHEST_PORT,
                    "belay ports TASK");
        }
        OpenVisit visit = begin(tasks.named(caller, given), port);
        try {
            answer(visit);
            return visit;
        } catch (BelayException | InterruptedException refused) {
            visit.close();
            throw refused;
        }
    }

    /** The visit that a runner's call is for; nothing, when nobody waits for it, or another runner was asked. */
    public Optional<OpenVisit> met(String runner, String id, Outlet way) {
        Optional<OpenVisit> visit = Optional.ofNullable(open.get(id))
                .filter(waiting -> waiting.runner().equals(runner));
        visit.ifPresent(waiting -> waiting.meets(way));
        return visit;
    }

    private OpenVisit begin(TaskRow task, int port) {
        ConnectedRunner runner = runner(task);
        long mine = open.values().stream()
                .filter(visit -> visit.tenant().equals(task.tenant()))
                .count();
        if (mine >= OF_A_TENANT || open.size() >= AT_ONCE) {
            throw BelayException.of(
                    ErrorCode.E_OVERLOADED,
                    "too many connections to ports",
                    "the controller carries " + OF_A_TENANT + " at once for a tenant, " + AT_ONCE + " in all",
                    "close some of them");
        }
        String id = ids.visit();
        OpenVisit visit = new OpenVisit(task.tenant(), runner.name(), ended -> {
            open.remove(id);
            tellOver(ended.runner(), id);
        });
        open.put(id, visit);
        boolean sent = runner.send(ControllerMessage.newBuilder()
                .setVisit(Visit.newBuilder()
                        .setId(id)
                        .setTask(task.id())
                        .setEpoch(task.stage().atRest() ? 0 : task.epoch())
                        .setPort(port))
                .build());
        if (!sent) {
            visit.close();
            throw away(task);
        }
        return visit;
    }

    /** The end of a call alone does not reach a runner while something of it waits to be taken inside. */
    private void tellOver(String runner, String id) {
        fleet.find(runner)
                .ifPresent(connected -> connected.send(ControllerMessage.newBuilder()
                        .setVisit(Visit.newBuilder().setId(id).setOver(true))
                        .build()));
    }

    private List<Integer> answer(OpenVisit visit) throws InterruptedException {
        Instant deadline = clock.instant().plus(ANSWER);
        while (true) {
            try {
                return visit.answer().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException refused) {
                throw refused.getCause() instanceof BelayException named ? named : new IllegalStateException(refused);
            } catch (TimeoutException silent) {
                if (fleet.find(visit.runner()).isEmpty()) {
                    visit.broken();
                } else if (clock.instant().isAfter(deadline)) {
                    throw BelayException.of(
                                    ErrorCode.E_TIMEOUT,
                                    visit.runner() + " did not answer in time",
                                    "the controller waited " + ANSWER.toSeconds() + " s for it",
                                    "try again")
                            .causedBy(silent);
                }
            }
        }
    }

    private ConnectedRunner runner(TaskRow task) {
        if (task.stage() == Stage.QUEUED || task.runner().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    task.shortId() + " has no sandbox yet",
                    "the controller has it as " + task.state(),
                    "belay attach " + task.shortId());
        }
        // A command in a task at rest may be with another runner than the one that held it.
        String name = executions.runnerOf(task.id()).orElse(task.runner());
        ConnectedRunner runner = fleet.find(name).orElseThrow(() -> away(task));
        if (!runner.carries()) {
            throw BelayException.of(
                    ErrorCode.E_SERVER_VERSION,
                    "runner " + runner.name() + " carries no connections",
                    "the controller: it is of an older version",
                    "install the same version there");
        }
        return runner;
    }

    private BelayException away(TaskRow task) {
        if (elsewhere.find(task.runner()).isPresent()) {
            return BelayException.of(
                    ErrorCode.E_ELSEWHERE,
                    "the runner of " + task.shortId() + " speaks with another controller",
                    "the controller that is asked carries connections to its own runners alone; " + task.runner()
                            + " is connected to one beside it",
                    "ask the other one: belay context use NAME");
        }
        return BelayException.of(
                ErrorCode.E_NO_RUNNER,
                "runner " + task.runner() + " is not connected",
                "the controller has no way to " + task.shortId() + "'s sandbox now",
                "belay status");
    }

    /** Ends all of them. */
    public void stop() {
        List.copyOf(open.values()).forEach(OpenVisit::broken);
    }
}
