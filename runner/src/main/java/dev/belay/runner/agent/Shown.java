package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What of a conversation a model is shown, when not all of it. Answers are counted from the conversation's first.
 *
 * <p>Guarantees: what people said is shown as they said it, in its order; the same parts give the same; it changes for what
 * was shown before only when this does, which is written in the task's log each time.
 *
 * @param pruned the results of so many answers are not shown
 * @param compacted in place of so many answers, their results and the notes between them stands the summary
 * @param before so many answers were given when it last changed: what stood before them is not what stands there now
 */
public record Shown(int pruned, int compacted, String summary, int before) {
    public static final Shown ALL = new Shown(0, 0, "", 0);

    static final String NO_LONGER_SHOWN =
            "An older result stood here and is no longer shown. Where it is needed, make the call again.";

    private static final String SUMMARISED =
            "The first %d of your answers and their results are no longer shown. What people said is shown in full,"
                    + " and the files are as you left them. This is the summary that you wrote of the rest:\n\n"
                    + "%s";

    /** @param of all parts at this moment */
    public Shown prune(int answers, List<Part> of) {
        return new Shown(answers, compacted, summary, answers(of));
    }

    /** @param of all parts at this moment */
    public Shown compact(int answers, String words, List<Part> of) {
        return new Shown(pruned, answers, words, answers(of));
    }

    /** How many answers there are. One of nothing is none: neither a provider nor the log has it. */
    static int answers(List<Part> parts) {
        int count = 0;
        for (Part part : parts) {
            count += isAnswer(part) ? 1 : 0;
        }
        return count;
    }

    static boolean isAnswer(Part part) {
        return part instanceof Part.Answer(Reply reply)
                && (!reply.calls().isEmpty()
                        || !reply.text().isBlank()
                        || reply.own().isPresent());
    }

    /** Whether a result gets shorter when it is no longer shown. */
    static boolean isPrunable(ToolOutcome outcome) {
        return outcome.output().length() > NO_LONGER_SHOWN.length();
    }

    List<Part> of(List<Part> parts) {
        List<Part> view = new ArrayList<>();
        int answer = 0;
        for (Part part : parts) {
            answer += isAnswer(part) ? 1 : 0;
            switch (part) {
                case Part.Prompt prompt -> {
                    view.add(prompt);
                    if (compacted > 0) {
                        view.add(new Part.Note(String.format(Locale.ROOT, SUMMARISED, compacted, summary)));
                    }
                }
                case Part.Message message -> view.add(message);
                case Part.Note note -> {
                    if (answer >= compacted) {
                        view.add(note);
                    }
                }
                case Part.Answer given -> {
                    if (answer > compacted || compacted == 0) {
                        view.add(
                                answer <= before ? new Part.Answer(given.reply().moved()) : given);
                    }
                }
                case Part.Result result -> {
                    if (answer > compacted) {
                        view.add(answer <= pruned ? pruned(result) : result);
                    }
                }
            }
        }
        return view;
    }

    private static Part.Result pruned(Part.Result result) {
        return isPrunable(result.outcome())
                ? new Part.Result(result.call(), result.outcome().saying(NO_LONGER_SHOWN))
                : result;
    }
}
