package dev.belay.runner.snapshot;

/** Whoever records the snapshots that a rollback or a revert takes on its way, in their order. */
public interface Witness {
    void taken(Captured captured);
}
