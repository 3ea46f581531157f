package dev.belay.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.Controller;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A made-up distribution whose controller and runner are real processes that do nothing. */
public final class StandIns {
    private StandIns() {}

    public static Path make(Path home) throws IOException {
        Files.createDirectories(home.resolve("lib/controller"));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(home.resolve("lib/controller/c.jar")));
                InputStream code = Controller.class.getResourceAsStream("Controller.class")) {
            assertThat(code).isNotNull();
            jar.putNextEntry(new JarEntry("dev/belay/controller/Controller.class"));
            code.transferTo(jar);
        }
        for (String real : List.of("belay-keep", "belay-controller", "java-home")) {
            Path file = home.resolve("libexec").resolve(real);
            Files.createDirectories(file.getParent());
            Files.copy(Path.of("src/main/dist/libexec", real), file, StandardCopyOption.COPY_ATTRIBUTES);
        }
        // Its child is what a runner's sandboxes are: something that must not be left behind.
        executable(home.resolve("libexec/belay-runner"), """
            #!/bin/sh
            if [ -n "${BELAY_TEST_RUNNER_FAIL:-}" ]; then echo "$BELAY_TEST_RUNNER_FAIL" >&2; exit 1; fi
            sleep 1000 &
            echo $! > "$BELAY_STATE/runner-child"
            touch "$BELAY_STATE/runner-is-here"
            exec sleep 1000
            """);
        return home;
    }

    public static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
