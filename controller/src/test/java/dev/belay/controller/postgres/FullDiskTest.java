package dev.belay.controller.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that is full, in a mount namespace that ends with the test's child. */
class FullDiskTest {
    @TempDir
    Path folder;

    @Test
    void a_database_that_meets_a_full_disk_has_all_that_was_acknowledged_when_there_is_space_again() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path errors = Files.createTempFile("full-disk", ".err");
        Process child =
                new ProcessBuilder(command()).redirectError(errors.toFile()).start();

        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(() -> said + read(errors)).isZero();
        Files.delete(errors);
        assertThat(said).as("PostgreSQL met the full disk").containsPattern("refused (53100|57P02|57P03|08006)");
        assertThat(said).containsPattern("acknowledged [1-9][0-9]*\n").contains("missing 0\n", "lost false\n");
    }

    private List<String> command() throws Exception {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
        if (!root) {
            command.addAll(List.of("--user", "--map-current-user", "--keep-caps"));
        }
        String mount = "mount -t tmpfs -o size=320m,mode=755 tmpfs \"$1\" && shift && exec";
        command.addAll(List.of(
                "sh",
                "-c",
                root ? mount + " \"$@\"" : mount + " setpriv --ambient-caps=-all --inh-caps=-all \"$@\"",
                "sh",
                folder.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FullDiskChild.class.getName(),
                folder.toString()));
        return command;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException gone) {
            return gone.toString();
        }
    }
}
