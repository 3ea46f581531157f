package dev.belay.runner.sandbox.docker;

import dev.belay.runner.sandbox.shared.EngineFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The programs that run first in a container, and this machine's perl with its C library to run them, so that an image needs
 * neither. Shown read-only at {@value #INSIDE}; a directory of its own for each content, which nothing changes.
 */
record Bundle(Path directory) {
    static final String INSIDE = "/run/belay";

    private static final Path PERL = Path.of("/usr/bin/perl");
    private static final Path LOADER = Path.of("/lib64/ld-linux-x86-64.so.2");
    private static final String FIRST = "start.pl";
    private static final String HAND = "hand.pl";
    private static final String LIBRARIES = "lib";

    private static final Pattern LIBRARY = Pattern.compile("\\s*(\\S+) => (/\\S+) \\(.*");

    static Bundle prepare(EngineFolder folder, byte[] hand) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        files.put(FIRST, EngineFolder.resource(Bundle.class, FIRST).getBytes(StandardCharsets.UTF_8));
        files.put(HAND, hand);
        Map<String, Path> copies = new TreeMap<>(libraries());
        copies.put("perl", PERL);
        copies.put("loader", LOADER);
        copies.put("strict.pm", strict());
        StringBuilder content = new StringBuilder();
        files.forEach((name, bytes) -> content.append(name).append(' ').append(EngineFolder.digest(bytes)));
        for (var copy : copies.entrySet()) {
            content.append(copy).append(' ').append(Files.getLastModifiedTime(copy.getValue()));
        }
        Path bundle = folder.path()
                .resolve("bundle-" + EngineFolder.digest(content.toString().getBytes(StandardCharsets.UTF_8)));
        if (!Files.exists(bundle)) {
            write(bundle, files, copies);
        }
        return new Bundle(bundle);
    }

    private static void write(Path bundle, Map<String, byte[]> files, Map<String, Path> copies) throws IOException {
        Path unfinished = Files.createTempDirectory(bundle.getParent(), "next");
        Path libraries = Files.createDirectory(unfinished.resolve(LIBRARIES));
        for (var file : files.entrySet()) {
            Files.write(unfinished.resolve(file.getKey()), file.getValue());
        }
        for (var copy : copies.entrySet()) {
            Path target = libraries.resolve(copy.getKey());
            Files.copy(copy.getValue(), target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (String name : files.keySet()) {
            Files.setPosixFilePermissions(unfinished.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
        }
        Files.setPosixFilePermissions(libraries, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.move(unfinished, bundle, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException raced) {
            if (!Files.exists(bundle)) {
                throw raced;
            }
        }
    }

    /** What a container runs first; it becomes the hand. */
    static List<String> command() {
        List<String> all = new ArrayList<>(program(FIRST));
        all.addAll(program(HAND));
        return all;
    }

    /** Ends at once. */
    static List<String> nothing() {
        return program("-e1");
    }

    private static List<String> program(String name) {
        String libraries = INSIDE + "/" + LIBRARIES;
        return List.of(
                libraries + "/loader",
                "--library-path",
                libraries,
                libraries + "/perl",
                "-I" + libraries,
                name.startsWith("-") ? name : INSIDE + "/" + name);
    }

    private static Map<String, Path> libraries() throws IOException {
        Map<String, Path> found = new TreeMap<>();
        for (String line : said(LOADER.toString(), "--list", PERL.toString())) {
            Matcher library = LIBRARY.matcher(line);
            if (library.matches()) {
                found.put(library.group(1), Path.of(library.group(2)));
            }
        }
        if (found.isEmpty()) {
            throw incomplete();
        }
        return found;
    }

    /** The one module that Belay's own programs ask for. */
    private static Path strict() throws IOException {
        for (String line : said(PERL.toString(), "-Mstrict", "-e", "print $INC{'strict.pm'}")) {
            return Path.of(line);
        }
        throw incomplete();
    }

    private static List<String> said(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            return lines.readAllLines();
        }
    }

    private static IOException incomplete() {
        return new IOException("engine docker: " + PERL + " and its libraries are not where they should be:"
                + " apt-get install perl-base");
    }
}
