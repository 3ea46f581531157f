package dev.belay.runner.sandbox.shared;

import java.time.Instant;

/** Tells a process from a later one with the same pid; as text it marks what that process made. */
public record Life(long pid, long began) {
    public static Life own() {
        return of(ProcessHandle.current());
    }

    /** Of a text that was {@link #toString}; one that never was is nobody's, and has ended. */
    public static Life parse(String text) {
        String[] word = text.split("-", -1);
        try {
            return new Life(Long.parseLong(word[0]), word.length == 2 ? Long.parseLong(word[1]) : -1);
        } catch (NumberFormatException foreign) {
            return new Life(-1, -1);
        }
    }

    public boolean goesOn() {
        return pid > 0
                && ProcessHandle.of(pid)
                        .filter(process -> of(process).equals(this))
                        .isPresent();
    }

    private static Life of(ProcessHandle process) {
        return new Life(
                process.pid(),
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    @Override
    public String toString() {
        return pid + "-" + began;
    }
}
