package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The processes of a local start, seen from outside: who keeps whom, and their sudden deaths. */
record LocalSystem(Path state) {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    static LocalSystem of(Belay belay) {
        return new LocalSystem(belay.state());
    }

    /** The controller's or the runner's process itself. */
    long pid(String name) {
        return status(name).number("pid");
    }

    /** How often its supervisor started it again. */
    long restarts(String name) {
        return status(name).number("restarts");
    }

    private Json status(String name) {
        return json(state.resolve("local/" + name + ".status"));
    }

    long supervisor(String name) {
        return json(state.resolve("local/processes.json")).get("processes").items().stream()
                .filter(process -> process.text("name").equals(name))
                .findFirst()
                .orElseThrow()
                .number("pid");
    }

    /** What the controller last said of itself. */
    Json controller() {
        return json(state.resolve("controller/controller.json"));
    }

    void kill(String name) {
        killNow(pid(name));
    }

    void killSupervisor(String name) {
        killNow(supervisor(name));
    }

    /** Dies, and its supervisor, who would start it again at once, is held up so long. */
    void awayFor(String name, Duration time) throws InterruptedException {
        long supervisor = supervisor(name);
        Sh.run("kill", "-STOP", Long.toString(supervisor));
        try {
            kill(name);
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } finally {
            Sh.run("kill", "-CONT", Long.toString(supervisor));
        }
    }

    private static void killNow(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        until("process " + pid + " ended", () -> !works(pid));
    }

    /** One that ended and that nobody fetched does not. */
    static boolean works(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return !stat.contains(") Z ") && !stat.contains(") X ");
        } catch (IOException gone) {
            return false;
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not after " + PATIENCE.toSeconds() + " s: " + what);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }
    }

    /** Everything of this state folder ends by itself. */
    void untilNothingIsLeft() {
        until("nothing is left of " + state, () -> Leftovers.of(state).isEmpty());
    }

    private static Json json(Path file) {
        try {
            return Json.parse(Files.readString(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
