package dev.belay.runner.sandbox;

import java.nio.file.Path;

/** Where the files of a sandbox's project are. */
public sealed interface WorkspaceFiles {
    /** A directory that shows them as they are. */
    record Merged(Path directory) implements WorkspaceFiles {}

    /**
     * What an overlay is made of, for an engine that {@linkplain SandboxEngine#mountsLayers mounts it itself}; nobody else
     * may have them mounted meanwhile. All marks of the overlay are {@code user.*} attributes.
     */
    record Layers(Path lower, Path upper) implements WorkspaceFiles {}
}
