package dev.belay.cli.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sample project as a git repository of its own, touched by nobody's git configuration. */
record Sample(Path root) {
    static Sample make(Path from, Path into) throws IOException, InterruptedException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path entry : all.toList()) {
                Path to = into.resolve(from.relativize(entry).toString());
                if (Files.isDirectory(entry)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(entry, to);
                }
            }
        }
        Sample sample = new Sample(into);
        sample.git("init", "--quiet", "--initial-branch=main");
        sample.git("add", "--all");
        sample.git("commit", "--quiet", "--message=A shop with a cart");
        return sample;
    }

    /** What git says; an exit code other than 0 is the end of the tour. */
    String git(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("git", "-c", "core.hooksPath=/dev/null", "-c", "color.ui=false"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true);
        Map<String, String> env = builder.environment();
        env.put("GIT_CONFIG_GLOBAL", "/dev/null");
        env.put("GIT_CONFIG_SYSTEM", "/dev/null");
        env.put("GIT_CONFIG_NOSYSTEM", "1");
        for (String who : List.of("AUTHOR", "COMMITTER")) {
            env.put("GIT_" + who + "_NAME", "Sample");
            env.put("GIT_" + who + "_EMAIL", "sample@example.invalid");
        }
        env.remove("GIT_DIR");
        env.remove("GIT_WORK_TREE");
        env.remove("GIT_INDEX_FILE");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("git " + String.join(" ", arguments) + " failed: " + said.strip());
        }
        return said;
    }
}
