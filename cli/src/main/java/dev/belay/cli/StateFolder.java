package dev.belay.cli;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** Where Belay keeps what outlives a command: {@code BELAY_STATE}. Only its owner can look inside. */
public record StateFolder(Path root) {
    public static StateFolder of(Map<String, String> env) {
        String named = env.getOrDefault("BELAY_STATE", "");
        if (!named.isEmpty()) {
            return new StateFolder(Path.of(named).toAbsolutePath().normalize());
        }
        if ("root".equals(System.getProperty("user.name"))) {
            return new StateFolder(Path.of("/var/lib/belay"));
        }
        String state = env.getOrDefault("XDG_STATE_HOME", "");
        Path base = state.isEmpty()
                ? Path.of(env.getOrDefault("HOME", System.getProperty("user.home", "/")), ".local", "state")
                : Path.of(state);
        return new StateFolder(base.toAbsolutePath().resolve("belay"));
    }

    public Path controller() {
        return root.resolve("controller");
    }

    public Path runner() {
        return root.resolve("runner");
    }

    public Path local() {
        return root.resolve("local");
    }

    public Path drafts() {
        return root.resolve("drafts");
    }

    /** The folder itself can be passed through, because the runner lives below it under another uid. */
    public Path make() {
        return make(root, "rwx--x--x");
    }

    /** Makes a folder in it, for its owner only. */
    public static Path make(Path folder) {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            make(parent, "rwx--x--x");
        }
        return make(folder, "rwx------");
    }

    private static Path make(Path folder, String permissions) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
            }
            return folder;
        } catch (IOException failed) {
            throw unwritable(folder, failed);
        }
    }

    /** Replaces the file in one step, so that a reader sees the old text or the new one; readable by its owner only. */
    public static void write(Path file, String text) {
        write(file, text, false);
    }

    /** Like {@link #write}, and on disk when it returns, whatever happens to the machine. */
    public static void writeDurably(Path file, String text) {
        write(file, text, true);
    }

    private static void write(Path file, String text, boolean durably) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("a file must be in a folder");
        }
        try {
            Path temporary = Files.createTempFile(folder, ".new-", "");
            try {
                Files.writeString(temporary, text);
                if (durably) {
                    force(temporary, StandardOpenOption.WRITE);
                }
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                if (durably) {
                    force(folder, StandardOpenOption.READ);
                }
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException failed) {
            throw unwritable(file, failed);
        }
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel open = FileChannel.open(path, how)) {
            open.force(true);
        }
    }

    /** The file's text; nothing when there is no such file. */
    public static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "cannot read " + file,
                            failed.getClass().getSimpleName() + ": " + failed.getMessage() + " (layer: client)",
                            "belay doctor")
                    .causedBy(failed);
        }
    }

    /** What `-` stands for. */
    public Optional<String> lastTask() {
        return read(root.resolve("last-task")).map(String::strip).filter(id -> !id.isEmpty());
    }

    public void rememberTask(String id) {
        make();
        write(root.resolve("last-task"), id + "\n");
    }

    private static BelayException unwritable(Path path, IOException failed) {
        return BelayException.of(
                        ErrorCode.E_INTERNAL,
                        "cannot write " + path,
                        failed.getClass().getSimpleName() + ": " + failed.getMessage() + " (layer: client)",
                        "export BELAY_STATE=DIR with a folder of your own, then belay doctor")
                .causedBy(failed);
    }
}
