package dev.belay.cli.terminal;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Ctrl-C, as something a verb can answer. */
@FunctionalInterface
public interface Interrupts {
    /** Until it is closed, an interrupt runs the action (on a thread of its own) instead of ending the process. */
    Held whenInterrupted(Runnable action);

    /** Gives the interrupt back. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** SIGINT of this process. */
    static Interrupts ofProcess() {
        return action -> {
            SignalHandler before = Signal.handle(new Signal("INT"), signal -> action.run());
            return () -> Signal.handle(new Signal("INT"), before);
        };
    }

    static Interrupts none() {
        return action -> () -> {};
    }
}
