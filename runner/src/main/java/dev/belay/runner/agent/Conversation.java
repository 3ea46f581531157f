package dev.belay.runner.agent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What was said so far. Append-only: what a model was once shown never changes, because caches and signed reasoning
 * depend on it, but where it grows too long, and then by what {@link #show} was told alone.
 */
public final class Conversation {
    private final List<Part> parts = new ArrayList<>();
    private Shown shown = Shown.ALL;
    private boolean open;

    public Conversation(String prompt) {
        this(List.of(new Part.Prompt(prompt)));
    }

    /** One that was begun before. */
    public Conversation(List<Part> before) {
        parts.addAll(before);
    }

    /** One that was begun before, and grew too long to be shown whole. */
    public Conversation(List<Part> before, Shown shown) {
        this(before);
        this.shown = shown;
    }

    public List<Part> parts() {
        return Collections.unmodifiableList(parts);
    }

    /** How many answers the model has given. */
    public int replies() {
        int count = 0;
        for (Part part : parts) {
            count += part instanceof Part.Answer ? 1 : 0;
        }
        return count;
    }

    /** It goes on, although its last words were said: they were another task's. */
    public Conversation reopened() {
        open = true;
        return this;
    }

    /** What the model said at its end, when nothing was said to it since. */
    Optional<String> lastWords() {
        return !open
                        && parts.getLast() instanceof Part.Answer(Reply reply)
                        && reply.calls().isEmpty()
                        && !reply.cut()
                ? Optional.of(reply.text())
                : Optional.empty();
    }

    /** All of it that a model is shown. */
    public Conversation shown() {
        return shown.equals(Shown.ALL) ? this : new Conversation(shown.of(parts));
    }

    Shown shownAs() {
        return shown;
    }

    void show(Shown now) {
        shown = now;
    }

    void add(Part part) {
        parts.add(part);
    }

    /** What people said since the model's last answer. */
    public List<String> unanswered() {
        List<String> said = new ArrayList<>();
        for (Part part : parts) {
            switch (part) {
                case Part.Answer _ -> said.clear();
                case Part.Message(String text) -> said.add(text);
                case Part.Prompt _ -> {}
                case Part.Note _ -> {}
                case Part.Result _ -> {}
            }
        }
        return said;
    }

    public sealed interface Part {
        record Prompt(String text) implements Part {}

        /** A person said something after the prompt. */
        record Message(String text) implements Part {}

        /** Belay tells what became of the files beside the model's own calls. */
        record Note(String text) implements Part {}

        record Answer(Reply reply) implements Part {}

        record Result(ToolCall call, ToolOutcome outcome) implements Part {}
    }
}
