package dev.belay.runner.task;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.ContextCompacted;
import dev.belay.proto.v1.ContextPruned;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.ModelNoted;
import dev.belay.proto.v1.OwnForm;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import dev.belay.proto.v1.SnapshotFailed;
import dev.belay.proto.v1.ToolCalled;
import dev.belay.proto.v1.ToolReturned;
import dev.belay.proto.v1.TurnEnded;
import dev.belay.proto.v1.TurnStarted;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.StepRecord;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.task.Place.Moment;
import dev.belay.runner.task.Place.Taken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The loop's record of itself as events, and the numbers of turns and steps.
 *
 * <p>A call's event is on disk before the call is made, so that after a crash it is known which call has no result.
 */
final class TaskRecord implements StepRecord {
    static final int INPUT_LENGTH = 64 << 10;

    /** Of the inputs of one answer together: what it holds more of than that is cut evenly, so that the event can be sent. */
    private static final int INPUTS_LENGTH = 512 << 10;

    private static final int TEXT_LENGTH = 256 << 10;
    private static final int NAME_LENGTH = 256;
    private static final int OUTPUT_LENGTH = 32 << 10;
    /** Of an answer in its provider's own form. A longer one goes on here, and is written anew where the task moves. */
    private static final int OWN_LENGTH = 512 << 10;

    /** What a person's command in the sandbox is called in the log. */
    static final String PERSONS_TOOL = "exec";

    /** Whether the run may still act; says so to who asks, by an interrupt. */
    interface Leave {
        void check() throws InterruptedException;
    }

    private final Journal journal;
    private final Speech speech;
    private final Place place;
    private final Gate gate;
    private final Leave leave;
    private final Inbox inbox;
    private int turn;
    private int step;
    private int head;
    private boolean changed;
    private final List<String> untold = new ArrayList<>();
    private final List<String> ofPlace = new ArrayList<>();
    private boolean stepOpen;
    private String openCall = "";
    private String openTool = "";

    TaskRecord(Journal journal, Speech speech, Place place, Gate gate, Leave leave, Inbox inbox, Begin begin) {
        this.journal = journal;
        this.speech = speech;
        this.place = place;
        this.gate = gate;
        this.leave = leave;
        this.inbox = inbox;
        this.turn = begin.turn();
        this.step = begin.step();
        this.head = begin.head();
        this.changed = begin.changed();
    }

    /**
     * The last turn and step that were taken before, and the step whose snapshot the files hold.
     *
     * @param changed whether that differs from the first one
     */
    record Begin(int turn, int step, int head, boolean changed) {}

    /** A number that no other step of this task has or will have. */
    synchronized int takeStep() {
        return ++step;
    }

    synchronized int turn() {
        return turn;
    }

    /** The step whose snapshot the files hold now. */
    synchronized int head() {
        return head;
    }

    synchronized void headIs(Snapshot snapshot) {
        head = snapshot.getStep();
        changed = snapshot.getTotalFilesChanged() > 0;
    }

    @Override
    public synchronized boolean changed() {
        return changed;
    }

    @Override
    public List<String> turnStarted(int number, String model) throws InterruptedException {
        leave.check();
        synchronized (this) {
            turn = number;
        }
        place.stepIs(number, 0);
        List<PersonSpoke> said = inbox.take();
        TurnStarted.Builder start = TurnStarted.newBuilder().setModel(model);
        said.forEach(message -> start.addMessages(message.getId()));
        journal.write(Event.newBuilder().setTurnStart(start), number, 0, "agent");
        return said.stream().map(PersonSpoke::getText).toList();
    }

    @Override
    public boolean isSpokenTo() {
        return !inbox.isEmpty();
    }

    @Override
    public synchronized void tell(String note) {
        untold.add(note);
    }

    @Override
    public void noted(int number, String note) {
        journal.write(Event.newBuilder().setModelNoted(ModelNoted.newBuilder().setText(note)), number, 0, "agent");
    }

    @Override
    public synchronized boolean hasUntold() {
        return !untold.isEmpty();
    }

