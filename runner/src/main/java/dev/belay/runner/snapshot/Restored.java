package dev.belay.runner.snapshot;

import java.util.Optional;

/**
 * A rollback that was done and checked.
 *
 * @param done what changed, against the state before
 * @param safety a snapshot of the state before, when no other holds it
 */
public record Restored(RestorePlan done, Optional<Captured> safety) {}
