package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A task's own changes as they lie on its runner's disk, below Belay: in a folder, or in the image of a volume. */
final class TaskDisk {
    private TaskDisk() {}

    /** Of a task that nobody has open. A command in there, in a mount namespace of its own where there is a volume. */
    static void in(Path state, String task, String command) {
        if (!isVolume(state, task)) {
            Sh.in(folder(state, task), "sh", "-ec", command);
            return;
        }
        Path image = image(state, task);
        LocalSystem.until("the volume is closed", () -> Files.exists(image.resolveSibling(task + ".clean")));
        Path place = temporary();
        try {
            Sh.run(
                    "unshare",
                    "--mount",
                    "sh",
                    "-ec",
                    "mount --make-rprivate /; mount -o loop \"$1\" \"$2\"; (cd \"$2/upper\"; eval \"$3\"); umount \"$2\"",
                    "disk",
                    image.toString(),
                    place.toString(),
                    command);
        } finally {
            Sh.run("rm", "-rf", place.toString());
        }
    }

    /** Of a task that nobody has open: its folder, or a copy of it that the caller removes. */
    static Path copy(Path state, String task) {
        Path copy = temporary();
        in(state, task, "cp -a . '" + copy.resolve("upper") + "'");
        return copy.resolve("upper");
    }

    /** Of a task that one of these processes has open. */
    static Path live(List<Long> runner, Path state, String task) {
        if (!isVolume(state, task)) {
            return folder(state, task);
        }
        return runner.stream()
                .flatMap(pid -> Stream.of("mnt", "media", "srv")
                        .map(top -> Path.of("/proc/" + pid + "/root/" + top + "/belay/volumes/of/" + task + "/upper")))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody of " + runner + " has " + task + " open"));
    }

    private static boolean isVolume(Path state, String task) {
        return Files.exists(image(state, task));
    }

    private static Path image(Path state, String task) {
        return state.resolve("volumes").resolve(task + ".img");
    }

    private static Path folder(Path state, String task) {
        return state.resolve("room/tasks").resolve(task).resolve("workspace/upper");
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("belay-disk-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
