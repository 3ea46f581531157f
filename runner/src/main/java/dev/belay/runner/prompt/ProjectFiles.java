package dev.belay.runner.prompt;

import java.io.IOException;
import java.util.Optional;

/** The project's files as its sandbox has them. */
public interface ProjectFiles {
    /**
     * The text of a file, or nothing where there is none.
     *
     * @param path below the project
     * @param most bytes that are wanted
     */
    Optional<String> read(String path, int most) throws IOException;
}
