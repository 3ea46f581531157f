package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Model.ModelException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model with what it can read of a conversation, however long that is.
 *
 * <p>Guarantees: what a model was shown stays as it is but for two events, each recorded before the model is asked in the new
 * form; what people said is shown as they said it; nothing is taken out without a summary of it, but for results that
 * another call would bring again; what a summary costs is in the budget and in the turn.
 */
final class Context {
    /** Answers to the question for a summary that are none. */
    private static final int MOST_WRONG = 2;

    private final Model model;
    private final StepRecord record;
    private final Budget budget;
    private final Optional<Window> window;
    private final Measure measure;
    private Reply.Usage spent = Reply.Usage.NONE;

    Context(Model model, StepRecord record, Budget budget) {
        this.model = model;
        this.record = record;
        this.budget = budget;
        this.window = model.chooses() ? model.window() : Optional.empty();
        this.measure = new Measure(window.map(Window::briefed).orElse(0L));
    }

    /** What the last question took, also where it has no answer. */
    Reply.Usage spent() {
        return spent;
    }

    /**
     * The model's next answer, its usage together with that of summaries.
     *
     * @throws ModelException also when the budget was spent on a summary
     */
    Reply reply(Conversation conversation, int turn, Model.Listener listener)
            throws ModelException, InterruptedException {
        spent = Reply.Usage.NONE;
        boolean compacted = window.isPresent() && makeRoom(conversation, window.get(), turn, listener);
        try {
            return answer(conversation, listener);
        } catch (ModelException refused) {
            if (!refused.stopReason().equals(ModelException.CONTEXT_FULL)
                    || window.isEmpty()
                    || compacted
                    || !compact(conversation, window.get(), turn, listener, true)) {
                throw refused;
            }
        }
        return answer(conversation, listener);
    }

    private Reply answer(Conversation conversation, Model.Listener listener)
            throws ModelException, InterruptedException {
        Reply reply = model.reply(conversation, listener);
        measure.answered(conversation, reply.usage());
        spend(reply.usage());
        return reply.costing(spent);
    }

    /** @return whether there is a new summary */
    private boolean makeRoom(Conversation conversation, Window room, int turn, Model.Listener listener)
            throws ModelException, InterruptedException {
        long tokens = measure.of(conversation);
        if (room.isHalfFull(tokens) || room.isFull(tokens)) {
            prune(conversation, turn);
        }
        return room.isFull(measure.of(conversation)) && compact(conversation, room, turn, listener, false);
    }

    private void prune(Conversation conversation, int turn) {
        Optional<StepRecord.Pruned> worth = new Pruning(measure).of(conversation);
        if (worth.isEmpty()) {
            return;
        }
        record.pruned(turn, worth.get());
        conversation.show(conversation.shownAs().prune(worth.get().answers(), conversation.parts()));
        measure.shrunk(worth.get().tokens());
    }

    /**
     * @param refused the provider did not take the conversation as it is
     * @return false when there is nothing that a summary could stand for
     */
    private boolean compact(Conversation conversation, Window room, int turn, Model.Listener listener, boolean refused)
            throws ModelException, InterruptedException {
        long before = measure.of(conversation);
        int answers = Shown.answers(conversation.parts())
                - newest(conversation, refused ? Math.min(room.tail(), before / 4) : room.tail());
        if (answers <= conversation.shownAs().compacted()) {
            return false;
        }
        String summary = summary(conversation, room, listener, refused);
        Shown shown = conversation.shownAs().compact(answers, summary, conversation.parts());
        conversation.show(shown);
        measure.changed();
        record.compacted(turn, new StepRecord.Compacted(answers, summary, before, measure.of(conversation)));
        Optional<Ending> over = budget.spent();
        if (over.isPresent()) {
            throw spent(over.get());
        }
        return true;
    }

    /** How many of the newest answers fit with their results, the last one always. */
    private int newest(Conversation conversation, long tail) {
        List<Part> parts = conversation.shown().parts();
        int answers = 0;
        long tokens = 0;
        for (Part part : parts.reversed()) {
            if (part instanceof Part.Answer || part instanceof Part.Result) {
                tokens += measure.of(part);
            }
            if (answers > 0 && tokens > tail) {
                return answers;
            }
            answers += Shown.isAnswer(part) ? 1 : 0;
        }
        return answers;
    }

    private String summary(Conversation conversation, Window room, Model.Listener listener, boolean refused)
            throws ModelException, InterruptedException {
        boolean shortened = refused;
        String wrong = "";
        for (int wrongs = 0; wrongs < MOST_WRONG; ) {
            Optional<Ending> over = budget.spent();
            if (over.isPresent()) {
                throw spent(over.get());
            }
            try {
                Reply reply = model.reply(HandOver.question(conversation, room, shortened, wrong), unheard(listener));
                spend(reply.usage());
                wrong = HandOver.wrong(reply);
                if (wrong.isEmpty()) {
                    return reply.text().strip();
                }
                wrongs++;
            } catch (ModelException failed) {
                if (failed.passes()) {
                    throw failed;
                }
                if (!failed.stopReason().equals(ModelException.CONTEXT_FULL) || shortened) {
                    throw full(failed.getMessage());
                }
                shortened = true;
            }
        }
        throw full("its answer was no summary: " + wrong);
    }

    private void spend(Reply.Usage usage) {
        budget.spend(usage);
        spent = spent.plus(usage);
    }

    private ModelException full(@Nullable String why) {
        return new ModelException(
                ModelException.CONTEXT_FULL,
                "the conversation is longer than " + model.name() + " reads, and could not be summarised: " + why);
    }

    private static ModelException spent(Ending over) {
        return new ModelException(over.stopReason(), over.detail(), true);
    }

    /** A summary is not said to people, but that it takes longer is. */
    private static Model.Listener unheard(Model.Listener listener) {
        return new Model.Listener() {
            @Override
            public void heard(String piece) {
                // It is in the event that follows.
            }

            @Override
            public void again(String why) {
                listener.again(why);
            }
        };
    }
}
