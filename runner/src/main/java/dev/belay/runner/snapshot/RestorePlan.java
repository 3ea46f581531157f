package dev.belay.runner.snapshot;

import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import java.util.List;

/**
 * What going to a snapshot changes in the project's files, or has changed.
 *
 * @param files at most 1,000, in order of their paths; {@code filesChanged} counts all
 * @param notRestored left as it is: no snapshot holds it
 */
public record RestorePlan(Snapshot to, List<FileChange> files, int filesChanged, List<NotCaptured> notRestored) {
    public RestorePlan {
        files = List.copyOf(files);
        notRestored = List.copyOf(notRestored);
    }
}
