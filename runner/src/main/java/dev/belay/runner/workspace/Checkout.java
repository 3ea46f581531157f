package dev.belay.runner.workspace;

import java.nio.file.Path;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The files of one commit with a generated {@code .git}, on disk, never written again, shared by tasks.
 *
 * @param place below the directory of all checkouts
 * @param directory holds {@link #files}, and beside them what Belay knows about them
 * @param workTree the commit's own tree: the files without {@code .git}
 * @param gitTree the state of {@code .git} without its objects
 * @param emptyDirectories raw paths, {@code .git/…} only: a commit has none
 */
public record Checkout(
        Path place,
        Path directory,
        String baseCommit,
        ObjectId workTree,
        ObjectId gitTree,
        List<String> emptyDirectories) {
    public Checkout {
        emptyDirectories = List.copyOf(emptyDirectories);
    }

    public Path files() {
        return directory.resolve("files");
    }

    /** The same files where another directory shows all checkouts, as owned by another uid. */
    public Path filesIn(Path view) {
        return view.resolve(place).resolve("files");
    }

    /** An objects directory that holds {@link #statePack}. */
    public Path stateObjects() {
        return directory.resolve("state");
    }

    /** A pack with the objects of {@link #gitTree}. */
    public Path statePack() {
        return stateObjects().resolve("pack").resolve("pack-" + gitTree.name() + ".pack");
    }
}
