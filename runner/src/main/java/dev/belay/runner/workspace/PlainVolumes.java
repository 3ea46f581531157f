package dev.belay.runner.workspace;

import dev.belay.runner.linux.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Directories beside what else is kept of a task: nothing but the disk's own size bounds what is written there. */
final class PlainVolumes implements Volumes {
    static final String NAME = "workspace";

    private final Path tasks;

    PlainVolumes(Path tasks) {
        this.tasks = tasks;
    }

    private record Plain(Path files) implements Volume {
        @Override
        public void close() {}
    }

    private Path files(String task) {
        return tasks.resolve(task).resolve(NAME);
    }

    @Override
    public Volume make(String task, int mib) throws IOException {
        return new Plain(Files.createDirectory(files(task)));
    }

    @Override
    public Optional<Volume> open(String task) {
        return Workspace.exists(files(task)) ? Optional.of(new Plain(files(task))) : Optional.empty();
    }

    @Override
    public void remove(String task) throws IOException {
        if (Files.exists(files(task))) {
            try (Directory above = Directory.open(tasks.resolve(task))) {
                above.removeAll(NAME);
            }
        }
    }

    @Override
    public long used(String task) {
        return 0;
    }
}
