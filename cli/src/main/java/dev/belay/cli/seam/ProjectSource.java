package dev.belay.cli.seam;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the project of a folder and packs what a task needs of it. */
public interface ProjectSource {
    /**
     * @param start the folder that the person stands in
     * @param scope only this folder below it is the project's content
     */
    Project open(Path start, Optional<Path> scope);

    /** A folder that was checked: it is neither the home folder nor the root, and it can be read. */
    interface Project {
        Path root();

        String key();

        String name();

        String branch();

        String headCommit();

        List<String> commits();

        List<String> notes();

        /** Whether this file, seen from the root, is among what goes along. */
        boolean sends(String path);

        Packed pack(List<String> have, Path temporary, Optional<Long> mostBytesOfAFile);
    }

    /** What is sent; no pack when the server holds everything. */
    record Packed(String baseCommit, Optional<Path> pack, long bytes, long files, List<String> notes) {
        public Packed {
            notes = List.copyOf(notes);
        }
    }
}
