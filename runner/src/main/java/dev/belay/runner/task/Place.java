package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.environment.Environment;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.ports.PortVisit;
import dev.belay.runner.prompt.ProjectFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Where the work of one task happens: its workspace, its sandbox, its snapshots. One thread at a time, where nothing else is said. */
public interface Place extends AutoCloseable {
    /** {@code namespace}. */
    String engine();

    /** The isolation cells that are weaker here, in words. */
    List<String> weaker();

    Tools tools();

    /** What the task may do here. */
    default Policy policy() {
        return Policy.standard();
    }

    /** How the project, as it was sent, says that its sandbox is made ready. */
    default Environment environment() {
        return Environment.NONE;
    }

    /** The project's files, as they are now. */
    ProjectFiles files();

    /** What the task had beside its snapshots, and this place does not: it was built again elsewhere. */
    List<NotCaptured> missing();

    /** Takes back what set-up made of the files that {@code to} holds; what it made beside them is {@link #missing} no more. */
    default void settle(Snapshot to) throws IOException {}

    /** The state now, under this step's number. */
    Taken capture(Moment moment) throws IOException, InterruptedException;

    /**
     * Makes the files equal {@code to}; or says what that would do.
     *
     * @param safetyStep the number for a safety snapshot, taken when the files are not what the last snapshot holds
     * @param witness told of that before a file is changed
     */
    Moved move(Snapshot to, int safetyStep, boolean dryRun, Witness witness) throws IOException, InterruptedException;

    /** What {@link #revert} would do. */
    Moved tryRevert(Snapshot undone, Snapshot before) throws IOException;

    /**
     * Undoes the step of {@code undone}, which was made on {@code before}, and keeps what came later.
     *
     * @param safetyStep the number for a safety snapshot, taken when the files are not what the last snapshot holds
     * @param moment of the snapshot that it makes
     * @param witness told of the former as soon as it is taken, of the latter when it is certain, before a file is changed
     */
    Moved revert(Snapshot undone, Snapshot before, int safetyStep, Moment moment, Witness witness) throws IOException;

    /** Runs a person's command, under the same confinement as the agent's. */
    Ran run(List<String> argv, Duration timeout, Output output) throws IOException, InterruptedException;

    /** The ports on which something inside listens, the gateway's left out. By any thread. */
    SortedSet<Integer> listening() throws IOException;

    /**
     * Begins to carry bytes to and from what listens inside; by any thread, whatever step is at work. Nothing, where nothing
     * listens.
     *
     * @throws BelayException E_USAGE for a port that is Belay's own, E_OVERLOADED
     */
    Optional<PortVisit> visit(int port, PortVisit.Visitor visitor) throws IOException, InterruptedException;

    /** What the sandbox's gateway reports is about this step from now on. */
    void stepIs(int turn, int step);

    /** Ends every process inside. What was captured stays. */
    @Override
    void close();

    /** Stops everything inside where it is, until {@link #release}. False: it could not be stopped, and runs. */
    boolean hold();

    void release();

    /** When and why a snapshot is taken. */
    record Moment(int step, int turn, String kind, String tool) {}

    record Taken(Snapshot snapshot, Optional<Path> pack) {}

    record Moved(Optional<Taken> safety, List<FileChange> files, int filesChanged, List<NotCaptured> notRestored) {}

    /** Whoever records the snapshots that a rollback or a revert takes on its way. */
    interface Witness {
        void taken(Taken taken);
    }

    record Ran(int exitCode, Duration took, boolean timedOut) {}

    interface Output {
        void stdout(byte[] bytes);

        void stderr(byte[] bytes);
    }
}
