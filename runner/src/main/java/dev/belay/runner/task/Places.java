package dev.belay.runner.task;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** Builds places, and knows which ones are kept. */
public interface Places {
    /**
     * A place with the sandbox up: a fresh one at the task's base, or, when the assignment resumes, one with the files of
     * that snapshot and nothing that was done to them later.
     *
     * @param rights of the task; they may grow while it runs
     */
    Place prepare(Assignment assignment, TaskRights rights, Denials denials) throws IOException, InterruptedException;

    /** The place of a task that has ended, brought to {@code head}; built again from packs where it is gone. */
    Place reopen(Assignment assignment, Optional<Snapshot> head, Denials denials)
            throws IOException, InterruptedException;

    /** How much of the runner's disk a task's files take. */
    default long used(String task) {
        return 0;
    }

    /** Gives all of that back. What the controller has of the task is enough to build its files again. */
    default void discard(String task) throws IOException {}

    /** Gives back what no snapshot needs. Snapshots stay here: the controller may not have them yet. */
    default void discardFiles(String task) throws IOException {}

    /**
     * Gives back what tasks have here that nobody works on.
     *
     * @param owed whether the controller may still lack something of a task; its snapshots stay
     */
    default void discardKept(Predicate<String> owed) throws IOException {}

    /** Told of everything that the sandbox's gateway itself refused. */
    interface Denials {
        void denied(int turn, int step, PolicyDenied denied);
    }
}
