package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.runner.agent.ToolOutcome;
import java.util.List;

/** A file's lines with their numbers. */
final class ReadTool implements Tool {
    static final List<Field> FIELDS = List.of(
            Field.required("file_path", Kind.STRING, "The file: absolute, or below the project."),
            Field.optional("offset", Kind.INTEGER, "The first line to show, from 1."),
            Field.optional("limit", Kind.INTEGER, "How many lines to show: 2000 unless given."));

    private static final int LINES = 2_000;
    private static final int FIRST_CHUNK = 256 << 10;
    private static final int CHUNK = 2 << 20;
    private static final int SNIFFED = 8 << 10;

    /** Beyond this the lines of a file are not counted to its end. */
    private static final long COUNTED = 64L << 20;

    private final Hand hand;
    private final TaskMemory memory;

    ReadTool(Hand hand, TaskMemory memory) {
        this.hand = hand;
        this.memory = memory;
    }

    @Override
    public String name() {
        return right().word();
    }

    @Override
    public ToolName right() {
        return ToolName.READ;
    }

    @Override
    public String description() {
        return "Shows a text file with line numbers. A file must have been read before Edit or Write may change "
                + "it.";
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
        return List.of(new Intent.Reading(FilePaths.of(name(), arguments)));
    }

    @Override
    public ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException {
        String path = FilePaths.of("Read", arguments);
        int offset = Math.max(1, arguments.number("offset", 1, 0, Integer.MAX_VALUE));
        int limit = arguments.number("limit", LINES, 1, Integer.MAX_VALUE);
        Hand.FileStatus status = hand.status(path);
        FilePaths.requireFile("Read", hand, path, status);
        Hand.FileContent chunk = hand.read(path, 0, FIRST_CHUNK);
        if (chunk.bytes().length == 0) {
            memory.sawWhole(path, status);
            return ToolOutcome.done("[%s is empty]".formatted(SandboxPath.display(path)), "empty");
        }
        if (binary(chunk.bytes())) {
            String text =
                    "[%s is a binary file of %,d bytes; it is not shown. Bash can look into it (file, xxd, strings).]"
                            .formatted(SandboxPath.display(path), chunk.size());
            return ToolOutcome.done(text, "binary");
        }
        Page page = new Page(offset, limit);
        boolean end = false;
        long at = 0;
        while (true) {
            page.add(chunk.bytes());
            at += chunk.bytes().length;
            chunk = hand.read(path, at, CHUNK);
            if (chunk.bytes().length == 0) {
                page.end();
                end = true;
                break;
            }
            if (at >= COUNTED && page.lines() >= (long) offset + limit) {
                break;
            }
        }
        return outcome(path, status, offset, page, end);
    }

    private ToolOutcome outcome(String path, Hand.FileStatus status, int offset, Page page, boolean end) {
        if (page.last() == 0) {
            String text = "[%s has %,d lines; offset %,d is past its end]"
                    .formatted(SandboxPath.display(path), page.lines(), offset);
            return ToolOutcome.done(text, "past the end");
        }
        boolean toEnd = end && page.last() == page.lines();
        if (offset == 1 && toEnd) {
            memory.sawWhole(path, status);
        } else {
            memory.sawPage(path, status, offset, page.last(), toEnd, page.seen());
        }
        StringBuilder out = new StringBuilder(page.shown());
        if (!toEnd) {
            out.append("[PARTIAL: lines %,d to %,d of %s%,d; go on with offset=%d]\n"
                    .formatted(offset, page.last(), end ? "" : "more than ", page.lines(), page.last() + 1));
        }
        if (page.crlf()) {
            out.append("[lines end with CR LF; Edit keeps that]\n");
        }
        if (page.invalid()) {
            out.append("[not all of it is UTF-8: such bytes are shown as �; Edit keeps them]\n");
        }
        long lines = page.last() - offset + 1;
        return ToolOutcome.done(out.toString(), lines == 1 ? "1 line" : lines + " lines");
    }

    private static boolean binary(byte[] bytes) {
        for (int i = 0; i < Math.min(SNIFFED, bytes.length); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
