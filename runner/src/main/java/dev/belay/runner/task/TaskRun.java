package dev.belay.runner.task;

import dev.belay.proto.bounds.UsualLimits;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.script.ScriptParser;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.Warning;
import dev.belay.runner.agent.AgentLoop;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Budget;
import dev.belay.runner.agent.Check;
import dev.belay.runner.agent.Ending;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.Proof;
import dev.belay.runner.agent.StepRecord;
import dev.belay.runner.agent.ToolOutputMark;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.model.Models;
import dev.belay.runner.model.ScriptModel;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What a run needs of the house that it lives in. */
    record Surroundings(
            Places places,
            History history,
            Tenure tenure,
            InstantSource clock,
            ScheduledExecutorService deadlines,
            RunnerDisk disk,
            Models models) {}

    private final Assignment assignment;
    private final Journal journal;
    private final Speech speech;
    private final Surroundings around;
    private final Runnable ended;
    private final Gate gate = new Gate();
    private final Thread thread;

    private final Inbox inbox;
    private final TaskRights rights;

    private @Nullable Stop stop;
    /** What is to happen when the present call has ended. */
    private @Nullable Stop next;

    private boolean killed;
    private boolean finishing;
    private final Standstill standstill = new Standstill();

    TaskRun(Assignment assignment, Spool spool, Speech speech, Surroundings around, Runnable ended) {
        this.assignment = assignment;
        this.journal = new Journal(spool, around.clock(), around.disk());
        this.speech = speech;
        this.around = around;
        this.ended = ended;
        this.inbox = new Inbox(assignment.getMessagesList());
        this.rights = TaskRights.of(assignment);
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

    /** From outside, whatever is at work. */
    synchronized void stop(Stop why) {
        if (stop == null && !killed && !finishing) {
            stop = why;
            thread.interrupt();
        }
    }

    /** The same when the present call has ended. */
    synchronized void stopAfterCall(Stop why) {
        next = why;
    }

    /** A person says something; the model is given it with its next turn. */
    void hear(PersonSpoke message) {
        try {
            rights.allow(message);
        } catch (BelayException notUnderstood) {
            // The model is told all the same, and that is not true then.
            journal.write(
                    Event.newBuilder()
                            .setWarning(Warning.newBuilder()
                                    .setCode("W_NOT_ALLOWED")
                                    .setText(notUnderstood.what())),
                    turn(),
                    0,
                    "runner");
        }
        inbox.add(message);
    }

    /**
     * The controller may give the task to another by now: nothing inside goes on before it has said whose the task is. What
     * cannot be made to stand still, or has done so for long, is ended and given back.
     */
    synchronized void fence() {
        if (around.tenure().held() || ending()) {
            return;
        }
        Duration now = around.tenure().now();
        AtWork at = atWork;
        if (!standstill.lasts() && at != null && at.place().hold()) {
            LOG.warning("task " + task() + " stands still: no renewal was acknowledged in time");
            standstill.begin(now);
        }
        if (!standstill.lasts() || standstill.isTooLong(now)) {
            LOG.warning("task " + task() + " ends here: no renewal was acknowledged in time");
            stop(Stop.fenced());
        }
    }

    /** The controller has said that the task is still ours. */
    synchronized void goOn() {
        AtWork at = atWork;
        if (standstill.lasts()
                && at != null
                && !killed
                && stop == null
                && around.tenure().held()) {
            standstill.end(around.tenure().now());
            at.place().release();
            LOG.info("task " + task() + " goes on");
            notifyAll();
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

    /** Where its sandbox is; nothing before it has one. */
    Optional<Place> place() {
        return Optional.ofNullable(atWork).map(AtWork::place);
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
            if (ending.kind() == Ending.Kind.DONE || !concludeAsStopped()) {
                conclude(Stop.of(ending));
            }
        } catch (InterruptedException interrupted) {
            Stop why = reasonOfInterruption();
            if (why != null) {
                conclude(why);
            }
        } catch (RuntimeException | IOException failure) {
            if (concludeAsStopped()) {
                LOG.log(Level.FINE, "stopped", failure);
            } else if (RunnerDisk.isFull(failure)) {
                LOG.log(Level.WARNING, "task " + assignment.getShortId() + " met a full disk", failure);
                conclude(Stop.diskFull(around.disk().detail()));
            } else {
                LOG.log(Level.WARNING, "task " + assignment.getShortId() + " failed", failure);
                conclude(Stop.of(failure));
            }
        } finally {
            speech.close();
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
        conclude(why);
        return true;
    }

    /** Before anything is written about it, since that takes space too. */
    private void makePlace(Stop why) {
        try {
            around.places().discardFiles(assignment.getTask());
        } catch (IOException kept) {
            LOG.log(Level.WARNING, "the files of task " + assignment.getShortId() + " are still there", kept);
        }
        AtWork at = atWork;
        if (at != null) {
            at.record().closeOpenCall(why.stopReason());
        }
    }

    private synchronized @Nullable Stop reasonOfInterruption() {
        if (killed) {
            return null;
        }
        finishing = true;
        return stop != null ? stop : Stop.withRunner();
    }

    private Ending inPlace() throws IOException, InterruptedException {
        checkModel();
        Duration limit = UsualLimits.time(assignment.getLimits());
        ScheduledFuture<?> deadline = around.deadlines()
                .schedule(
                        () -> stop(Stop.outOfTime(limit)),
                        Math.max(
                                1,
                                limit.minusSeconds(assignment.getUsedSeconds()).toMillis()),
                        TimeUnit.MILLISECONDS);
        try (Place place = around.places().prepare(assignment, rights, this::denied)) {
            TaskRecord record = new TaskRecord(journal, speech, place, gate, this::leave, inbox, begin());
            atWork = new AtWork(place, record);
            setUp(place, record);
            if (!assignment.hasResume()) {
                try {
                    record.take(new Place.Moment(0, 0, "base", ""), "runner");
                } catch (StepRecord.NoSnapshotException noBase) {
                    return Ending.failed("snapshot_failed", String.valueOf(noBase.getMessage()));
                }
            }
            running(place);
            try {
                Ending ending = loop(place, record);
                if (ending.kind() != Ending.Kind.DONE) {
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

    /** @throws BelayException E_SETUP where a task would begin without what it needs; one that goes on is told, and does */
    private void setUp(Place place, TaskRecord record) throws IOException, InterruptedException {
        SetUp setUp = new SetUp(place, event -> journal.write(event, assignment.getLastTurn(), 0, "runner"));
        if (!setUp.isNeeded()) {
            return;
        }
        gate.busyWith("the set-up to end");
        if (!assignment.hasResume()) {
            Optional<FailedSetUp> failed = setUp.carryOut();
            if (failed.isPresent()) {
                throw failed.get().refusal(assignment.getShortId());
            }
        } else {
            setUp.again(Optional.of(assignment.getResume()))
                    .ifPresent(failed -> lacking("W_SET_UP", failed.missed(), record));
        }
    }

    /** Told to people and to the model: neither can see it. */
    private void lacking(String code, String what, TaskRecord record) {
        journal.write(
                Event.newBuilder().setWarning(Warning.newBuilder().setCode(code).setText(what)),
                assignment.getLastTurn(),
                0,
                "runner");
        record.tellOfPlace(what);
    }

    private TaskRecord.Begin begin() {
        int head = assignment.hasResume() ? assignment.getResume().getStep() : assignment.getLastStep();
        boolean changed = assignment.getResume().getTotalFilesChanged() > 0;
        return new TaskRecord.Begin(assignment.getLastTurn(), assignment.getLastStep(), head, changed);
    }

    /** Before the model is asked, and before a tool is called. */
    private void leave() throws InterruptedException {
        fence();
        synchronized (this) {
            while (standstill.lasts() && stop == null && !killed) {
                wait();
            }
            if (stop != null || killed) {
                throw new InterruptedException("the run is over");
            }
            if (next != null) {
                stop = next;
                throw new InterruptedException("a person paused the task");
            }
        }
        tellStandstill();
    }

    private void tellStandstill() {
        Duration told;
        synchronized (this) {
            told = standstill.tell();
        }
        if (!told.isZero()) {
            journal.write(
                    Event.newBuilder()
                            .setWarning(Warning.newBuilder()
                                    .setCode("W_STOOD_STILL")
                                    .setText("the runner could not reach the controller: the sandbox stood still for "
                                            + Stop.words(Duration.ofSeconds(Math.max(1, told.toSeconds())))
                                            + " and went on where it was")),
                    turn(),
                    0,
                    "runner");
        }
    }

    private Ending loop(Place place, TaskRecord record) throws IOException, InterruptedException {
        Optional<Recollection> before =
                assignment.hasResume() ? Optional.of(recollect(place, record)) : Optional.empty();
        before.map(Recollection::untold).orElse(List.of()).forEach(record::tell);
        Optional<Briefing> briefing = briefing(place, before);
        Proof proof = new Proof(
                check(place),
                record,
                new ToolOutputMark(briefing.map(Briefing::mark).orElse("")),
                before.map(Recollection::checkFailed).orElse(false),
                around.clock());
        proven = proof;
        AgentLoop loop = new AgentLoop(
                model(briefing, before),
                new BusyTools(place.tools(), gate),
                record,
                UsualLimits.turns(assignment.getLimits()),
                new Budget(assignment.getLimits().getMaxUsd(), assignment.getUsedUsd()),
                proof,
                around.clock());
        Ending ending = before.isPresent() ? goOn(loop, before.get()) : loop.run(assignment.getPrompt());
        gate.betweenSteps();
        return ending;
    }

    /** A script says by itself what it checks, unless a person or the project named something. */
    private Optional<Check> check(Place place) throws IOException {
        if (!assignment.getCheck().isEmpty()) {
            return Optional.of(new ProjectCheck(place, gate, assignment.getCheck(), ProjectCheck.Needs.NAMED));
        }
        Optional<dev.belay.policies.environment.Check> named =
                assignment.getNoCheck() ? Optional.empty() : place.environment().check();
        if (named.isPresent()) {
            return Optional.of(new ProjectCheck(place, gate, named.get().command(), ProjectCheck.Needs.NAMED));
        }
        if (assignment.getNoCheck() || isScript()) {
            return Optional.empty();
        }
        return DetectedCheck.in(place.files())
                .map(found ->
                        new ProjectCheck(place, gate, found.command(), new ProjectCheck.Needs(true, found.probe())));
    }

    private Recollection recollect(Place place, TaskRecord record) throws IOException, InterruptedException {
        if (!place.missing().isEmpty()) {
            lacking("W_NOT_REBUILT", NotRebuilt.words(place.missing()), record);
        }
        return Recollection.of(
                assignment.getPrompt(), around.history().of(assignment.getTask(), assignment.getEpoch()));
    }

    private Ending goOn(AgentLoop loop, Recollection before) throws InterruptedException {
        int turn = before.left().isEmpty() ? assignment.getLastTurn() : before.turn();
        return loop.goOn(before.conversation(), turn, before.left());
    }

    /** Before anything is built for it. */
    private void checkModel() {
        if (isScript()) {
            script(0);
        } else {
            around.models().check(assignment.getModel(), assignment.getLimits().getMaxUsd());
        }
    }

    private boolean isScript() {
        return assignment.getModel().equals("script");
    }

    /** Nothing for a script, which reads nothing. */
    private Optional<Briefing> briefing(Place place, Optional<Recollection> before) throws IOException {
        if (isScript()) {
            return Optional.empty();
        }
        Briefed briefed = new Briefed(assignment.getModel(), journal, around.clock(), RANDOM);
        return Optional.of(briefed.of(place, before.flatMap(Recollection::briefed), assignment.getLastTurn()));
    }

    private Model model(Optional<Briefing> briefing, Optional<Recollection> before) {
        return briefing.<Model>map(told -> around.models().of(assignment.getModel(), assignment.getEffort(), told))
                .orElseGet(() -> script(before.map(Recollection::repliesBefore).orElse(0)));
    }

    /** @param repliesBefore answers in the conversation that another model gave */
    private ScriptModel script(int repliesBefore) {
        return new ScriptModel(ScriptParser.parse(assignment.getScriptName(), assignment.getScript()), repliesBefore);
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

    private void conclude(Stop why) {
        if (why.discards()) {
            makePlace(why);
        }
        synchronized (this) {
            finishing = true;
            if (killed) {
                return;
            }
        }
        tellStandstill();
        TaskStateChanged.Builder told = why.told().toBuilder();
        // Of work that goes on, or was broken off, a check that was made before says nothing.
        if (why.isJudged()) {
            Optional.ofNullable(proven).flatMap(Proof::result).map(Checked::of).ifPresent(told::setCheck);
        }
        journal.writeDurably(Event.newBuilder().setTaskState(told), turn(), 0, "runner");
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

    private record AtWork(Place place, TaskRecord record) {}

    private volatile @Nullable AtWork atWork;
    private volatile @Nullable Proof proven;

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
