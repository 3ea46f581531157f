package dev.belay.runner.hands;

import dev.belay.runner.hands.Patch.Hunk;
import dev.belay.runner.hands.Patch.Kind;
import dev.belay.runner.hands.Patch.Line;
import java.util.ArrayList;
import java.util.List;

/** Holds a patch against the files, section by section. What comes out is a draft in which every hunk has its place. */
final class PatchedFiles {
    private final Hand hand;
    private final TaskMemory memory;

    PatchedFiles(Hand hand, TaskMemory memory) {
        this.hand = hand;
        this.memory = memory;
    }

    Draft draft(Patch patch) throws BadCallException, HandException, InterruptedException {
        Draft draft = new Draft(hand, memory);
        for (Patch.Section section : patch.sections()) {
            switch (section) {
                case Patch.Add add -> add(draft, add);
                case Patch.Delete delete -> delete(draft, delete);
                case Patch.Update update -> update(draft, update);
            }
        }
        if (draft.entries().stream().noneMatch(Draft.Entry::isChanged)) {
            throw new BadCallException(PatchText.TOOL + ": nothing would change.");
        }
        return draft;
    }

    private void add(Draft draft, Patch.Add add) throws BadCallException, HandException, InterruptedException {
        String text = add.lines().isEmpty() ? "" : String.join("\n", add.lines()) + "\n";
        Draft.Entry entry = draft.openNew(add.path());
        entry.after = bounded(add.path(), FileLines.bytes(text));
        entry.from = null;
        entry.read = true;
        entry.whole = true;
    }

    private void delete(Draft draft, Patch.Delete delete) throws BadCallException, HandException, InterruptedException {
        Draft.Entry entry = existing(draft, delete.path());
        requireRead(entry, "deleted");
        entry.after = null;
    }

    private void update(Draft draft, Patch.Update update) throws BadCallException, HandException, InterruptedException {
        Draft.Entry entry = existing(draft, update.path());
        byte[] present = entry.after == null ? new byte[0] : entry.after;
        byte[] changed = bounded(update.path(), apply(entry, present, update.hunks()));
        String to = update.to().orElse(update.path());
        entry.after = changed;
        if (!to.equals(update.path())) {
            draft.openNew(to).takeFrom(entry);
            entry.after = null;
        }
    }

    private Draft.Entry existing(Draft draft, String path)
            throws BadCallException, HandException, InterruptedException {
        Draft.Entry entry = draft.open(path);
        if (entry.after != null) {
            return entry;
        }
        if (entry.before != null) {
            throw new BadCallException("%s: the patch itself takes %s away before it comes to it again."
                    .formatted(PatchText.TOOL, SandboxPath.display(path)));
        }
        FilePaths.requireFile(PatchText.TOOL, hand, path, entry.status);
        throw new IllegalStateException("a file that is not there passed for one");
    }

    private byte[] apply(Draft.Entry entry, byte[] content, List<Hunk> hunks) throws BadCallException {
        FileLines file = FileLines.of(content);
        List<String> out = new ArrayList<>();
        int taken = 0;
        for (int i = 0; i < hunks.size(); i++) {
            HunkPlace place;
            try {
                place = HunkPlace.find(file.lines(), hunks.get(i), taken);
            } catch (BadCallException wrong) {
                throw new BadCallException("%s: hunk %d of %d of %s %s\nNo file was changed."
                        .formatted(
                                PatchText.TOOL,
                                i + 1,
                                hunks.size(),
                                SandboxPath.display(entry.path),
                                wrong.told().stripTrailing()));
            }
            if (place.hunk().before().isEmpty() && place.hunk().anchors().isEmpty() && content.length > 0) {
                requireRead(entry, "added to");
            }
            out.addAll(file.lines().subList(taken, place.at()));
            taken = place.at();
            List<String> shown = new ArrayList<>();
            for (Line line : place.hunk().lines()) {
                if (line.kind() == Kind.ADDED) {
                    shown.add(line.text());
                } else {
                    if (line.kind() == Kind.KEPT) {
                        shown.add(file.lines().get(taken));
                    }
                    taken++;
                }
            }
            out.addAll(shown);
            entry.seen.add(file.with(shown));
        }
        out.addAll(file.lines().subList(taken, file.lines().size()));
        return file.with(out);
    }

    /** Lines that the patch names have been seen; what it does not name must have been read, as with Write. */
    private void requireRead(Draft.Entry entry, String what) throws BadCallException {
        if (!entry.read) {
            throw new BadCallException("%s: %s %s. Read it before it is %s.\nNo file was changed."
                    .formatted(
                            PatchText.TOOL,
                            SandboxPath.display(entry.path),
                            memory.seen(entry.path) == null
                                    ? "has not been read in this task"
                                    : "has changed since it was read",
                            what));
        }
    }

    private static byte[] bounded(String path, byte[] content) throws BadCallException {
        if (content.length > Hand.MAX_CONTENT) {
            throw new BadCallException("%s: %s would be too large (%,d bytes)."
                    .formatted(PatchText.TOOL, SandboxPath.display(path), content.length));
        }
        return content;
    }
}
