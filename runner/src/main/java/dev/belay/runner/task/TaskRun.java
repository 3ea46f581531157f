package dev.belay.runner.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.script.ScriptParser;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.Warning;
import dev.belay.runner.agent.AgentLoop;
import dev.belay.runner.agent.Ending;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.StepRecord;
import dev.belay.runner.model.ScriptModel;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One epoch of one task, from its assignment to a terminal state, on a thread of its own.
 *
 * <p>Guarantees: exactly one terminal state is written unless the task was taken away ({@link #kill}); after either no
 * process of the sandbox is left.
 */
final class TaskRun {
    private static final Logger LOG = Logger.getLogger(TaskRun.class.getName());
    private static final int USUAL_TURNS = 200;
    private static final Duration USUAL_TIME = Duration.ofHours(4);

    /**
     * Why a run was interrupted from outside.
     *
     * @param keeps whether the state after the interrupted call is still worth a snapshot
     */
    private record Stop(TaskState state, String stopReason, String detail, boolean keeps) {}

    /** What a run needs of the house that it lives in. */
    record Surroundings(
            Places places, History history, Tenure tenure, InstantSource clock, ScheduledExecutorService deadlines) {}

    private final Assignment assignment;
    private final Journal journal;
    private final Surroundings around;
    private final Runnable ended;
    private final Gate gate = new Gate();
    private final Thread thread;

    private @Nullable Stop stop;
    private boolean killed;
    private boolean finishing;

    TaskRun(Assignment assignment, Spool spool, Surroundings around, Runnable ended) {
        this.assignment = assignment;
        this.journal = new Journal(spool, around.clock());
        this.around = around;
        this.ended = ended;
        this.thread = Thread.ofVirtual().name("task-" + assignment.getShortId()).unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    String task() {
        return assignment.getTask();
    }

    int epoch() {
        return assignment.getEpoch();
    }

    Spool spool() {
        return journal.spool();
    }

    /** A person's wish to end it; its last state is kept. */
    void cancel(String reason) {
        stop(new Stop(TaskState.TASK_STATE_CANCELLED, "cancelled", reason, true));
    }

    /** Something outside the loop makes it impossible to go on. */
    void fail(String stopReason, String detail) {
        stop(new Stop(TaskState.TASK_STATE_FAILED, stopReason, detail, true));
    }

    /** The runner itself is asked to stop: the task is given back as it stands. */
    void stopWithRunner() {
        stop(stoppedWithRunner());
    }

    private static Stop stoppedWithRunner() {
        return new Stop(TaskState.TASK_STATE_QUEUED, "runner_stopped", "its runner was stopped", true);
    }

    /** The controller may give the task to another by now: end everything at once, and give it back. */
    void fence() {
        stop(new Stop(
                TaskState.TASK_STATE_QUEUED,
                "fenced",
                "its runner could not reach the controller and ended its sandbox, because the task may be another's by now",
                false));
    }

    private synchronized void stop(Stop why) {
        if (stop == null && !killed && !finishing) {
            stop = why;
            thread.interrupt();
        }
    }

    /** The controller gave the task away: end everything, say nothing more. */
    synchronized void kill() {
        killed = true;
        thread.interrupt();
    }

    /** Whether it is on its way out, and its place with it. */
    synchronized boolean ending() {
        return finishing || killed || stop != null;
    }

    void awaitEnd(Duration most) throws InterruptedException {
        thread.join(most);
    }

    /** Hands a command to the task's own thread. */
    void command(Command command, Replies replies) {
        CommandAtWork wish = new CommandAtWork(command, replies);
        String busy = gate.ask(wish);
        if (busy != null) {
            replies.waiting("waiting for " + busy);
        }
    }

    private void live() {
        try {
            gate.busyWith("the workspace");
            Ending ending = inPlace();
            if (ending.succeeded() || !concludeAsStopped()) {
                conclude(
                        ending.succeeded() ? TaskState.TASK_STATE_SUCCEEDED : TaskState.TASK_STATE_FAILED,
                        ending.stopReason(),
                        ending.detail());
            }
        } catch (InterruptedException interrupted) {
            Stop why = reasonOfInterruption();
            if (why != null) {
                conclude(why.state(), why.stopReason(), why.detail());
            }
        } catch (RuntimeException | IOException failure) {
            if (!concludeAsStopped()) {
                LOG.log(Level.WARNING, "task " + assignment.getShortId() + " failed", failure);
                conclude(TaskState.TASK_STATE_FAILED, stopReason(failure), detail(failure));
            }
        } finally {
            gate.shut();
            ended.run();
        }
    }

    /** An interrupt may surface as a file or a connection that fails: what was asked for counts, and not how it ended. */
    private boolean concludeAsStopped() {
        Stop why;
        synchronized (this) {
            why = stop;
        }
        if (why == null) {
            return false;
        }
        conclude(why.state(), why.stopReason(), why.detail());
        return true;
    }

    private synchronized @Nullable Stop reasonOfInterruption() {
        if (killed) {
            return null;
        }
        finishing = true;
        return stop != null ? stop : stoppedWithRunner();
    }

    private Ending inPlace() throws IOException, InterruptedException {
        Model model = model();
        Duration left = timeLimit().minusSeconds(assignment.getUsedSeconds());
        ScheduledFuture<?> deadline = around.deadlines()
                .schedule(
                        () -> stop(new Stop(
                                TaskState.TASK_STATE_FAILED,
                                "limit_time",
                                "the task used its " + words(timeLimit()) + "; its work is safe",
                                true)),
                        Math.max(1, left.toMillis()),
                        TimeUnit.MILLISECONDS);
        try (Place place = around.places().prepare(assignment, this::denied)) {
            TaskRecord record = new TaskRecord(journal, place, gate, this::leave, begin());
            atWork = new AtWork(place, record);
            if (!assignment.hasResume()) {
                try {
                    record.take(new Place.Moment(0, 0, "base", ""), "runner");
                } catch (StepRecord.NoSnapshotException noBase) {
                    return new Ending(false, "snapshot_failed", String.valueOf(noBase.getMessage()));
                }
            }
            running(place);
            try {
                Ending ending = loop(model, place, record);
                if (!ending.succeeded()) {
                    record.closeOpenStep(ending.stopReason());
                }
                return ending;
            } catch (InterruptedException interrupted) {
                if (reasonOfInterruption() instanceof Stop why && why.keeps()) {
                    record.closeOpenStep(why.stopReason());
                }
                throw interrupted;
            }
        } finally {
            deadline.cancel(false);
        }
    }

    private TaskRecord.Begin begin() {
        int head = assignment.hasResume() ? assignment.getResume().getStep() : assignment.getLastStep();
        return new TaskRecord.Begin(assignment.getLastTurn(), assignment.getLastStep(), head);
    }

    /** Before the model is asked, and before a tool is called. */
    private void leave() throws InterruptedException {
        if (!around.tenure().held()) {
            fence();
            throw new InterruptedException("the tenure is over");
        }
    }

    private Ending loop(Model model, Place place, TaskRecord record) throws IOException, InterruptedException {
        int turns = assignment.getLimits().getMaxTurns() > 0
                ? assignment.getLimits().getMaxTurns()
                : USUAL_TURNS;
        AgentLoop loop = new AgentLoop(model, new BusyTools(place.tools(), gate), record, turns, around.clock());
        Ending ending = assignment.hasResume() ? goOn(loop, place) : loop.run(assignment.getPrompt());
        gate.betweenSteps();
        return ending;
    }

    private Ending goOn(AgentLoop loop, Place place) throws IOException, InterruptedException {
        if (!place.missing().isEmpty()) {
            journal.write(
                    Event.newBuilder()
                            .setWarning(Warning.newBuilder()
                                    .setCode("W_NOT_REBUILT")
                                    .setText(NotRebuilt.words(place.missing()))),
                    assignment.getLastTurn(),
                    0,
                    "runner");
        }
        Recollection before = Recollection.of(
                assignment.getPrompt(), around.history().of(assignment.getTask(), assignment.getEpoch()));
        int turn = before.left().isEmpty() ? assignment.getLastTurn() : before.turn();
        return loop.goOn(before.conversation(), turn, before.left());
    }

    private Model model() {
        if (assignment.getModel().equals("script")) {
            return new ScriptModel(ScriptParser.parse(assignment.getScriptName(), assignment.getScript()));
        }
        throw new IllegalStateException("this runner has no model " + assignment.getModel());
    }

    private void running(Place place) {
        journal.write(
                Event.newBuilder()
                        .setTaskState(TaskStateChanged.newBuilder()
                                .setFrom(TaskState.TASK_STATE_PREPARING)
                                .setTo(TaskState.TASK_STATE_RUNNING)
                                .setSandbox(place.engine())
                                .addAllWeaker(place.weaker())),
                0,
                0,
                "runner");
    }

    private void conclude(TaskState state, String stopReason, String detail) {
        synchronized (this) {
            finishing = true;
            if (killed) {
                return;
            }
        }
        journal.writeDurably(
                Event.newBuilder()
                        .setTaskState(TaskStateChanged.newBuilder()
                                .setFrom(TaskState.TASK_STATE_RUNNING)
                                .setTo(state)
                                .setStopReason(stopReason)
                                .setDetail(detail)),
                turn(),
                0,
                "runner");
    }

    private void denied(int turn, int step, dev.belay.proto.v1.PolicyDenied denied) {
        if (!spool().sealed()) {
            journal.write(Event.newBuilder().setPolicyDenied(denied), turn, step, "runner");
        }
    }

    private int turn() {
        AtWork at = atWork;
        return at == null ? 0 : at.record().turn();
    }

    private Duration timeLimit() {
        int seconds = assignment.getLimits().getTimeoutSeconds();
        return seconds > 0 ? Duration.ofSeconds(seconds) : USUAL_TIME;
    }

    private static String words(Duration duration) {
        return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    private static String stopReason(Exception failure) {
        return switch (failure) {
            case BelayException named -> named.code().name().substring(2).toLowerCase(java.util.Locale.ROOT);
            case dev.belay.runner.sandbox.SandboxException sandbox -> "sandbox_failed";
            case IOException io -> "workspace_failed";
            default -> "runner_error";
        };
    }

    private static String detail(Exception failure) {
        if (failure instanceof BelayException named) {
            return named.what()
                    + (named.why().isEmpty() ? "" : " (" + named.why() + ")")
                    + (named.next().isEmpty() ? "" : ". Try: " + named.next());
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private record AtWork(Place place, TaskRecord record) {}

    private volatile @Nullable AtWork atWork;

    /** A person's command, on the task's own thread between two steps. */
    private final class CommandAtWork implements Gate.Wish {
        private final Command command;
        private final Replies replies;

        CommandAtWork(Command command, Replies replies) {
            this.command = command;
            this.replies = replies;
        }

        @Override
        public void grant() throws InterruptedException {
            AtWork at = atWork;
            if (at == null) {
                turnAway();
                return;
            }
            gate.busyWith("another command");
            new PersonsCommand(command, replies, journal, at.place(), at.record()).carryOut();
        }

        @Override
        public void turnAway() {
            replies.result(PersonsCommand.refused(
                    dev.belay.proto.error.ErrorCode.E_BUSY,
                    "the task is just ending",
                    "the runner has no place for this command any more",
                    "run the same command again"));
        }
    }
}
