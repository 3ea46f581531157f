package dev.belay.cli.seam;

import dev.belay.cli.project.Delivery;
import dev.belay.proto.json.Json;
import java.nio.file.Path;
import java.util.List;

/** Brings a task's result into the person's folder: staged, not committed, all of it or nothing. */
public interface ResultTarget {
    /**
     * E_CONFLICT when a file that would change was changed by the person, E_PROTECTED when one needs a person's word; then
     * nothing was written.
     */
    Applied apply(ProjectSource.Project project, Json changeSet, Path pack, Delivery delivery);

    /**
     * @param files what was written, or would be
     * @param staged the index holds the result too; false outside a git repository
     * @param undo the command that takes it back; empty when there is none that loses nothing else
     * @param notes what a person should know
     */
    record Applied(List<String> files, boolean staged, String undo, List<String> notes) {
        public Applied {
            files = List.copyOf(files);
            notes = List.copyOf(notes);
        }
    }
}
