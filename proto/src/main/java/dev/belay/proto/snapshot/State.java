package dev.belay.proto.snapshot;

import org.eclipse.jgit.lib.ObjectId;

/**
 * What one snapshot holds.
 *
 * @param work tree of the project's files without {@code .git}
 * @param git what stands at {@code .git}: its tree without objects, or whatever a task put there instead
 * @param objects tree of the git objects that the task made; only ever grows
 */
public record State(ObjectId work, Slot git, ObjectId objects, Meta meta) {
    /** @param mode as git writes modes; 0: nothing */
    public record Slot(int mode, ObjectId id) {
        public static final Slot NONE = new Slot(0, ObjectId.zeroId());
    }

    /** All that a rollback brings back. */
    public boolean sameFiles(State other) {
        return work.equals(other.work)
                && git.equals(other.git)
                && meta.directories().equals(other.meta.directories())
                && meta.fileModes().equals(other.meta.fileModes())
                && meta.directoryModes().equals(other.meta.directoryModes());
    }
}
