package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A model's own summary of a conversation, asked for as one more question at its end. */
final class HandOver {
    /** Of a result, where the conversation is too long to be shown for a summary. */
    private static final int RESULT_LENGTH = 2_000;

    private static final int MOST_SUMMARY = 128 << 10;

    private static final String ASKED = """
        This conversation is about to be longer than you can read. Before it goes on, most of your answers and all of \
        their results will be taken out, and what you write now will stand in their place: it is all that you will know \
        of them. What people said stays, word for word. Write a hand-over to yourself, as plain text, and call no tool:

        - the goal, in the words of the person who set it
        - every limit and wish that people stated, and what you agreed on
        - what was done, with the names of the files and of what is in them
        - what you learnt: how the project is built and tested, what was found where, what was decided and why
        - what failed, and what need not be tried again
        - what is left to do, the next step first

        Be exact with names, paths, numbers and messages of errors. Write about %,d words at most.\
        """;

    private static final String AGAIN =
            "\n\nYou were asked this a moment ago, and %s. Answer with the text of the hand-over and nothing else.";

    /** Fewer words than these are asked for where little can be read. */
    private static final long MOST_WORDS = 3_000;

    private static final long LEAST_WORDS = 150;

    private HandOver() {}

    /** @param before what was wrong with the last answer to it; empty the first time */
    static Conversation question(Conversation conversation, Window window, boolean shortened, String before) {
        List<Part> parts = new ArrayList<>();
        for (Part part : conversation.shown().parts()) {
            parts.add(shortened ? shorter(part) : part);
        }
        long words = Math.clamp(window.usable() / 8, LEAST_WORDS, MOST_WORDS);
        parts.add(new Part.Note(
                String.format(Locale.ROOT, ASKED, words) + (before.isEmpty() ? "" : AGAIN.formatted(before))));
        return new Conversation(parts);
    }

    private static Part shorter(Part part) {
        return switch (part) {
            case Part.Answer(Reply reply) -> new Part.Answer(reply.moved());
            case Part.Result(ToolCall call, ToolOutcome outcome)
            when outcome.output().length() > RESULT_LENGTH ->
                new Part.Result(call, outcome.saying(outcome.output().substring(0, RESULT_LENGTH) + "…"));
            default -> part;
        };
    }

    /** What keeps an answer from being a summary; empty when nothing does. */
    static String wrong(Reply reply) {
        if (!reply.calls().isEmpty()) {
            return "it called a tool";
        }
        if (reply.cut()) {
            return "it was cut at its length limit";
        }
        if (reply.text().isBlank()) {
            return "it was empty";
        }
        return reply.text().length() > MOST_SUMMARY ? "it was longer than any summary" : "";
    }
}
