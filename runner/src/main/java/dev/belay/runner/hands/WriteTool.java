package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.runner.agent.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A whole file, new or in place of one that the model has read as it is now. */
final class WriteTool implements Tool {
    static final List<Field> FIELDS = List.of(
            Field.required("file_path", Kind.STRING, "The file: absolute, or below the project. Its folders are made."),
            Field.required("content", Kind.STRING, "All that is to be in the file."));

    private final Hand hand;
    private final TaskMemory memory;
    private final Editing editing;

    /** @param editing the tool that changes a part of a file */
    WriteTool(Hand hand, TaskMemory memory, Editing editing) {
        this.hand = hand;
        this.memory = memory;
        this.editing = editing;
    }

    @Override
    public String name() {
        return right().word();
    }

    @Override
    public ToolName right() {
        return ToolName.WRITE;
    }

    @Override
    public String description() {
        return "Writes a whole file. One that exists must have been read before; to change a part of it, use "
                + editing.tool() + ".";
    }

    @Override
    public List<Field> fields() {
        return FIELDS;
    }

    @Override
    public String subject() {
        return "file_path";
    }

    @Override
    public List<Intent> intents(Arguments arguments) throws BadCallException {
        return List.of(new Intent.Change(FilePaths.of(name(), arguments)));
    }

    @Override
    public ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException {
        String path = FilePaths.of("Write", arguments);
        String shown = SandboxPath.display(path);
        FilePaths.requireOwn("Write", path);
        byte[] after = arguments.text("content").getBytes(StandardCharsets.UTF_8);
        if (after.length > Hand.MAX_CONTENT) {
            throw new BadCallException("Write: the content has %,d bytes; at most %,d can be written at once."
                    .formatted(after.length, Hand.MAX_CONTENT));
        }
        Hand.FileStatus status = hand.status(path);
        if (status.kind().equals("absent")) {
            hand.write(path, after);
            memory.sawWhole(path, hand.status(path));
            String summary = "+" + LineChanges.between(new byte[0], after).added();
            return ToolOutcome.done("%s: made, %s".formatted(shown, summary), summary);
        }
        FilePaths.requireFile("Write", hand, path, status);
        TaskMemory.Seen seen = memory.seen(path);
        if (status.size() > 0 && (seen == null || !seen.whole())) {
            throw new BadCallException("Write: %s exists and %s. Read it first, or change it with %s."
                    .formatted(
                            shown,
                            seen == null ? "has not been read in this task" : "has been read only in part",
                            editing.tool()));
        }
        if (status.size() > 0 && seen != null && !seen.sameAs(status)) {
            throw new BadCallException(
                    "Write: %s has changed since it was read. Read it again before you replace it.".formatted(shown));
        }
        byte[] before = hand.read(path, 0, Hand.MAX_CONTENT).bytes();
        hand.write(path, after);
        memory.sawWhole(path, hand.status(path));
        String summary = LineChanges.between(before, after).summary();
        return ToolOutcome.done("%s: replaced, %s".formatted(shown, summary), summary);
    }
}
