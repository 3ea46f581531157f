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
 * there is a snapshot, or the loop ends; it does not end by itself while a person said what the model was not given, and not
 * as done while the check fails; the model is not asked when what it may cost is spent; a model that goes in a circle is
 * told, and then stopped.
 */
public final class AgentLoop {
    private static final int REASON_LENGTH = 500;

    /** Of answers that were cut, one after the other. A model that never comes to an end is not asked for ever. */
    private static final int MOST_CUT = 3;

    private static final String IN_A_CIRCLE =
            "You have made the same call three times, with the same result, and no file has changed since. Do something else,"
                    + " or end and say what is in the way. If the same comes again, the task is stopped for a person.";

    private static final String CUT =
            "Your last answer was cut at its length limit. Go on from there, in smaller pieces.";

    private final Model model;
    private final Tools tools;
    private final StepRecord record;
    private final int maxTurns;
    private final Budget budget;
    private final InstantSource clock;
    private final Proof proof;
    private final Circles circles = new Circles();
    private final Context context;
    private int cut;

    public AgentLoop(
            Model model,
            Tools tools,
            StepRecord record,
            int maxTurns,
            Budget budget,
            Proof proof,
            InstantSource clock) {
        this.model = model;
        this.tools = tools;
        this.record = record;
        this.maxTurns = maxTurns;
        this.budget = budget;
        this.proof = proof;
        this.clock = clock;
        this.context = new Context(model, record, budget);
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
        Optional<String> lastWords = conversation.lastWords();
        if (lastWords.isPresent() && !record.isSpokenTo() && !record.hasUntold()) {
            Optional<Ending> ending = conclude(turnsBefore, lastWords.get());
            if (ending.isPresent()) {
                return ending.get();
            }
        }
        for (int turn = turnsBefore + 1; turn <= maxTurns; turn++) {
            Optional<Ending> spent = budget.spent();
            if (spent.isPresent()) {
                return spent.get();
            }
            record.untold().forEach(note -> conversation.add(new Part.Note(note)));
            for (String said : record.turnStarted(turn, model.name())) {
                conversation.add(new Part.Message(said));
            }
            int present = turn;
            Reply reply;
            try {
                reply = context.reply(conversation, present, listener(present));
            } catch (Model.ModelException noAnswer) {
                record.turnEnded(turn, context.spent());
                return noAnswer.passes()
                        ? Ending.atLimit(noAnswer.stopReason(), message(noAnswer))
                        : Ending.failed(noAnswer.stopReason(), message(noAnswer));
            }
            conversation.add(new Part.Answer(reply));
            record.answered(turn, reply);
            cut = reply.cut() ? cut + 1 : 0;
            if (reply.calls().isEmpty()) {
                record.turnEnded(turn, reply.usage());
                if (cut >= MOST_CUT) {
                    return Ending.failed(
                            "model_cut", "the model's last " + cut + " answers were cut at their length limit");
                }
                if (cut > 0) {
                    note(conversation, turn, CUT);
                    continue;
                }
                if (record.isSpokenTo()) {
                    continue;
                }
                Optional<Ending> ending = conclude(turn, reply.text());
                if (ending.isPresent()) {
                    return ending.get();
                }
                continue;
            }
            Optional<Ending> ending = carryOut(conversation, turn, reply.calls(), reply.text(), reply.usage());
            if (ending.isPresent()) {
                return ending.get();
            }
        }
        return Ending.atLimit("limit_turns", "the task used its " + maxTurns + " turns; its work is safe");
    }

    /** The model said that it is done. Nothing where it is to go on. */
    private Optional<Ending> conclude(int turn, String lastWords) throws InterruptedException {
        try {
            Proof.Judgement judgement = proof.judge(turn, model.chooses());
            if (judgement == Proof.Judgement.TOLD || record.isSpokenTo()) {
                return Optional.empty();
            }
            return Optional.of(
                    judgement == Proof.Judgement.HOLDS
                            ? Ending.done(lastWords)
                            : Ending.checkFailed(proof.result().orElseThrow()));
        } catch (ToolsLostException lost) {
            return Optional.of(Ending.sandboxLost(message(lost)));
        } catch (StepRecord.NoSnapshotException noSnapshot) {
            return Optional.of(Ending.failed("snapshot_failed", message(noSnapshot)));
        }
    }

    private Optional<Ending> carryOut(
            Conversation conversation, int turn, List<ToolCall> calls, String words, Reply.Usage usage)
            throws InterruptedException {
        boolean inACircle = false;
        for (ToolCall call : calls) {
            try {
                Done done = step(turn, call, words);
                conversation.add(new Part.Result(call, done.outcome()));
                Circles.Verdict verdict =
                        model.chooses() ? circles.after(call, done.outcome(), done.tree()) : Circles.Verdict.NONE;
                if (verdict == Circles.Verdict.STOP) {
                    record.turnEnded(turn, usage);
                    return Optional.of(
                            Ending.inACircle(tools.summary(call), done.outcome().summary()));
                }
                inACircle = inACircle || verdict == Circles.Verdict.WARN;
            } catch (ToolsLostException lost) {
                record.turnEnded(turn, usage);
                return Optional.of(Ending.sandboxLost(message(lost)));
            } catch (StepRecord.NoSnapshotException noSnapshot) {
                record.turnEnded(turn, usage);
                return Optional.of(Ending.failed("snapshot_failed", message(noSnapshot)));
            }
        }
        record.turnEnded(turn, usage);
        if (inACircle) {
            note(conversation, turn, IN_A_CIRCLE);
        }
        return Optional.empty();
    }

    /** Written down first: where the task moves, the model is told the same at the same place. */
    private void note(Conversation conversation, int turn, String text) {
        record.noted(turn, text);
        conversation.add(new Part.Note(text));
    }

    private record Done(ToolOutcome outcome, String tree) {}

    private Model.Listener listener(int turn) {
        return new Model.Listener() {
            @Override
            public void heard(String piece) {
                record.saying(turn, piece);
            }

            @Override
            public void again(String why) {
                record.askedAgain(turn, why);
            }
        };
    }

    private Done step(int turn, ToolCall call, String words)
            throws ToolsLostException, StepRecord.NoSnapshotException, InterruptedException {
        int step = record.nextStep(turn);
        String reason = words.length() <= REASON_LENGTH ? words : words.substring(0, REASON_LENGTH);
        record.called(turn, step, call, tools.summary(call), reason);
        var began = clock.instant();
        ToolOutcome outcome = tools.call(call);
        record.returned(turn, step, call, outcome, Duration.between(began, clock.instant()));
        return new Done(outcome, record.snapshot(turn, step, call));
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
