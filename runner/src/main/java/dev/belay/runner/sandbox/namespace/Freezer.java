package dev.belay.runner.sandbox.namespace;

/** Stops every process of a sandbox, within a bound. */
sealed interface Freezer permits CgroupFreezer, UnifiedFreezer, StopWalk {
    long BOUND_NANOS = 200_000_000L;

    /** What does it, for reports. */
    String mechanism();

    /** False when they could not be stopped in time; then none is left stopped. */
    boolean freeze();

    void thaw();

    static Freezer of(SandboxCgroups cgroups, long hand) {
        if (cgroups.directory("freezer").isPresent()) {
            return new CgroupFreezer(cgroups.directory("freezer").get());
        }
        if (cgroups.directory("unified").isPresent()) {
            return new UnifiedFreezer(cgroups.directory("unified").get());
        }
        return new StopWalk(hand);
    }
}
