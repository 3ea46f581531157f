package dev.belay.cli.blackbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs of this machine, in a plain environment. */
final class Sh {
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Sh() {}

    static String run(String... command) {
        return in(Path.of("/"), command);
    }

    /** What it printed; a failure is an error that shows it. */
    static String in(Path folder, String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new java.io.File("/dev/null"))
                    .redirectErrorStream(true);
            builder.environment().clear();
            builder.environment()
                    .putAll(Map.of(
                            "PATH",
                            PATH,
                            "HOME",
                            "/nonexistent",
                            "LC_ALL",
                            "C.UTF-8",
                            "GIT_CONFIG_GLOBAL",
                            "/dev/null",
                            "GIT_CONFIG_NOSYSTEM",
                            "1"));
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(
                        List.of(command) + " in " + folder + " ended with " + process.exitValue() + ":\n" + said);
            }
            return said;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
