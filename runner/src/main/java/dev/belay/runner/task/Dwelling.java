package dev.belay.runner.task;

import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.snapshot.Stillness;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A workspace, and the sandbox over it while there is one.
 *
 * <p>Some engines mount the workspace's layers themselves. Then either the sandbox has them, or the runner sees them merged,
 * never both: {@link #leave} and {@link #settle} change between the two.
 */
final class Dwelling implements Stillness, AutoCloseable {
    /** Makes a sandbox over the workspace's files. */
    interface Start {
        Sandbox start() throws IOException;
    }

    private final Workspace workspace;
    private final boolean yields;
    private final Start start;
    private volatile @Nullable Sandbox sandbox;
    private boolean held;

    /**
     * @param workspace open
     * @param yields the engine mounts layers itself
     */
    Dwelling(Workspace workspace, boolean yields, Start start) {
        this.workspace = workspace;
        this.yields = yields;
        this.start = start;
    }

    /** Whether the runner writes files only while nobody is inside. */
    boolean yields() {
        return yields;
    }

    Sandbox settle() throws IOException {
        if (yields) {
            workspace.close();
        }
        Sandbox made = start.start();
        synchronized (this) {
            sandbox = made;
            if (held && !made.hold()) {
                close();
                throw new IOException("the task is to stand still, and its new sandbox could not be made to");
            }
        }
        return made;
    }

    /** Ends the sandbox, and shows the files to the runner. */
    void leave() throws IOException {
        close();
        workspace.mount();
    }

    /** @throws IllegalStateException there is none */
    Sandbox sandbox() {
        Sandbox present = sandbox;
        if (present == null) {
            throw new IllegalStateException("nobody is inside");
        }
        return present;
    }

    /** Nobody inside stands still, and whoever comes then does. */
    synchronized boolean hold() {
        Sandbox present = sandbox;
        held = present == null || present.hold();
        return held;
    }

    synchronized boolean isHeld() {
        return held;
    }

    synchronized void release() {
        held = false;
        Sandbox present = sandbox;
        if (present != null) {
            present.release();
        }
    }

    @Override
    public boolean freeze() {
        Sandbox present = sandbox;
        return present == null || present.freeze();
    }

    @Override
    public void thaw() {
        Sandbox present = sandbox;
        if (present != null) {
            present.thaw();
        }
    }

    @Override
    public List<Long> processes() {
        Sandbox present = sandbox;
        return present == null ? List.of() : present.processes();
    }

    /** Ends the sandbox; the workspace is its owner's to close. One that could not be ended is still inside, and tried again. */
    @Override
    public void close() {
        Sandbox present = sandbox;
        if (present != null) {
            present.close();
            synchronized (this) {
                if (sandbox == present) {
                    sandbox = null;
                }
            }
        }
    }
}
