package dev.belay.controller.packs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The git program in one directory, free of the machine's configuration. */
final class RealGit {
    private final Path directory;

    RealGit(Path directory) {
        this.directory = directory;
    }

    static RealGit init(Path directory) throws IOException {
        Files.createDirectories(directory);
        RealGit git = new RealGit(directory);
        git.run("init", "-q", "-b", "main");
        return git;
    }

    Path directory() {
        return directory;
    }

    String run(String... arguments) {
        return new String(bytes(new byte[0], arguments), StandardCharsets.UTF_8).strip();
    }

    String feed(byte[] input, String... arguments) {
        return new String(bytes(input, arguments), StandardCharsets.UTF_8).strip();
    }

    byte[] bytes(byte[] input, String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "GIT_CONFIG_GLOBAL", "/dev/null",
                            "GIT_CONFIG_NOSYSTEM", "1",
                            "GIT_AUTHOR_NAME", "A",
                            "GIT_AUTHOR_EMAIL", "a@example.com",
                            "GIT_AUTHOR_DATE", "1700000000 +0000",
                            "GIT_COMMITTER_NAME", "A",
                            "GIT_COMMITTER_EMAIL", "a@example.com",
                            "GIT_COMMITTER_DATE", "1700000000 +0000"));
            Path errors = Files.createTempFile("git", ".err");
            builder.redirectError(errors.toFile());
            Process process = builder.start();
            Thread feeder = Thread.ofVirtual().start(() -> {
                try (OutputStream stdin = process.getOutputStream()) {
                    stdin.write(input);
                } catch (IOException e) {
                    // The program ended without reading its input; its exit code tells.
                    process.toHandle();
                }
            });
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (InputStream stdout = process.getInputStream()) {
                stdout.transferTo(out);
            }
            int exit = process.waitFor();
            feeder.join();
            String said = Files.readString(errors);
            Files.delete(errors);
            if (exit != 0) {
                throw new AssertionError(command + " exited " + exit + ": " + said);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, text);
    }

    /** Commits the whole work tree and answers the commit. */
    String commit(String message) {
        run("add", "-A");
        run("commit", "-q", "--allow-empty", "-m", message);
        return run("rev-parse", "HEAD");
    }

    /** A self-contained pack of what the commit has and {@code without} have not. */
    byte[] pack(String commit, String... without) {
        StringBuilder revisions = new StringBuilder(commit).append('\n');
        for (String known : without) {
            revisions.append('^').append(known).append('\n');
        }
        return bytes(
                revisions.toString().getBytes(StandardCharsets.US_ASCII),
                "pack-objects",
                "--revs",
                "--stdout",
                "-q",
                "--delta-base-offset");
    }

    String tree(byte[] raw) {
        return feed(raw, "hash-object", "-t", "tree", "-w", "--literally", "--stdin");
    }

    String blob(String text) {
        return feed(text.getBytes(StandardCharsets.UTF_8), "hash-object", "-w", "--stdin");
    }

    /** A pack of exactly these objects. */
    byte[] packOf(String... objects) {
        return bytes(
                (String.join("\n", objects) + "\n").getBytes(StandardCharsets.US_ASCII),
                "pack-objects",
                "--stdout",
                "-q");
    }
}
