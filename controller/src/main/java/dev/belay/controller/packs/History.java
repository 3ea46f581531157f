package dev.belay.controller.packs;

import dev.belay.proto.v1.ChangeSet;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * What differs between two snapshots of a task, read from its packs. Commits are the shadow repository's: the project's
 * files are the subtree {@code work/}.
 */
public interface History {
    ChangeSet changes(Scope task, String fromCommit, String toCommit) throws IOException;

    /** A unified diff as {@code git diff} prints it; {@code paths} empty means all, else files or directories. */
    void diff(Scope task, String fromCommit, String toCommit, List<String> paths, OutputStream out) throws IOException;

    /** A self-contained pack with the blobs that {@code to} has and {@code from} has not. */
    void deltaPack(Scope task, String fromCommit, String toCommit, OutputStream out) throws IOException;

    /**
     * A step to undo, by commits of the task.
     *
     * @param name {@code s4}, for messages; {@code shortId} of the task likewise
     * @param after the snapshot of the step, {@code before} the one that it was made on
     * @param now the state that is to go without it, {@code newest} the last snapshot in time, {@code base} the first
     * @param step the number of the snapshot that is made
     */
    record Undo(
            String task,
            String shortId,
            String name,
            String after,
            String before,
            String now,
            String newest,
            String base,
            int step,
            Instant at) {}

    /**
     * @param snapshot what was made, without its files
     * @param changes against {@code now}, {@code total} against the base
     * @param pack what has to be stored for it
     */
    record Undone(Snapshot snapshot, ChangeSet changes, ChangeSet total, byte[] pack) {}

    /**
     * Takes a step out of a state and keeps what came later. Nothing is stored.
     *
     * @throws dev.belay.proto.error.BelayException E_CONFLICT, E_NOTHING_TO_REVERT
     */
    Undone undo(Scope task, Undo step) throws IOException;
}
