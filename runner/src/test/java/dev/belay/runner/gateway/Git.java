package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The git of this machine, without its settings. */
final class Git {
    /** @param text what it said and what it complained about */
    record Said(int exit, String text) {}

    private Git() {}

    static void hermetic(Map<String, String> environment, Path home) {
        environment.keySet().removeIf(name -> {
            String lower = name.toLowerCase(java.util.Locale.ROOT);
            return lower.contains("proxy") || lower.startsWith("git_") || lower.startsWith("ssl_");
        });
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
        environment.put("GIT_TERMINAL_PROMPT", "0");
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C");
    }

    static Said shell(Path folder, String script, Map<String, String> more) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        hermetic(builder.environment(), folder);
        builder.environment().putAll(new TreeMap<>(more));
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException(script + " does not end: " + said);
        }
        return new Said(process.exitValue(), said);
    }

    static String mustRun(Path folder, String script) throws IOException, InterruptedException {
        Said said = shell(folder, script, Map.of());
        if (said.exit() != 0) {
            throw new IOException(script + " failed: " + said.text());
        }
        return said.text();
    }
}
