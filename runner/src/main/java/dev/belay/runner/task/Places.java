package dev.belay.runner.task;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.util.Optional;

/** Builds places, and knows which ones are kept. */
public interface Places {
    /**
     * A place with the sandbox up: a fresh one at the task's base, or, when the assignment resumes, one with the files of
     * that snapshot and nothing that was done to them later.
     */
    Place prepare(Assignment assignment, Denials denials) throws IOException, InterruptedException;

    /** The place of a task that has ended, brought to {@code head}; built again from packs where it is gone. */
    Place reopen(Assignment assignment, Optional<Snapshot> head, Denials denials)
            throws IOException, InterruptedException;

    /** Removes what is here of a task whose place is closed; it is built again from packs. */
    void forget(String task) throws IOException;

    /** Told of everything that the sandbox's gateway itself refused. */
    interface Denials {
        void denied(int turn, int step, PolicyDenied denied);
    }
}