    /** Told with the next turn, too, but no reason for one. The log holds it, as it has no other event of which it follows. */
    synchronized void tellOfPlace(String note) {
        ofPlace.add(note);
    }

    @Override
    public synchronized List<String> untold() {
        ofPlace.forEach(note -> noted(turn + 1, note));
        List<String> all = new ArrayList<>(ofPlace);
        all.addAll(untold);
        ofPlace.clear();
        untold.clear();
        return all;
    }

    @Override
    public void saying(int number, String piece) {
        speech.add(number, piece);
    }

    @Override
    public void pruned(int number, Pruned pruned) {
        journal.write(
                Event.newBuilder()
                        .setContextPruned(ContextPruned.newBuilder()
                                .setAnswers(pruned.answers())
                                .setResults(pruned.results())
                                .setTokens(pruned.tokens())),
                number,
                0,
                "agent");
    }

    @Override
    public void compacted(int number, Compacted compacted) throws InterruptedException {
        journal.write(
                Event.newBuilder()
                        .setContextCompacted(ContextCompacted.newBuilder()
                                .setAnswers(compacted.answers())
                                .setSummary(compacted.summary())
                                .setTokensBefore(compacted.before())
                                .setTokensAfter(compacted.after())),
                number,
                0,
                "agent");
        leave.check();
    }

    @Override
    public void answered(int number, Reply reply) {
        speech.end();
        boolean whole = reply.calls().size() > 1 || reply.own().isPresent();
        if (reply.text().isBlank() && !whole && !reply.cut()) {
            return;
        }
        ModelMessage.Builder message = ModelMessage.newBuilder()
                .setText(cut(reply.text(), TEXT_LENGTH))
                .setCut(reply.cut());
        if (whole) {
            int most = INPUTS_LENGTH / Math.max(1, reply.calls().size());
            reply.calls().forEach(call -> message.addCalls(called(call, Math.min(INPUT_LENGTH, most))));
        }
        reply.own()
                .map(TaskRecord::form)
                .filter(form -> form.getSerializedSize() <= OWN_LENGTH)
                .ifPresent(message::setOwn);
        journal.write(Event.newBuilder().setModelMessage(message), number, 0, "agent");
    }

    private static OwnForm form(Reply.Own own) {
        return OwnForm.newBuilder()
                .setWire(own.wire())
                .setModel(own.model())
                .setJson(own.content().print())
                .build();
    }

    @Override
    public void askedAgain(int number, String why) {
        speech.begin(number);
        journal.write(
                Event.newBuilder()
                        .setWarning(dev.belay.proto.v1.Warning.newBuilder()
                                .setCode("W_MODEL_AGAIN")
                                .setText(why)),
                number,
                0,
                "runner");
    }

    @Override
    public void turnEnded(int number, Reply.Usage usage) {
        speech.end();
        journal.write(
                Event.newBuilder()
                        .setTurnEnd(TurnEnded.newBuilder()
                                .setCostUsd(usage.costUsd())
                                .setTokensIn(usage.tokensIn())
                                .setTokensOut(usage.tokensOut())
                                .setCacheRead(usage.cacheRead())
                                .setCacheWrite(usage.cacheWrite())
                                .setReasoning(usage.reasoning())
                                .setCostUnknown(!usage.priced())),
                number,
                0,
                "agent");
    }

    @Override
    public int nextStep(int number) throws InterruptedException {
        gate.betweenSteps();
        return takeStep();
    }

    @Override
    public void called(int number, int stepNumber, ToolCall call, String summary, String reason)
            throws InterruptedException {
        leave.check();
        place.stepIs(number, stepNumber);
        journal.writeDurably(called(call, summary, reason), number, stepNumber, "agent");
        stepOpen = true;
        openCall = cut(call.id(), NAME_LENGTH);
        openTool = cut(call.tool(), NAME_LENGTH);
    }

    static Event.Builder called(ToolCall call, String summary, String reason) {
        return Event.newBuilder()
                .setToolCall(called(call, INPUT_LENGTH).setSummary(summary).setReason(reason));
    }

