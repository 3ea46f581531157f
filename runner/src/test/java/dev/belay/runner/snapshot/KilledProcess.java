package dev.belay.runner.snapshot;

import dev.belay.proto.v1.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Does one thing to a task that another process prepared, and dies at a named place without another instruction. */
final class KilledProcess {
    private KilledProcess() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        String place = arguments[2];
        Settings settings = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (point.equals(place)) {
                Runtime.getRuntime().halt(137);
            }
        });
        Bench bench = Bench.attach(root, settings);
        Moment moment = new Moment(7, 1, "step", "Bash");
        if (arguments[1].equals("capture")) {
            bench.store().capture(moment);
        } else {
            bench.store().restore(Snapshot.parseFrom(Files.readAllBytes(root.resolve("to.snapshot"))), moment);
        }
        System.exit(3);
    }
}
