package dev.belay.controller.exec;

import dev.belay.controller.database.DatabaseFailure;
import dev.belay.controller.dispatch.Assignments;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.heads.OneAtATime;
import dev.belay.controller.heads.Snapshots;
import dev.belay.controller.problems.Problems;
import dev.belay.controller.runners.Commands;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandOutput;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ExecCommand;
import dev.belay.proto.v1.ExecOutput;
import dev.belay.proto.v1.ExecResult;
import dev.belay.proto.v1.RunCommand;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a person's command where the task's files are. What it did is recorded whether or not somebody still reads its
 * output; {@link #stop} returns when nothing more will be recorded.
 */
@Singleton
public final class Executions {
    private static final Logger LOG = LoggerFactory.getLogger(Executions.class);
    private static final int ARGUMENTS = 1024;
    private static final int ARGUMENT_BYTES = 1 << 20;
    private static final int LONGEST_SECONDS = 24 * 3600;
    private static final Duration UNLIMITED = Duration.ofSeconds(LONGEST_SECONDS);
    private static final Duration AROUND = Duration.ofSeconds(120);
    /** Of a task at rest, whose set-up may have to be done again before the command: that is not the command's time. */
    private static final Duration SET_UP = Duration.ofHours(1);

    private static final long PATIENCE_MILLIS = 2000;
    private static final int AT_ONCE = 64;
    private static final Duration STOPPING = Duration.ofSeconds(10);

    private final Jdbi jdbi;
    private final TaskQueries tasks;
    private final Snapshots snapshots;
    private final Assignments assignments;
    private final Commands commands;
    private final Whereabouts place;
    private final OneAtATime turns;
    private final Feed feed;
    private final Clock clock;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    /** By task, the runner that carries its command out. */
    private final Map<String, String> runners = new ConcurrentHashMap<>();

    public Executions(
            Jdbi jdbi,
            TaskQueries tasks,
            Snapshots snapshots,
            Assignments assignments,
            Commands commands,
            Whereabouts place,
            OneAtATime turns,
            Feed feed,
            Clock clock) {
        this.jdbi = jdbi;
        this.tasks = tasks;
        this.snapshots = snapshots;
        this.assignments = assignments;
        this.commands = commands;
        this.place = place;
        this.turns = turns;
        this.feed = feed;
        this.clock = clock;
    }

    /** Begins the command; the answer is its output as it comes, a document a line, the last one its end. */
    public InputStream run(Caller caller, String given, ExecCommand command) throws IOException {
        check(command);
        if (running.size() >= AT_ONCE) {
            throw BelayException.of(
                    ErrorCode.E_OVERLOADED,
                    "too many commands run now",
                    "the controller relays " + AT_ONCE + " at once",
                    "try again when one of them is done");
        }
        TaskRow named = tasks.named(caller, given);
        OneAtATime.Turn turn = turns.take(named, "a command");
        try {
            TaskRow task = tasks.byId(caller, named.id());
            String runner = place.of(task);
            Command asked = task.stage().atRest() ? afterwards(caller, task, command) : live(caller, task, command);
            LineStream lines = new LineStream(PATIENCE_MILLIS);
            Duration atMost = command.getTimeoutSeconds() == 0
                    ? UNLIMITED
                    : Duration.ofSeconds(command.getTimeoutSeconds())
                            .plus(task.stage().atRest() ? SET_UP : AROUND);
            Thread thread = Thread.ofVirtual().name("exec-" + task.id()).unstarted(() -> {
                try (turn) {
                    lines.end(call(task, runner, asked, atMost, lines));
                } finally {
                    runners.remove(task.id());
                    running.remove(Thread.currentThread());
                }
            });
            running.add(thread);
            runners.put(task.id(), runner);
            thread.start();
            return lines;
        } catch (IOException | RuntimeException notBegun) {
            turn.close();
            throw notBegun;
        }
    }

    /** Where a person's command runs in the task now; nothing where none does that this controller relays. */
    public Optional<String> runnerOf(String task) {
        return Optional.ofNullable(runners.get(task));
    }

    /** To be called when runners are asked nothing any more: see {@link Commands#stop}. */
    public void stop() throws InterruptedException {
        Instant deadline = clock.instant().plus(STOPPING);
        for (Thread thread : running) {
            if (!thread.join(Duration.between(clock.instant(), deadline))) {
                LOG.warn("{} did not end in time", thread.getName());
            }
        }
    }

    private ExecOutput call(TaskRow task, String runner, Command asked, Duration atMost, LineStream lines) {
        try {
            CommandResult result = commands.call(task, runner, asked, atMost, output -> relay(output, lines));
            ExecResult ran = result.getExec();
            if (task.stage().atRest()) {
                record(task, ran);
            }
            return ExecOutput.newBuilder().setEnded(ran.getEnded()).build();
        } catch (BelayException named) {
            return ExecOutput.newBuilder().setFailed(Problems.of(named)).build();
        } catch (InterruptedException stopped) {
            // Nobody interrupts these threads; were it so, what was done is not known.
            Thread.currentThread().interrupt();
            return ExecOutput.newBuilder()
                    .setFailed(Problems.internal("exec-" + task.id()))
                    .build();
        } catch (RuntimeException unexpected) {
            Optional<BelayException> away = DatabaseFailure.away(unexpected);
            if (away.isPresent()) {
                return ExecOutput.newBuilder()
                        .setFailed(Problems.of(away.get()))
                        .build();
            }
            String id = UUID.randomUUID().toString();
            LOG.error("exec in {} failed, error {}", task.id(), id, unexpected);
            return ExecOutput.newBuilder().setFailed(Problems.internal(id)).build();
        }
    }

    private static void relay(CommandOutput output, LineStream lines) {
        switch (output.getBodyCase()) {
            case STDOUT ->
                lines.offer(
                        ExecOutput.newBuilder().setStdout(output.getStdout()).build());
            case STDERR ->
                lines.offer(
                        ExecOutput.newBuilder().setStderr(output.getStderr()).build());
            case WAITING ->
                lines.offer(
                        ExecOutput.newBuilder().setWaiting(output.getWaiting()).build());
            case BODY_NOT_SET -> LOG.debug("a runner sent output of a newer version");
        }
    }

    private void record(TaskRow task, ExecResult ran) {
        if (ran.getEventsCount() == 0) {
            return;
        }
        jdbi.useTransaction(handle -> {
            TaskEdit edit = TaskEdit.lock(handle, task.tenant(), task.id()).orElseThrow();
            if (!edit.stage().atRest()) {
                throw BelayException.of(
                        ErrorCode.E_CONFLICT,
                        task.shortId() + " went on meanwhile",
                        "the controller lets one at a time change a task's files, and somebody resumed it",
                        "what the command changed is not in the task",
                        "belay attach " + task.shortId());
            }
            for (Event event : ran.getEventsList()) {
                edit.append(event, 0, clock.instant());
            }
            edit.save();
        });
        feed.changed(task.id());
    }

    private static Command live(Caller caller, TaskRow task, ExecCommand command) {
        return Command.newBuilder()
                .setTask(task.id())
                .setEpoch(task.epoch())
                .setActor(caller.actor())
                .setRun(RunCommand.newBuilder()
                        .addAllArgv(command.getArgvList())
                        .setTimeoutSeconds(command.getTimeoutSeconds()))
                .build();
    }

    private Command afterwards(Caller caller, TaskRow task, ExecCommand command) throws IOException {
        RunCommand.Builder run = RunCommand.newBuilder()
                .addAllArgv(command.getArgvList())
                .setTimeoutSeconds(command.getTimeoutSeconds())
                .setHead(snapshots.named(caller, task, "head"))
                .setAssignment(assignments.of(task.tenant(), task.id()));
        int step = jdbi.inTransaction(handle -> {
            TaskEdit edit = TaskEdit.lock(handle, task.tenant(), task.id()).orElseThrow();
            int reserved = edit.reserveStep();
            edit.save();
            return reserved;
        });
        return Command.newBuilder()
                .setTask(task.id())
                .setActor(caller.actor())
                .setRun(run.setStep(step))
                .build();
    }

    private static void check(ExecCommand command) {
        int bytes = command.getArgvList().stream().mapToInt(String::length).sum();
        if (command.getArgvCount() == 0
                || command.getArgv(0).isBlank()
                || command.getArgvCount() > ARGUMENTS
                || bytes > ARGUMENT_BYTES
                || command.getArgvList().stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "argv is not a command",
                    "the controller takes 1 to " + ARGUMENTS + " arguments without NUL, 1 MiB in all",
                    "belay exec TASK -- CMD …");
        }
        if (command.getTimeoutSeconds() < 0 || command.getTimeoutSeconds() > LONGEST_SECONDS) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "timeout_seconds is out of range",
                    "the controller takes 0 to " + LONGEST_SECONDS,
                    "belay exec TASK -- CMD …");
        }
    }
}
