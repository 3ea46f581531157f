package dev.belay.runner.sandbox;

/** What makes a sandbox. An engine is one package and must pass SandboxContract. */
public interface SandboxEngine {
    /** {@code namespace}, {@code docker}, {@code microvm}. */
    String name();

    /** Tries for real, on this machine and as this user, what the isolation table promises. */
    EngineReport probe();

    /** True: it takes {@link WorkspaceFiles.Layers}, which nobody else has mounted while a sandbox is over them. */
    default boolean mountsLayers() {
        return false;
    }

    /** Returns when the first process inside has answered. */
    Sandbox start(SandboxSpec spec) throws SandboxException;
}
