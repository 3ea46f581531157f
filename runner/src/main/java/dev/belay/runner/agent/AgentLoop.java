package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The loop: model, tool calls, a snapshot after every call, until the model answers without a call or something ends it.
 *
 * <p>Guarantees: a call is recorded before it is carried out, its result before the next one begins; after every call
 * there is a snapshot, or the loop ends; it does not end by itself while a person said what the model was not given.
 */
public final class AgentLoop {
    private static final int REASON_LENGTH = 500;

    private final Model model;
    private final Tools tools;
    private final StepRecord record;
    private final int maxTurns;
    private final InstantSource clock;

    public AgentLoop(Model model, Tools tools, StepRecord record, int maxTurns, InstantSource clock) {
        this.model = model;
        this.tools = tools;
        this.record = record;
        this.maxTurns = maxTurns;
        this.clock = clock;
    }

    public Ending run(String prompt) throws InterruptedException {
        return goOn(new Conversation(prompt), 0, List.of());
    }

    /**
     * Takes up a conversation that an earlier run has begun.
     *
     * @param turnsBefore turns of this task that were taken before; {@code left} belongs to the last of them
     * @param left calls of the last answer that were never begun
     */
    public Ending goOn(Conversation conversation, int turnsBefore, List<ToolCall> left) throws InterruptedException {
        if (!left.isEmpty()) {
            Optional<Ending> ending = carryOut(conversation, turnsBefore, left, "", Reply.Usage.NONE);
            if (ending.isPresent()) {
                return ending.get();
            }
        }
        for (int turn = turnsBefore + 1; turn <= maxTurns; turn++) {
            record.untold().forEach(note -> conversation.add(new Part.Note(note)));
            for (String said : record.turnStarted(turn, model.name())) {
                conversation.add(new Part.Message(said));
            }
            int present = turn;
            Reply reply;
            try {
                reply = model.reply(conversation, piece -> record.saying(present, piece));
            } catch (Model.ModelException noAnswer) {
                record.turnEnded(turn, Reply.Usage.NONE);
                return Ending.failed(noAnswer.stopReason(), message(noAnswer));
            }
            conversation.add(new Part.Answer(reply));
            record.answered(turn, reply);
            if (reply.calls().isEmpty()) {
                record.turnEnded(turn, reply.usage());
                if (record.isSpokenTo()) {
                    continue;
                }
                return Ending.done(reply.text());
            }
            Optional<Ending> ending = carryOut(conversation, turn, reply.calls(), reply.text(), reply.usage());
            if (ending.isPresent()) {
                return ending.get();
            }
        }
        return Ending.atLimit("limit_turns", "the task used its " + maxTurns + " turns; its work is safe");
    }

    private Optional<Ending> carryOut(
            Conversation conversation, int turn, List<ToolCall> calls, String words, Reply.Usage usage)
            throws InterruptedException {
        for (ToolCall call : calls) {
            try {
                conversation.add(new Part.Result(call, step(turn, call, words)));
            } catch (ToolsLostException lost) {
                record.turnEnded(turn, usage);
                return Optional.of(Ending.sandboxLost(message(lost)));
            } catch (StepRecord.NoSnapshotException noSnapshot) {
                record.turnEnded(turn, usage);
                return Optional.of(Ending.failed("snapshot_failed", message(noSnapshot)));
            }
        }
        record.turnEnded(turn, usage);
        return Optional.empty();
    }

    private ToolOutcome step(int turn, ToolCall call, String words)
            throws ToolsLostException, StepRecord.NoSnapshotException, InterruptedException {
        int step = record.nextStep(turn);
        String reason = words.length() <= REASON_LENGTH ? words : words.substring(0, REASON_LENGTH);
        record.called(turn, step, call, tools.summary(call), reason);
        var began = clock.instant();
        ToolOutcome outcome = tools.call(call);
        record.returned(turn, step, call, outcome, Duration.between(began, clock.instant()));
        record.snapshot(turn, step, call);
        return outcome;
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
