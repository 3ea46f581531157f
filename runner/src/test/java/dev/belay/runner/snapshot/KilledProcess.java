package dev.belay.runner.snapshot;

import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        } else if (arguments[1].equals("revert")) {
            bench.store()
                    .revert(
                            Snapshot.parseFrom(Files.readAllBytes(root.resolve("undone.snapshot"))),
                            Snapshot.parseFrom(Files.readAllBytes(root.resolve("to.snapshot"))),
                            moment,
                            new Moment(8, 1, "revert", ""),
                            captured -> {
                                if (captured.snapshot().getKind().equals("revert")) {
                                    write(root.resolve("decided"), captured);
                                }
                            });
        } else {
            bench.store().restore(Snapshot.parseFrom(Files.readAllBytes(root.resolve("to.snapshot"))), moment, _ -> {});
        }
        System.exit(3);
    }

    private static void write(Path file, Captured made) {
        try {
            Files.write(file, made.snapshot().toByteArray());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
