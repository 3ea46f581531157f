package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Processes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * SIGSTOP to every process of the tree, where there is no cgroup to freeze. Programs inside can see it, and a process that
 * forks without end may outrun it: then it says so.
 *
 * <p>The hand never sees it: it takes a command whose process stands still for lost, and kills it. So it stands still before
 * any other does, and goes on after all others do.
 */
final class StopWalk implements Freezer {
    private static final long LOOK_NANOS = 100_000;

    private final long hand;
    /** In the order in which they were. */
    private final Set<Long> stopped = new LinkedHashSet<>();

    StopWalk(long hand) {
        this.hand = hand;
    }

    @Override
    public String mechanism() {
        return "SIGSTOP to every process";
    }

    @Override
    public synchronized boolean freeze() {
        long deadline = System.nanoTime() + BOUND_NANOS;
        List<Long> before = List.of();
        while (!stop(hand) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        while (System.nanoTime() < deadline) {
            List<Long> now = Processes.tree(hand);
            boolean still = true;
            for (long pid : now) {
                still &= stop(pid);
            }
            // Standing still twice in a row: whoever was forked between two looks is in the second.
            if (still && now.equals(before)) {
                return true;
            }
            before = still ? now : List.of();
            LockSupport.parkNanos(LOOK_NANOS);
        }
        thaw();
        return false;
    }

    @Override
    public synchronized void thaw() {
        List.copyOf(stopped).reversed().forEach(pid -> Processes.signal(pid, Processes.SIGCONT));
        stopped.clear();
    }

    /** True when the process already stands still. One that a program inside had stopped is not ours to continue. */
    private boolean stop(long pid) {
        char state = Processes.state(pid).orElse('X');
        if (state == 'T' || state == 'Z' || state == 'X') {
            return true;
        }
        if (state == 'D' && waitsForStoppedChild(pid)) {
            stopped.add(pid);
            Processes.signal(pid, Processes.SIGSTOP);
            return true;
        }
        stopped.add(pid);
        Processes.signal(pid, Processes.SIGSTOP);
        return false;
    }

    private boolean waitsForStoppedChild(long pid) {
        return Processes.tree(pid).stream()
                .skip(1)
                .anyMatch(child -> Processes.state(child).orElse('X') == 'T');
    }
}
