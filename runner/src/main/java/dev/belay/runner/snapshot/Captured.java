package dev.belay.runner.snapshot;

import dev.belay.proto.v1.Snapshot;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A snapshot that was taken.
 *
 * @param pack what the controller needs of it; it stays where it is as long as the shadow repository
 */
public record Captured(Snapshot snapshot, Optional<Path> pack) {}
