package dev.belay.cli.blackbox;

import dev.belay.cli.blackbox.planted.Fault;
import dev.belay.cli.blackbox.planted.FaultyBuild;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gives processes of the distribution a fault in their code, by an agent that is made of classes of these tests. */
final class Planted implements AutoCloseable {
    private final Path folder;

    Planted() {
        try {
            // Runners read it under uids of their own.
            folder = Files.createTempDirectory("belay-planted-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            write(jar());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path jar() {
        return folder.resolve("faulty-build.jar");
    }

    private static void write(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", FaultyBuild.class.getName());
        Path classes = classes();
        Path agent = classes.resolve(FaultyBuild.class.getPackageName().replace('.', '/'));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> compiled = Files.list(agent)) {
            for (Path each : compiled.toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
    }

    private static Path classes() {
        try {
            return Path.of(FaultyBuild.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** The environment of a process that has these. */
    Map<String, String> with(Fault... faults) {
        String names = Stream.of(faults).map(Fault::name).collect(Collectors.joining("+"));
        return Map.of("JAVA_TOOL_OPTIONS", "-javaagent:" + jar() + "=" + names);
    }

    @Override
    public void close() {
        Sh.run("rm", "-rf", folder.toString());
    }
}
