package dev.belay.controller.events;

import com.google.protobuf.Timestamp;
import dev.belay.controller.tasks.CheckResult;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.TaskForked;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.WaitingFor;
import dev.belay.proto.v1.Warning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The only way to change a task that exists. Holds the lock of its row from {@code lock…} to the end of the transaction,
 * so that sequence numbers have no gaps and no two writers decide on the same state. What is appended and what it does
 * to the task are written together by {@link #save}.
 */
public final class TaskEdit {
    final Handle handle;
    final TaskRow before;
    final List<EventRows.Entry> appended = new ArrayList<>();

    Stage stage;
    String waitingFor;
    String stopReason;
    String stopDetail;
    String runner;
    String sandbox;
    List<String> weaker;
    int epoch;
    Lease lease = new Lease.Keep();

    @Nullable Duration ackWithin;

    @Nullable Instant startedAt;

    @Nullable Instant finishedAt;

    int turns;
    int steps;
    int lastStep;
    long costMicrousd;
    boolean costUnknown;
    long tokensIn;
    long tokensOut;

    @Nullable Integer headStep;

    @Nullable Integer lastSnapshot;

    int filesChanged;
    int linesAdded;
    int linesRemoved;
    long lastSeq;
    long lastRunnerSeq;
    int operations;
    int losses;
    boolean diedInCall;
    boolean pauseWanted;
    String pauseActor;
    boolean pauseNow;
    int unread;
    int maxTurns;
    int timeoutSeconds;
    long maxMicrousd;
    long eventBytes;
    Duration notBefore = Duration.ZERO;

    byte @Nullable [] checkResult;

    boolean stalled;

    /** How this edit takes the task from its runner, when it does so before the task's end. */
    @Nullable Parting parting;

    sealed interface Lease {
        record Keep() implements Lease {}

        record End() implements Lease {}

        record Begin(Duration length) implements Lease {}
    }

    private TaskEdit(Handle handle, TaskRow row) {
        this.handle = handle;
        this.before = row;
        stage = row.stage();
        waitingFor = row.waitingFor();
        stopReason = row.stopReason();
        stopDetail = row.stopDetail();
        runner = row.runner();
        sandbox = row.sandbox();
        weaker = row.weaker();
        epoch = row.epoch();
        startedAt = row.startedAt();
        finishedAt = row.finishedAt();
        turns = row.turns();
        steps = row.steps();
        lastStep = row.lastStep();
        costMicrousd = row.costMicrousd();
        costUnknown = row.costUnknown();
        tokensIn = row.tokensIn();
        tokensOut = row.tokensOut();
        headStep = row.headStep();
        lastSnapshot = row.lastSnapshot();
        filesChanged = row.filesChanged();
        linesAdded = row.linesAdded();
        linesRemoved = row.linesRemoved();
        lastSeq = row.lastSeq();
        lastRunnerSeq = row.lastRunnerSeq();
        operations = row.operations();
        losses = row.losses();
        diedInCall = row.diedInCall();
        pauseWanted = row.pauseRequestedAt() != null;
        pauseActor = row.pauseActor();
        pauseNow = row.pauseNow();
        unread = row.unread();
        maxTurns = row.maxTurns();
        timeoutSeconds = row.timeoutSeconds();
        maxMicrousd = row.maxMicrousd();
        eventBytes = row.eventBytes();
        checkResult = row.checkResult();
    }

    public static Optional<TaskEdit> lock(Handle handle, String tenant, String task) {
        return handle.createQuery(TaskRow.SELECT + "where t.tenant = :tenant and t.id = :task for update of t")
                .bind("tenant", tenant)
                .bind("task", task)
                .mapTo(TaskRow.class)
                .findOne()
                .map(row -> new TaskEdit(handle, row));
    }

    /** For the controller's own work, which is done for every tenant. */
    public static List<TaskEdit> lockAll(Handle handle, Collection<String> tasks) {
        return handle.createQuery(TaskRow.SELECT + "where t.id = any(:tasks) order by t.id for update of t")
                .bind("tasks", tasks.toArray(String[]::new))
                .mapTo(TaskRow.class)
                .map(row -> new TaskEdit(handle, row))
                .list();
    }

    /** The fence: nothing unless {@code runner} holds the task in {@code epoch} and it has not ended. */
    public static Optional<TaskEdit> lockHeld(Handle handle, String task, int epoch, String runner) {
        return handle.createQuery(TaskRow.SELECT + "where t.id = :task and t.epoch = :epoch and t.runner = :runner"
                        + " and t.state in " + Stage.LIVE + " for update of t")
                .bind("task", task)
                .bind("epoch", epoch)
                .bind("runner", runner)
                .mapTo(TaskRow.class)
                .findOne()
                .map(row -> new TaskEdit(handle, row));
    }

    /** The task as it was when it was locked. */
    public TaskRow before() {
        return before;
    }

    public Stage stage() {
        return stage;
    }

    public int epoch() {
        return epoch;
    }

    public @Nullable Integer head() {
        return headStep;
    }

    public long lastRunnerSeq() {
        return lastRunnerSeq;
    }

    /** Hands the task to {@code to}, in a new epoch. */
    public void lease(String to, Duration length, Duration ack, Instant now) {
        epoch++;
        runner = to;
        lastRunnerSeq = 0;
        lease = new Lease.Begin(length);
        change(Stage.LEASED, "", "given to " + to, now);
        ackWithin = ack;
    }

    /** The runner took what it was given. */
    public void acked() {
        if (stage == Stage.LEASED) {
            stage = Stage.PREPARING;
        }
    }

    /** A change that the controller decides, and the event that says so. */
    public void change(Stage to, String reason, String detail, Instant now) {
        decided(
                TaskStateChanged.newBuilder()
                        .setTo(to.shown())
                        .setStopReason(reason)
                        .setDetail(detail)
                        .build(),
                to,
                0,
                now);
    }

    /** Its runner is to give it back, to stand until it is resumed. */
    public void wantPause(String actor, boolean now) {
        pauseWanted = true;
        pauseActor = actor;
        pauseNow |= now;
    }

    /** A runner that was told already may give it back all the same; then it goes to the queue. */
    public void wantNoPause() {
        pauseWanted = false;
        pauseNow = false;
    }

    public void limits(int turns, int seconds, long microusd) {
        maxTurns = turns;
        timeoutSeconds = seconds;
        maxMicrousd = microusd;
    }

    public int turns() {
        return turns;
    }

    /** A person said something. */
    public Event spoken(PersonSpoke said, String actor, Instant now) {
        unread++;
        return append(
                Event.newBuilder()
                        .setActor(actor)
                        .setTurn(turns)
                        .setStep(steps)
                        .setPersonMessage(said)
                        .build(),
                0,
                now);
    }

    /** What was appended up to here was another task's; from here on it is this one's, which has spent nothing yet. */
    public void forked(TaskForked fork, String actor, Instant now) {
        checkResult = null;
        costMicrousd = 0;
        costUnknown = false;
        tokensIn = 0;
        tokensOut = 0;
        append(
                Event.newBuilder()
                        .setActor(actor)
                        .setTurn(turns)
                        .setStep(steps)
                        .setTaskFork(fork)
                        .build(),
                0,
                now);
    }

    /** It is live and has said nothing for long. */
    public void stalled(String text, Instant now) {
        stalled = true;
        append(
                Event.newBuilder()
                        .setActor("controller")
                        .setTurn(turns)
                        .setStep(steps)
                        .setWarning(Warning.newBuilder().setCode("W_STALLED").setText(text))
                        .build(),
                0,
                now);
    }

    /** The runner holds the task no longer, though it has not ended. */
    public void part(Parting how, String reason, String detail, Instant now) {
        Departure.decide(this, how, reason, detail, 0, now);
    }

    /** Of all events of the task. */
    long eventBytes() {
        return eventBytes;
    }

    /** The controller ends a task that is at work. */
    void end(String reason, String detail, Instant now) {
        Departure.end(this, reason, detail, now);
    }

    void decided(TaskStateChanged change, Stage to, long runnerSeq, Instant now) {
        append(
                Event.newBuilder()
                        .setActor("controller")
                        .setAt(TaskView.time(now))
                        .setTaskState(change)
                        .build(),
                to,
                runnerSeq,
                now);
    }

    /** Appends what was observed, and does to the task what it means. */
    public Event append(Event event, long runnerSeq, Instant now) {
        return append(event, null, runnerSeq, now);
    }

    private Event append(Event event, @Nullable Stage decided, long runnerSeq, Instant now) {
        if (unread > 0 && ends(event, decided)) {
            append(Messages.unread(unread), 0, now);
        }
        Timestamp at = event.hasAt() ? event.getAt() : TaskView.time(now);
        Event.Builder stamped = event.toBuilder()
                .setTask(before.id())
                .setSeq(++lastSeq)
                .setEpoch(epoch)
                .setAt(at);
        Integer headBefore = headStep;
        Event effective = Effects.apply(this, stamped.build(), decided, runnerSeq > 0);
        appended.add(new EventRows.Entry(before.tenant(), effective, runnerSeq));
        eventBytes += effective.getSerializedSize();
        if (runnerSeq > 0) {
            lastRunnerSeq = runnerSeq;
        }
        Effects.meant(effective, headBefore).ifPresent(operation -> append(operation, null, 0, now));
        return effective;
    }

    private boolean ends(Event event, @Nullable Stage decided) {
        Stage next =
                decided == null ? Stage.reported(event.getTaskState().getTo()).orElse(stage) : decided;
        return event.hasTaskState() && next.terminal() && stage.mayBecome(next);
    }

    void enter(Stage next, TaskStateChanged change, Instant at) {
        stage = next;
        waitingFor = waitingFor(change);
        stopReason = Plain.text(change.getStopReason(), 100);
        stopDetail = Plain.text(change.getDetail(), 2000);
        if (!change.getSandbox().isEmpty()) {
            sandbox = Plain.text(change.getSandbox(), 100);
            weaker = change.getWeakerList().stream()
                    .map(cell -> Plain.text(cell, 500))
                    .toList();
        }
        if (change.hasCheck()) {
            checkResult = CheckResult.write(change.getCheck());
        }
        if (next == Stage.RUNNING && startedAt == null) {
            startedAt = at;
        }
        if (next.terminal()) {
            finishedAt = at;
        }
        if (!next.live()) {
            lease = new Lease.End();
        }
        if (next.atRest()) {
            wantNoPause();
        }
    }

    /** As it is stored; empty for what is not said, and for what a newer version waits for. */
    static String waitingFor(TaskStateChanged change) {
        WaitingFor what = change.getWaitingFor();
        return what == WaitingFor.WAITING_FOR_UNSPECIFIED || what == WaitingFor.UNRECOGNIZED
                ? ""
                : what.name().substring("WAITING_FOR_".length()).toLowerCase(Locale.ROOT);
    }

    /** A number that no step of this task has had or will have. */
    public int reserveStep() {
        return ++lastStep;
    }

    public void save() {
        TaskWrites.save(handle, List.of(this));
    }

    /** For many tasks in one round trip each to the tables concerned. */
    public static void saveAll(Handle handle, Collection<TaskEdit> edits) {
        TaskWrites.save(handle, edits);
    }
}
