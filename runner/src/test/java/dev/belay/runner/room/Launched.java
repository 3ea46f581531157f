package dev.belay.runner.room;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of the launcher, from outside every room. */
record Launched(int code, String output, String errors, long pid) {
    static final boolean ROOT = isRoot();

    /** A copy that anyone can reach, wherever this checkout lies. */
    static Path launcher(Path directory) throws IOException {
        Path copy = directory.resolve("belay-runner");
        Files.copy(Path.of("src/main/dist/libexec/belay-runner"), copy, StandardCopyOption.REPLACE_EXISTING);
        return Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A Java home whose java is a shell script. */
    static Path javaHome(Path directory, String script) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("jdk/bin"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory.resolve("jdk");
    }

    static Launched run(List<String> command) throws IOException, InterruptedException {
        return run(command, 60);
    }

    static Launched run(List<String> command, int seconds) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("errors", "");
        Process process = start(command, errors);
        try (var output = process.inputReader()) {
            String said = String.join("\n", output.readAllLines());
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("did not end: " + command);
            }
            return new Launched(process.exitValue(), said, Files.readString(errors), process.pid());
        } finally {
            Files.delete(errors);
        }
    }

    static Process start(List<String> command, Path errors) throws IOException {
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    static List<String> command(Object... words) {
        List<String> all = new ArrayList<>();
        for (Object word : words) {
            all.add(word.toString());
        }
        return all;
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }
}
