package dev.belay.controller.runners;

import dev.belay.controller.Timings;
import dev.belay.controller.problems.Problems;
import dev.belay.controller.tasks.Ids;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandOutput;
import dev.belay.proto.v1.CommandResult;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks runners to do something for a person, and waits for the answer. A runner that loses its connection and comes back
 * is asked again with the same id, which it answers from memory; one that does not come back in time has failed. One
 * whose session another controller has is asked through that one: see {@link Relay}. When the controller stops, whoever
 * waits is told so, and {@link #stop} returns when all of that is written down.
 */
@Singleton
public final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final long STOPPING_SECONDS = 10;

    private final Map<String, Pending> pending = new ConcurrentHashMap<>();
    /** Outcomes by id. */
    private final Map<String, String> unwritten = new ConcurrentHashMap<>();
    /** A party for each call under way, and one for the controller itself. */
    private final Phaser calls = new Phaser(1);

    private volatile boolean stopping;
    private final Fleet fleet;
    private final Elsewhere elsewhere;
    private final Relay relay;
    private final CommandRows rows;
    private final Ids ids;
    private final Clock clock;
    private final Timings timings;

    public Commands(
            Fleet fleet, Elsewhere elsewhere, Relay relay, CommandRows rows, Ids ids, Clock clock, Timings timings) {
        this.fleet = fleet;
        this.elsewhere = elsewhere;
        this.relay = relay;
        this.rows = rows;
        this.ids = ids;
        this.clock = clock;
        this.timings = timings;
        relay.answers(id ->
                Optional.ofNullable(pending.get(id)).ifPresent(one -> one.bell().release()));
    }

    /**
     * One question on its way.
     *
     * @param bell rings when there is something to look at
     */
    private record Pending(
            String runner,
            String bootId,
            Command command,
            Consumer<CommandOutput> output,
            CompletableFuture<CommandResult> result,
            Semaphore bell) {
        void end(CommandResult answer) {
            result.complete(answer);
            bell.release();
        }

        void fail(BelayException why) {
            result.completeExceptionally(why);
            bell.release();
        }
    }

    /**
     * Sends and waits. {@code command} needs no id; {@code output} is called on the runner's session and must not wait
     * long.
     *
     * @throws BelayException E_NO_RUNNER, E_UNREACHABLE, E_TIMEOUT, or what the runner answered
     */
    public CommandResult call(
            TaskRow task, String runner, Command command, Duration atMost, Consumer<CommandOutput> output)
            throws InterruptedException {
        if (calls.register() < 0) {
            throw stops("nothing was done");
        }
        try {
            return send(task, runner, command, atMost, output);
        } finally {
            calls.arriveAndDeregister();
        }
    }

    private CommandResult send(
            TaskRow task, String runner, Command command, Duration atMost, Consumer<CommandOutput> output)
            throws InterruptedException {
        KnownRunner known = fleet.find(runner)
                .<KnownRunner>map(connected -> connected)
                .or(() -> elsewhere.find(runner))
                .orElseThrow(() -> notConnected(task, runner));
        Command named = command.toBuilder().setId(ids.command()).build();
        Pending mine = new Pending(runner, known.bootId(), named, output, new CompletableFuture<>(), new Semaphore(0));
        if (!rows.insert(task, runner, known.bootId(), named)) {
            throw busy(task);
        }
        pending.put(named.getId(), mine);
        String outcome = "lost";
        try {
            // Looked at after the put: a stop that does not see this call is seen here.
            if (stopping) {
                throw stops("nothing was done");
            }
            // A runner that comes here after this look finds the question in resume().
            fleet.find(runner).ifPresentOrElse(here -> ask(mine, here), () -> relay.ask(runner));
            CommandResult result = await(mine, clock.instant().plus(atMost));
            outcome = result.getBodyCase() == CommandResult.BodyCase.FAILED ? "failed" : "done";
            if (result.getBodyCase() == CommandResult.BodyCase.FAILED) {
                throw Problems.told(result.getFailed());
            }
            return result;
        } finally {
            pending.remove(named.getId());
            ended(named.getId(), outcome);
        }
    }

    /** The result does not depend on its record, but the next question does: what cannot be written now is later. */
    private void ended(String id, String outcome) {
        try {
            rows.answered(id, outcome);
        } catch (JdbiException away) {
            LOG.warn("the end of {} is not written down yet: {}", id, away.getMessage());
            unwritten.put(id, outcome);
        }
    }

    /** Writes down what could not be written before; to be called again and again. */
    public void settle() {
        unwritten.forEach((id, outcome) -> {
            rows.answered(id, outcome);
            unwritten.remove(id);
        });
    }

    private CommandResult await(Pending mine, Instant deadline) throws InterruptedException {
        Instant seen = clock.instant();
        long heard = 0;
        while (!mine.result().isDone()) {
            if (mine.bell().tryAcquire(timings.poll().toMillis(), TimeUnit.MILLISECONDS)
                    && mine.result().isDone()) {
                break;
            }
            Instant now = clock.instant();
            if (fleet.find(mine.runner()).isPresent()) {
                seen = now;
            } else {
                heard = collect(mine, heard);
                if (isElsewhere(mine.runner())) {
                    seen = now;
                }
            }
            if (seen.plus(timings.reconnect()).isBefore(now) && !mine.result().isDone()) {
                throw gone(mine.runner(), "it lost its connection and did not come back");
            }
            if (now.isAfter(deadline)) {
                throw BelayException.of(
                        ErrorCode.E_TIMEOUT,
                        mine.runner() + " did not answer in time",
                        "the controller waited as long as this may take",
                        "it is not known whether it was done",
                        "belay snapshots " + mine.command().getTask());
            }
        }
        try {
            return mine.result().get();
        } catch (ExecutionException ended) {
            throw ended.getCause() instanceof BelayException named ? named : new IllegalStateException(ended);
        }
    }

    /** A database that does not answer says nothing about the runner. */
    private boolean isElsewhere(String runner) {
        try {
            return elsewhere.find(runner).isPresent();
        } catch (JdbiException away) {
            LOG.warn("where {} is cannot be read; trying again: {}", runner, away.getMessage());
            return true;
        }
    }

    /** What the controller that has the runner's session wrote down for us. */
    private long collect(Pending mine, long heard) {
        String id = mine.command().getId();
        try {
            // The answer is written after all output, so it is read before it.
            Optional<CommandResult> answer = rows.answer(id);
            long last = heard;
            for (List<CommandRows.Output> page = rows.output(id, last); !page.isEmpty(); page = rows.output(id, last)) {
                for (CommandRows.Output output : page) {
                    mine.output().accept(output.body());
                    last = output.number();
                }
                rows.forget(id, last);
            }
            answer.ifPresent(mine::end);
            return last;
        } catch (JdbiException away) {
            LOG.warn("the answer of {} cannot be read; trying again: {}", mine.runner(), away.getMessage());
            return heard;
        }
    }

    /** Asks again what a runner was asked on its last connection. */
    public void resume(ConnectedRunner runner) {
        for (Pending one : pending.values()) {
            if (one.runner().equals(runner.name())) {
                ask(one, runner);
            }
        }
        relay.look();
    }

    private static void ask(Pending one, ConnectedRunner runner) {
        if (one.bootId().equals(runner.bootId())) {
            runner.send(Relay.message(one.command()));
        } else {
            one.fail(gone(runner.name(), "it was started anew"));
        }
    }

    public void output(String runner, CommandOutput output) {
        find(runner, output.getCommand())
                .ifPresentOrElse(one -> one.output().accept(output), () -> relay.output(runner, output));
    }

    public void result(String runner, CommandResult result) {
        find(runner, result.getCommand()).ifPresentOrElse(one -> one.end(result), () -> relay.result(runner, result));
    }

    private Optional<Pending> find(String runner, String id) {
        return Optional.ofNullable(pending.get(id)).filter(one -> one.runner().equals(runner));
    }

    /**
     * Whether {@code runner} was asked something for an ended task and has not answered: it may send packs then.
     *
     * @param runner empty when it did not say who it is
     */
    public boolean open(String task, String runner) {
        return rows.open(task, runner);
    }

    /** Ends the waiting of everybody who waits for a runner. Nothing can be asked afterwards. */
    public void stop() throws InterruptedException {
        stopping = true;
        pending.values().forEach(one -> one.fail(stops("it is not known what was done")));
        try {
            calls.awaitAdvanceInterruptibly(calls.arriveAndDeregister(), STOPPING_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException stuck) {
            LOG.warn("{} commands did not end in time", calls.getRegisteredParties(), stuck);
        }
    }

    private static BelayException stops(String work) {
        return BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "the controller stops",
                "the controller was asked to end, and waits for no runner then",
                work,
                "belay status");
    }

    /** What was asked before this start of the controller has lost its asker. */
    public void forget() {
        rows.lose();
    }

    private static BelayException busy(TaskRow task) {
        return BelayException.of(
                ErrorCode.E_BUSY,
                task.shortId() + " is busy with another command",
                "a controller does one such thing at a time for a task",
                "try again when it is done");
    }

    private static BelayException notConnected(TaskRow task, String runner) {
        return BelayException.of(
                ErrorCode.E_NO_RUNNER,
                runner.isEmpty() ? "no runner is connected" : "runner " + runner + " is not connected",
                "the controller has no way to " + task.shortId() + "'s files now",
                "belay status");
    }

    private static BelayException gone(String runner, String how) {
        return BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "runner " + runner + " went away before it answered",
                "the controller: " + how,
                "it is not known whether it was done",
                "belay status");
    }
}
