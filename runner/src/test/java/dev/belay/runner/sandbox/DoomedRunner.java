package dev.belay.runner.sandbox;

import dev.belay.runner.room.Room;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** A JVM that starts a sandbox with something in it, says the pids, and waits to be killed. */
final class DoomedRunner {
    private DoomedRunner() {}

    public static void main(String[] arguments) throws Exception {
        Room room = Room.fromEnvironment(System.getenv());
        SandboxContract contract = (SandboxContract)
                Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        String id = "doomed-" + ProcessHandle.current().pid();
        Sandbox sandbox =
                contract.engine(room).start(new SandboxSpec(id, 0, Path.of(arguments[1]), Limits.STANDARD, Map.of()));
        new Shell(sandbox).run("(setsid sleep 1000 &) >/dev/null 2>&1; sleep 1000 >/dev/null 2>&1 &");
        Eventually.within(Duration.ofSeconds(5), () -> sandbox.processes().size() >= 3);
        System.out.println(sandbox.processes().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        System.in.read();
    }
}