    private static ToolCalled.Builder called(ToolCall call, int most) {
        return ToolCalled.newBuilder()
                .setCallId(cut(call.id(), NAME_LENGTH))
                .setTool(cut(call.tool(), NAME_LENGTH))
                .setInputJson(cut(call.unreadable().isEmpty() ? call.input().print() : call.unreadable(), most));
    }

    @Override
    public void returned(int number, int stepNumber, ToolCall call, ToolOutcome outcome, Duration took) {
        journal.write(returned(call, outcome, took), number, stepNumber, "agent");
        stepOpen = false;
    }

    static Event.Builder returned(ToolCall call, ToolOutcome outcome, Duration took) {
        ToolReturned.Builder returned = ToolReturned.newBuilder()
                .setCallId(cut(call.id(), NAME_LENGTH))
                .setTool(cut(call.tool(), NAME_LENGTH))
                .setIsError(outcome.isError())
                .setDurationMs(took.toMillis())
                .setOutput(cut(outcome.output(), OUTPUT_LENGTH))
                .setBytesPrinted(outcome.outputBytes())
                .setSummary(outcome.summary())
                .setTimedOut(outcome.timedOut());
        outcome.exitCode().ifPresent(returned::setExitCode);
        return Event.newBuilder().setToolResult(returned);
    }

    @Override
    public String snapshot(int number, int stepNumber, ToolCall call) throws NoSnapshotException, InterruptedException {
        return take(new Moment(stepNumber, number, "step", call.tool()), "agent")
                .snapshot()
                .getTree();
    }

    Taken take(Moment moment, String actor) throws NoSnapshotException, InterruptedException {
        try {
            Taken taken = journal.patiently(() -> place.capture(moment));
            written(taken, moment.turn(), actor);
            return taken;
        } catch (IOException failed) {
            String reason = String.valueOf(failed.getMessage());
            journal.write(
                    Event.newBuilder()
                            .setSnapshotFailed(SnapshotFailed.newBuilder()
                                    .setStep(moment.step())
                                    .setReason(reason)),
                    moment.turn(),
                    moment.step(),
                    "runner");
            throw new NoSnapshotException("step s" + moment.step() + " has no snapshot: " + reason, failed);
        }
    }

    void written(Taken taken, int number, String actor) {
        headIs(taken.snapshot());
        journal.write(
                Event.newBuilder()
                        .setSnapshotCreated(SnapshotCreated.newBuilder().setSnapshot(taken.snapshot())),
                number,
                taken.snapshot().getStep(),
                actor,
                taken.pack(),
                false);
    }

    /** After an interruption: the call that has no result gets one that says so, and its state is kept. */
    void closeOpenStep(String why) throws InterruptedException {
        if (!stepOpen) {
            return;
        }
        closeOpenCall(why);
        int open = lastStep();
        try {
            take(new Moment(open, turn(), "step", openTool), "runner");
        } catch (NoSnapshotException recordedAlready) {
            journal.write(
                    Event.newBuilder()
                            .setWarning(dev.belay.proto.v1.Warning.newBuilder()
                                    .setCode("last_state_lost")
                                    .setText("the state after the interrupted step is not kept: "
                                            + recordedAlready.getMessage())),
                    turn(),
                    open,
                    "runner");
        }
    }

    /** The same for a call whose state cannot be kept. */
    void closeOpenCall(String why) {
        if (!stepOpen) {
            return;
        }
        stepOpen = false;
        journal.write(
                Event.newBuilder()
                        .setToolResult(ToolReturned.newBuilder()
                                .setCallId(openCall)
                                .setTool(openTool)
                                .setIsError(true)
                                .setInterrupted(why)
                                .setSummary(why)
                                .setOutput("the call was ended before it had a result: " + why)),
                turn(),
                lastStep(),
                "runner");
    }

    private synchronized int lastStep() {
        return step;
    }

    static ToolCall personsCommand(String id, List<String> argv) {
        return new ToolCall(
                id, PERSONS_TOOL, Json.object().put("argv", Json.array(argv)).build());
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
