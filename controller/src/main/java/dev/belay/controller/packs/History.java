package dev.belay.controller.packs;

import dev.belay.proto.v1.ChangeSet;
import java.io.IOException;
import java.io.OutputStream;
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
}
