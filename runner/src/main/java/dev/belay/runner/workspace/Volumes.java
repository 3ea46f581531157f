package dev.belay.runner.workspace;

import dev.belay.runner.room.Room;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the files of tasks lie. What one task may take there is bounded where the machine has the means for it. */
public interface Volumes {
    /** The place of one task's files, open. */
    interface Volume extends AutoCloseable {
        /** For {@link Workspace}. */
        Path files();

        /** What lies in it stays, for {@link Volumes#open}. Nothing may be mounted in it any more. */
        @Override
        void close() throws IOException;
    }

    /**
     * An empty one; there must be none.
     *
     * @param mib what can be written to it in all, where that is bounded
     */
    Volume make(String task, int mib) throws IOException;

    /** The task's, when it holds a workspace that can be trusted to be as it was left. */
    Optional<Volume> open(String task) throws IOException;

    /** Whether there is one or not; it must not be open. */
    void remove(String task) throws IOException;

    /** The bytes of disk that it takes beside the task's directory. */
    long used(String task);

    /** @param tasks the directory that has one for each task */
    static Volumes of(Room room, Path tasks) {
        return room.broker()
                .<Volumes>map(broker -> new MountedVolumes(broker, tasks))
                .orElseGet(() -> plain(tasks));
    }

    /** Unbounded folders, as {@link #of} where nothing can be mounted. */
    static Volumes plain(Path tasks) {
        return new PlainVolumes(tasks);
    }
}
