package dev.belay.cli.project;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be sent.
 *
 * @param baseCommit the commit whose tree is the folder as it is
 * @param pack stands alone on what the server has; none when the server has everything
 * @param bytes of the pack
 * @param files of the folder
 * @param notes what a person should know about what was left out
 */
public record PackedProject(String baseCommit, Optional<Path> pack, long bytes, int files, List<String> notes) {
    public PackedProject {
        notes = List.copyOf(notes);
    }
}
