package dev.belay.cli.project;

import java.util.List;

/**
 * What was written, or would be.
 *
 * @param staged the index holds every change as well
 * @param undo the command that takes it back; empty when there is none that loses nothing else
 */
public record ApplyReport(List<Change> changes, boolean staged, String undo, List<String> notes) {
    /** @param status `A` added, `M` modified, `D` deleted */
    public record Change(String path, char status) {}

    public ApplyReport {
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
    }

    public List<String> paths() {
        return changes.stream().map(Change::path).toList();
    }
}
