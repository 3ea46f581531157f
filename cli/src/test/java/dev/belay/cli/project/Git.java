package dev.belay.cli.project;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The git program in one folder, with a home folder that is empty and without the machine's configuration. */
record Git(Path folder) {
    static Git init(Path folder) throws IOException {
        Files.createDirectories(folder);
        Git git = new Git(folder.toRealPath());
        git.run("init", "-q", "-b", "main");
        return git;
    }

    /** A repository with one commit of these files: path, text, path, text, … */
    static Git with(Path folder, String... files) throws IOException {
        Git git = init(folder);
        for (int i = 0; i < files.length; i += 2) {
            git.write(files[i], files[i + 1]);
        }
        git.commit("first");
        return git;
    }

    Path at(String path) {
        return folder.resolve(path);
    }

    Path write(String path, String text) throws IOException {
        Path file = at(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    String commit(String message) {
        run("add", "-A");
        run("commit", "-q", "--allow-empty", "-m", message);
        return run("rev-parse", "HEAD");
    }

    String status() {
        return run("status", "--porcelain");
    }

    String run(String... arguments) {
        return new String(bytes(new byte[0], arguments), StandardCharsets.UTF_8).stripTrailing();
    }

    byte[] bytes(byte[] input, String... arguments) {
        try {
            Path home = Files.createTempDirectory("home-");
            Path errors = home.resolve("errors");
            List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
            Map<String, String> env = builder.environment();
            env.keySet().removeIf(name -> name.startsWith("GIT_") || name.startsWith("XDG_"));
            env.putAll(Map.of(
                    "HOME", home.toString(),
                    "GIT_CONFIG_NOSYSTEM", "1",
                    "GIT_AUTHOR_NAME", "Ann",
                    "GIT_AUTHOR_EMAIL", "ann@example.invalid",
                    "GIT_AUTHOR_DATE", "1700000000 +0000",
                    "GIT_COMMITTER_NAME", "Ann",
                    "GIT_COMMITTER_EMAIL", "ann@example.invalid",
                    "GIT_COMMITTER_DATE", "1700000000 +0000"));
            Process process = builder.start();
            Thread feeder = Thread.ofVirtual().start(() -> {
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input);
                } catch (IOException e) {
                    // It ended without reading its input; its exit code tells.
                    process.toHandle();
                }
            });
            byte[] out = process.getInputStream().readAllBytes();
            int exit = process.waitFor();
            feeder.join();
            String said = Files.readString(errors);
            Files.delete(errors);
            Files.delete(home);
            if (exit != 0) {
                throw new AssertionError(command + " exited " + exit + ": " + said);
            }
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
