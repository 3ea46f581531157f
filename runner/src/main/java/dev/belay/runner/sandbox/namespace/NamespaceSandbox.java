package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Namespaces;
import dev.belay.runner.linux.ProcessHold;
import dev.belay.runner.linux.Processes;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.shared.Stillness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A sandbox by bubblewrap. Killing the hand, which is pid 1 of its pid namespace, makes the kernel kill everything else in
 * there; the outer bubblewrap ends only after that, so its end is the proof.
 */
final class NamespaceSandbox implements Sandbox {
    private static final int DEATH_SECONDS = 10;

    private final String id;
    private final Process outer;
    private final long hand;
    private final ProcessHold hold;
    private final SandboxCgroups cgroups;
    private final Freezer freezer;
    private final Stillness stillness;

    NamespaceSandbox(String id, Process outer, long hand, SandboxCgroups cgroups) throws IOException {
        this.id = id;
        this.outer = outer;
        this.hand = hand;
        this.hold = ProcessHold.of(hand);
        this.cgroups = cgroups;
        this.freezer = Freezer.of(cgroups, hand);
        this.stillness = new Stillness(freezer::freeze, freezer::thaw);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public InputStream fromHand() {
        return outer.getInputStream();
    }

    @Override
    public OutputStream toHand() {
        return outer.getOutputStream();
    }

    @Override
    public boolean alive() {
        return outer.isAlive();
    }

    @Override
    public boolean freeze() {
        return stillness.freeze();
    }

    @Override
    public void thaw() {
        stillness.thaw();
    }

    @Override
    public boolean hold() {
        return stillness.hold();
    }

    @Override
    public void release() {
        stillness.release();
    }

    @Override
    public <T> T inNetwork(Callable<T> work) throws Exception {
        try {
            return Namespaces.inNetworkOf(hand, work);
        } catch (IOException failed) {
            if (ProcessHandle.of(hand).isPresent()) {
                throw failed;
            }
            throw new SandboxException("the sandbox ended while it was being made", failed);
        }
    }

    @Override
    public List<Long> processes() {
        return outer.isAlive() ? Processes.tree(hand) : List.of();
    }

    long hand() {
        return hand;
    }

    Freezer freezer() {
        return freezer;
    }

    SandboxCgroups cgroups() {
        return cgroups;
    }

    @Override
    public synchronized void close() {
        if (!stillness.end()) {
            return;
        }
        hold.signal(Processes.SIGKILL);
        try {
            awaitDeath();
            cgroups.remove();
        } catch (IOException failed) {
            throw new UncheckedIOException("sandbox " + id + " left cgroups behind", failed);
        } finally {
            hold.close();
        }
    }

    /** Not given up for an interrupt: a sandbox that is half closed would be worse than a late answer. */
    private void awaitDeath() throws IOException {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEATH_SECONDS);
        while (outer.isAlive()) {
            try {
                if (!outer.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    outer.destroyForcibly();
                    throw new IOException("sandbox " + id + " did not die within " + DEATH_SECONDS + " s");
                }
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
