package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes, makes, moves and deletes files by a patch, for models that were trained on it.
 *
 * <p>Guarantees: no file is written before every hunk of the patch has its place; files are taken away after all others are
 * written; when that fails on its way, what was written is said by name.
 */
final class ApplyPatchTool implements Tool {
    static final List<Field> FIELDS = List.of(Field.required(
            "input",
            Kind.STRING,
            "The patch, from \"*** Begin Patch\" to \"*** End Patch\". Paths are below the project, or absolute."));

    private final Hand hand;
    private final TaskMemory memory;
    private final ToolChoice choice;

    ApplyPatchTool(Hand hand, TaskMemory memory, ToolChoice choice) {
        this.hand = hand;
        this.memory = memory;
        this.choice = choice;
    }

    @Override
    public String name() {
        return PatchText.TOOL;
    }

    @Override
    public ToolName right() {
        return ToolName.EDIT;
    }

    @Override
    public String description() {
        return "Changes files by a patch; all of it, or nothing of it. Sections: \"*** Add File: PATH\" with lines"
                + " that begin with +; \"*** Delete File: PATH\"; \"*** Update File: PATH\", after which may come \"***"
                + " Move to: PATH\", with hunks. A hunk begins with @@, or with @@ and a line of the file above it, such"
                + " as a function's head; its lines begin with a blank (as the file has it), - (taken out) or + (put in)."
                + " Give three lines around a change, and @@ lines where these are in the file more than once. \"*** End"
                + " of File\" ends a hunk that ends the file.";
    }

    @Override
    public List<Field> fields() {
        return FIELDS;
    }

    @Override
    public String subject() {
        return "input";
    }

    @Override
    public String about(Json.Obj input) {
        return PatchText.about(input.text("input"));
    }

    @Override
    public List<Intent> intents(Arguments arguments) throws BadCallException {
        List<Intent> all = new ArrayList<>();
        for (Patch.Section section : PatchText.read(arguments.text("input")).sections()) {
            all.add(new Intent.Change(section.path()));
            if (section instanceof Patch.Update update) {
                update.to().ifPresent(to -> all.add(new Intent.Change(to)));
            }
        }
        return all;
    }

    @Override
    public ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException {
        Patch patch = PatchText.read(arguments.text("input"));
        if (patch.makesOrRemoves() && !choice.gives(ToolName.WRITE)) {
            throw new BadCallException(
                    "%s: this task is not given Write, which it takes to add, delete and move files. No file was changed."
                            .formatted(name()));
        }
        return write(new PatchedFiles(hand, memory).draft(patch));
    }

    private ToolOutcome write(Draft draft) throws BadCallException, HandException, InterruptedException {
        List<Draft.Entry> open = new ArrayList<>();
        draft.entries().stream()
                .filter(entry -> entry.isChanged() && entry.after != null)
                .forEach(open::add);
        draft.entries().stream()
                .filter(entry -> entry.isChanged() && entry.after == null)
                .forEach(open::add);
        List<Draft.Entry> all = List.copyOf(open);
        while (!open.isEmpty()) {
            try {
                put(open.getFirst(), all);
            } catch (HandException failed) {
                if (failed.lost() || Thread.currentThread().isInterrupted()) {
                    throw failed;
                }
                throw new BadCallException(broken(all, open, String.valueOf(failed.getMessage())));
            }
            open.removeFirst();
        }
        List<String> lines = new ArrayList<>();
        int added = 0;
        int removed = 0;
        for (Draft.Entry entry : all) {
            if (!isMoved(entry, all)) {
                LineChanges changes = changes(entry);
                added += changes.added();
                removed += changes.removed();
                lines.add(words(entry, changes));
            }
        }
        return ToolOutcome.done(String.join("\n", lines), new LineChanges(added, removed).summary());
    }

    private void put(Draft.Entry entry, List<Draft.Entry> all) throws HandException, InterruptedException {
        Hand.FileStatus now = hand.status(entry.path);
        if (!now.kind().equals(entry.status.kind())
                || now.size() != entry.status.size()
                || now.mtimeNanos() != entry.status.mtimeNanos()) {
            throw new HandException("it has changed since the patch was held against it", HandException.EINVAL);
        }
        byte[] after = entry.after;
        if (after != null) {
            hand.write(entry.path, after);
            remember(entry);
            return;
        }
        Draft.Entry heir = heir(entry, all);
        if (heir == null) {
            Removal.of(hand, entry.path);
        } else {
            Removal.of(hand, entry.path, entry.status.mode(), heir.path);
        }
    }

    private void remember(Draft.Entry entry) throws HandException {
        if (entry.whole) {
            memory.sawWhole(entry.path, hand.status(entry.path));
        } else {
            memory.sawParts(entry.path, hand.status(entry.path), entry.seen);
        }
    }

    private static String broken(List<Draft.Entry> all, List<Draft.Entry> open, String why) {
        List<Draft.Entry> done = all.subList(0, all.size() - open.size());
        return "%s: %s was not %s: %s.\nDone before it: %s.\nNot done: %s."
                .formatted(
                        PatchText.TOOL,
                        SandboxPath.display(open.getFirst().path),
                        open.getFirst().after == null ? "taken away" : "written",
                        why,
                        done.isEmpty() ? "nothing" : named(done),
                        named(open));
    }

    private static String named(List<Draft.Entry> entries) {
        return entries.stream()
                .map(entry -> SandboxPath.display(entry.path) + (entry.after == null ? " taken away" : " written"))
                .collect(Collectors.joining(", "));
    }

    private static String words(Draft.Entry entry, LineChanges changes) {
        String shown = SandboxPath.display(entry.path);
        Draft.Entry from = entry.from;
        if (entry.after == null) {
            return "%s: deleted, −%d".formatted(shown, changes.removed());
        }
        if (from != null && entry.isMovedFrom(from)) {
            return "%s: moved to %s, %s".formatted(SandboxPath.display(from.path), shown, changes.summary());
        }
        return entry.before == null
                ? "%s: made, +%d".formatted(shown, changes.added())
                : "%s: %s".formatted(shown, changes.summary());
    }

    private static LineChanges changes(Draft.Entry entry) {
        Draft.Entry from = entry.from;
        byte[] before = from != null && entry.isMovedFrom(from) ? from.before : entry.before;
        byte[] after = entry.after;
        return LineChanges.between(before == null ? new byte[0] : before, after == null ? new byte[0] : after);
    }

    private static boolean isMoved(Draft.Entry entry, List<Draft.Entry> all) {
        return entry.after == null && heir(entry, all) != null;
    }

    private static Draft.@Nullable Entry heir(Draft.Entry entry, List<Draft.Entry> all) {
        return all.stream()
                .filter(other -> other.isMovedFrom(entry))
                .findFirst()
                .orElse(null);
    }
}
