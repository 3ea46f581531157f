package dev.belay.runner.snapshot;

import java.util.Optional;

/**
 * A revert that was done and checked.
 *
 * @param done what changed, against the state before
 * @param safety a snapshot of the state before, when no other holds it
 * @param made the snapshot of the state without the step
 */
public record Reverted(RestorePlan done, Optional<Captured> safety, Captured made) {}
