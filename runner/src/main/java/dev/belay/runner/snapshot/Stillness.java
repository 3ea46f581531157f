package dev.belay.runner.snapshot;

import java.util.List;

/** How to stop what runs in the sandbox while its files are read. */
public interface Stillness {
    /** False: something may still be writing. Must not wait longer than a moment. */
    boolean freeze();

    /** Follows every {@link #freeze}, whatever it answered. */
    void thaw();

    /** Pids of what runs inside: files that they have mapped shared and writable change without a trace in their times. */
    default List<Long> processes() {
        return List.of();
    }

    /** Of who holds everything still already, and lets go when all is done. */
    static Stillness held(Stillness holder) {
        return new Stillness() {
            @Override
            public boolean freeze() {
                return true;
            }

            @Override
            public void thaw() {}

            @Override
            public List<Long> processes() {
                return holder.processes();
            }
        };
    }

    /** For a workspace that no process can reach. */
    static Stillness nobodyInside() {
        return new Stillness() {
            @Override
            public boolean freeze() {
                return true;
            }

            @Override
            public void thaw() {}
        };
    }
}
