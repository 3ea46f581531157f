package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.util.List;

/** How long something is, in tokens as they usually are: four characters each. */
final class Size {
    private static final int CHARACTERS = 4;

    /** What a form writes around every part. */
    private static final int AROUND = 40;

    private Size() {}

    static long of(long characters) {
        return (characters + CHARACTERS - 1) / CHARACTERS;
    }

    static long of(List<Part> parts) {
        long tokens = 0;
        for (Part part : parts) {
            tokens += of(part);
        }
        return tokens;
    }

    static long of(Part part) {
        return of(AROUND + characters(part));
    }

    private static long characters(Part part) {
        return switch (part) {
            case Part.Prompt(String text) -> text.length();
            case Part.Message(String text) -> text.length();
            case Part.Note(String text) -> text.length();
            case Part.Result(ToolCall _, ToolOutcome outcome) ->
                outcome.output().length();
            case Part.Answer(Reply reply) ->
                reply.own().map(own -> (long) own.content().print().length()).orElseGet(() -> characters(reply));
        };
    }

    private static long characters(Reply reply) {
        long characters = reply.text().length();
        for (ToolCall call : reply.calls()) {
            characters += AROUND + call.tool().length() + call.input().print().length();
        }
        return characters;
    }
}
