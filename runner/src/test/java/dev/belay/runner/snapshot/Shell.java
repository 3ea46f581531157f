package dev.belay.runner.snapshot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Runs real commands, and fails loudly when they do. */
public final class Shell {
    private Shell() {}

    public static String run(Path directory, String... argv) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(argv).directory(directory.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GIT_"));
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("HOME", "/nonexistent");
        environment.put("LC_ALL", "C");
        environment.put("GIT_AUTHOR_DATE", "2024-05-01T10:00:00Z");
        environment.put("GIT_COMMITTER_DATE", "2024-05-01T10:00:00Z");
        Process process = builder.start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        try {
            int code = process.waitFor();
            String text = new String(output, StandardCharsets.UTF_8);
            if (code != 0) {
                throw new IOException(String.join(" ", argv) + " gave " + code + ": " + text);
            }
            return text;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    public static String sh(Path directory, String script) throws IOException {
        return run(directory, "sh", "-ec", script);
    }
}
