package dev.belay.cli.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A trial's conversation as a file, which is how a person hands one over. It is there until it is closed, and no longer than
 * this process: Ctrl-C ends that without coming back here.
 */
record TrialFile(Path path) implements AutoCloseable {
    private static final String NAME = "env-test.yaml";

    static TrialFile in(Path state, TrialScript script) throws IOException {
        Path folder = Files.createTempDirectory(state, "env-test-");
        Path file = folder.resolve(NAME);
        // The last that is named here is the first that goes.
        folder.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
        TrialFile made = new TrialFile(file);
        try {
            Files.writeString(file, script.text());
        } catch (IOException notWritten) {
            try (made) {
                throw notWritten;
            }
        }
        return made;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.resolveSibling(""));
    }
}
