package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.runner.agent.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Replaces exact text in a file that the model has seen.
 *
 * <p>The file is worked on as bytes (a Latin-1 view of them), so that what stands outside the replaced text stays as it is,
 * whatever its encoding, line endings or last line.
 */
final class EditTool implements Tool {
    static final List<Field> FIELDS = List.of(
            Field.required("file_path", Kind.STRING, "The file: absolute, or below the project."),
            Field.required(
                    "old_string",
                    Kind.STRING,
                    "The text to be replaced, exactly as it stands in the file, without line numbers. Empty makes a new file."),
            Field.required("new_string", Kind.STRING, "The text that takes its place."),
            Field.optional("replace_all", Kind.BOOLEAN, "Replace every place and not the only one."));

    private static final int AROUND = 3;
    private static final int EXCERPT = 24;

    private final Hand hand;
    private final TaskMemory memory;

    EditTool(Hand hand, TaskMemory memory) {
        this.hand = hand;
        this.memory = memory;
    }

    @Override
    public String name() {
        return right().word();
    }

    @Override
    public ToolName right() {
        return ToolName.EDIT;
    }

    @Override
    public String description() {
        return "Replaces text in a file that was read before. The text must be in the file exactly once, unless "
                + "replace_all is set.";
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
        String path = FilePaths.of("Edit", arguments);
        String oldString = arguments.text("old_string");
        String newString = arguments.text("new_string");
        FilePaths.requireOwn("Edit", path);
        if (oldString.equals(newString)) {
            throw new BadCallException("Edit: old_string and new_string are the same; nothing would change.");
        }
        Hand.FileStatus status = hand.status(path);
        String shown = SandboxPath.display(path);
        if (oldString.isEmpty()) {
            return create(path, newString, status);
        }
        FilePaths.requireFile("Edit", hand, path, status);
        TaskMemory.Seen seen = memory.seen(path);
        if (seen == null) {
            throw new BadCallException("Edit: %s has not been read in this task. Read it first.".formatted(shown));
        }
        if (status.size() > Hand.MAX_CONTENT) {
            throw new BadCallException("Edit: %s has %,d bytes; at most %,d can be edited. Use Bash (sed, perl)."
                    .formatted(shown, status.size(), Hand.MAX_CONTENT));
        }
        byte[] before = hand.read(path, 0, Hand.MAX_CONTENT).bytes();
        String content = FileLines.latin(before);
        boolean crlf = FileLines.endsLinesWithCrLf(content);
        String wanted = FileLines.latin(lineEnds(oldString, crlf).getBytes(StandardCharsets.UTF_8));
        String replacement = FileLines.latin(lineEnds(newString, crlf).getBytes(StandardCharsets.UTF_8));
        List<Integer> places = places(content, wanted);
        boolean all = arguments.flag("replace_all", false);
        check(shown, content, wanted, places, all, seen);

        StringBuilder changed = new StringBuilder(content.length() + replacement.length());
        int from = 0;
        for (int place : places) {
            changed.append(content, from, place).append(replacement);
            from = place + wanted.length();
        }
        changed.append(content, from, content.length());
        byte[] after = FileLines.bytes(changed.toString());
        if (after.length > Hand.MAX_CONTENT) {
            throw new BadCallException("Edit: the result would be too large (%,d bytes).".formatted(after.length));
        }
        hand.write(path, after);
        memory.edited(path, hand.status(path), FileLines.bytes(replacement));

        LineChanges changes = LineChanges.between(before, after);
        String text = "%s: %s%s%s\n%s"
                .formatted(
                        shown,
                        changes.summary(),
                        places.size() > 1 ? ", %d places".formatted(places.size()) : "",
                        seen.sameAs(status)
                                ? ""
                                : " (the file had changed since it was last read; the text was still there)",
                        excerpt(after, places.getFirst(), replacement.length()));
        return ToolOutcome.done(text, changes.summary());
    }

    private ToolOutcome create(String path, String content, Hand.FileStatus status)
            throws BadCallException, HandException {
        boolean empty = status.kind().equals("file") && status.size() == 0;
        if (!status.kind().equals("absent") && !empty) {
            throw new BadCallException(
                    "Edit: %s exists; an empty old_string only makes a new file.".formatted(SandboxPath.display(path)));
        }
        byte[] after = content.getBytes(StandardCharsets.UTF_8);
        hand.write(path, after);
        memory.sawWhole(path, hand.status(path));
        int lines = LineChanges.between(new byte[0], after).added();
        return ToolOutcome.done("%s: made, +%d".formatted(SandboxPath.display(path), lines), "+" + lines);
    }

    private static void check(
            String shown, String content, String wanted, List<Integer> places, boolean all, TaskMemory.Seen seen)
            throws BadCallException {
        if (places.isEmpty()) {
            throw new BadCallException("Edit: old_string is not in %s.%s".formatted(shown, hint(content, wanted)));
        }
        if (places.size() > 1 && !all) {
            String lines = places.stream()
                    .limit(10)
                    .map(place -> Long.toString(lineOf(content, place)))
                    .collect(Collectors.joining(", "));
            throw new BadCallException(
                    "Edit: old_string is %d times in %s (lines %s%s). Give more of the text around it, or set replace_all."
                            .formatted(places.size(), shown, lines, places.size() > 10 ? ", …" : ""));
        }
        if (!seen.whole()
                && seen.parts().stream().noneMatch(part -> FileLines.latin(part).contains(wanted))) {
            throw new BadCallException(
                    "Edit: only a part of %s has been read in this task, and old_string is not in it. Read lines %d and after."
                            .formatted(shown, lineOf(content, places.getFirst())));
        }
    }

    private static String hint(String content, String wanted) {
        String loose = wanted.strip().replaceAll("\\s+", " ");
        if (!loose.isEmpty() && content.replaceAll("\\s+", " ").contains(loose)) {
            return " The same words are there with other white space: copy it exactly, without the line numbers.";
        }
        if (wanted.contains("ï¿½")) {
            return " It has a �, which stands for bytes that are not UTF-8: choose text around them.";
        }
        return " Nothing was changed; Read shows what is there now.";
    }

    private static List<Integer> places(String content, String wanted) {
        List<Integer> places = new ArrayList<>();
        for (int at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + wanted.length())) {
            places.add(at);
        }
        return places;
    }

    private static String lineEnds(String text, boolean crlf) {
        return crlf && text.indexOf('\r') < 0 ? text.replace("\n", "\r\n") : text;
    }

    private static String excerpt(byte[] after, int place, int length) {
        String content = FileLines.latin(after);
        long first = Math.max(1, lineOf(content, place) - AROUND);
        long last = lineOf(content, Math.min(content.length(), place + length)) + AROUND;
        Page page = new Page(first, Math.min(EXCERPT, last - first + 1));
        page.add(after);
        page.end();
        return page.shown();
    }

    private static long lineOf(String content, int place) {
        return content.chars().limit(place).filter(c -> c == '\n').count() + 1;
    }
}
