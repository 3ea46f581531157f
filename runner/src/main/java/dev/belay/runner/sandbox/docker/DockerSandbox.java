package dev.belay.runner.sandbox.docker;

import dev.belay.runner.linux.Processes;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.shared.Stillness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A sandbox by Docker: one container, whose pid 1 is the hand; the kernel ends everything in there with it. */
final class DockerSandbox implements Sandbox {
    private static final Logger LOG = Logger.getLogger(DockerSandbox.class.getName());

    private final SandboxSpec spec;
    private final Containers containers;
    private final IoDirectory io;
    private final Door door;
    private final Containers.Running running;
    private final Stillness stillness;
    private volatile boolean closed;
    private boolean gone;

    DockerSandbox(SandboxSpec spec, Containers containers, IoDirectory io, Door door, Containers.Running running) {
        this.spec = spec;
        this.containers = containers;
        this.io = io;
        this.door = door;
        this.running = running;
        DockerPause pause = new DockerPause(
                () -> containers.pause(running.container()), () -> containers.unpause(running.container()));
        this.stillness = new Stillness(pause::stop, pause::goOn);
    }

    @Override
    public String id() {
        return spec.id();
    }

    @Override
    public InputStream fromHand() {
        return running.channel().fromHand();
    }

    @Override
    public OutputStream toHand() {
        return running.channel().toHand();
    }

    @Override
    public boolean alive() {
        return !closed && running.hand().isAlive();
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

    /** In a network of the runner's own, where the container's connections come out. */
    @Override
    public <T> T inNetwork(Callable<T> work) throws Exception {
        if (!alive()) {
            throw new SandboxException("the sandbox ended while it was being made");
        }
        return door.inNetwork(work);
    }

    @Override
    public List<Long> processes() {
        ProcessHandle hand = running.hand();
        return hand.isAlive() ? Processes.tree(hand.pid()) : List.of();
    }

    ProcessHandle hand() {
        return running.hand();
    }

    /** Closed again, it tries again where Docker had not ended the container: until then its files are not anybody's. */
    @Override
    public synchronized void close() {
        if (gone) {
            return;
        }
        closed = true;
        stillness.end();
        try (door) {
            try {
                containers.endProcesses(running);
                gone = true;
            } finally {
                // The end of its input is the end of the hand, though Docker had not ended it.
                running.channel().close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("sandbox " + id() + " could not be ended", failed);
        }
        try {
            containers.clear(running, io);
            io.delete();
        } catch (IOException left) {
            // Nothing runs any more. The next runner of this state takes away what is left.
            LOG.log(Level.WARNING, "sandbox " + id() + " left something behind", left);
        }
    }
}
