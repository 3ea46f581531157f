package dev.belay.runner.power;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A process whose waits for the disk are watched, in its own mount namespace as a runner has one.
 *
 * @param place where its agent is, and what is kept of the disk
 * @param watched the folder whose power is cut
 * @param waits false for a build that waits for no disk
 */
public record Watched(Path place, Path watched, boolean waits) {
    /** Returns what it said when it has died of its own will. */
    public String dies(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "-m",
                "--propagation",
                "slave",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-javaagent:" + agent() + "=" + watched + ":" + kept() + ":" + !waits,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isEqualTo(137);
        assertThat(said)
                .contains(
                        WatchedDisk.said("java/io/FileDescriptor"),
                        WatchedDisk.said("sun/nio/ch/UnixFileDispatcherImpl"));
        return said;
    }

    public Path kept() {
        return place.resolve("kept");
    }

    private Path agent() throws IOException {
        Path jar = place.resolve("watched-disk.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", WatchedDisk.class.getName());
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        // The JDK's own classes are to find it, and there is to be one of it.
        manifest.getMainAttributes().putValue("Boot-Class-Path", jar.toString());
        Path classes = classes();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> compiled = Files.list(
                        classes.resolve(WatchedDisk.class.getPackageName().replace('.', '/')))) {
            for (Path each : compiled.toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
        return jar;
    }

    private static Path classes() {
        try {
            return Path.of(WatchedDisk.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
