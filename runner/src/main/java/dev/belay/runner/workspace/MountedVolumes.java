package dev.belay.runner.workspace;

import dev.belay.runner.room.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;

/**
 * A file system of its own for each task, made and mounted by the broker: whoever fills it meets its end, and no neighbour
 * does. A task's directory says by a file that its files lie there, so that a runner without a broker, which builds that
 * directory anew, makes the volume worthless for the next one that has a broker.
 */
final class MountedVolumes implements Volumes {
    private static final Logger LOG = Logger.getLogger(MountedVolumes.class.getName());
    static final String SIGN = "volume";
    /** What the broker says of one that is not there, was not closed in order, or could not be closed at all. */
    private static final Set<String> WORTHLESS = Set.of("absent", "unclean", "open");

    private final Broker broker;
    private final Path tasks;

    MountedVolumes(Broker broker, Path tasks) {
        this.broker = broker;
        this.tasks = tasks;
    }

    private final class Mounted implements Volume {
        private final String task;

        Mounted(String task) {
            this.task = task;
        }

        @Override
        public Path files() {
            return broker.at(task);
        }

        /** One that is not closed in order is not opened again, and the files are built anew: that is no failure. */
        @Override
        public void close() {
            try {
                broker.close(task);
            } catch (IOException refused) {
                LOG.warning(refused.getMessage());
            }
        }
    }

    private Path sign(String task) {
        return tasks.resolve(task).resolve(SIGN);
    }

    @Override
    public Volume make(String task, int mib) throws IOException {
        broker.make(task, mib);
        Mounted made = new Mounted(task);
        try {
            new Reserve(made.files()).make();
            Files.writeString(sign(task), "");
            return made;
        } catch (IOException failed) {
            broker.remove(task);
            throw failed;
        }
    }

    @Override
    public Optional<Volume> open(String task) throws IOException {
        if (!Files.exists(sign(task))) {
            return Optional.empty();
        }
        try {
            broker.open(task);
        } catch (Broker.RefusedException refused) {
            if (!WORTHLESS.contains(refused.reason())) {
                // It may be whole, and hold what no snapshot does: not a reason to build it anew.
                throw refused;
            }
            LOG.info(() -> refused.getMessage() + "; the files are built anew");
            return Optional.empty();
        }
        Mounted opened = new Mounted(task);
        if (!Workspace.exists(opened.files())) {
            opened.close();
            return Optional.empty();
        }
        return Optional.of(opened);
    }

    @Override
    public void remove(String task) throws IOException {
        broker.remove(task);
        Files.deleteIfExists(sign(task));
    }

    @Override
    public long used(String task) {
        try {
            return broker.used(task);
        } catch (IOException absent) {
            return 0;
        }
    }
}
