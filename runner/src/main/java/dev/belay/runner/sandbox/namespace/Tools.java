package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of every sandbox: the machine's own, or those of an image in their place. A fixed list of directories of either
 * is shown, read-only, and nothing else of it.
 *
 * @param root what they lie below
 * @param origin whose they are, for reports
 */
public record Tools(Path root, String origin) {
    static final String PERL = "/usr/bin/perl";

    private static final List<String> SHOWN = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    public static Tools ofMachine() {
        return new Tools(Path.of("/"), "this machine's own");
    }

    /**
     * @param root as the launcher shows it: nobody but it could look who can change it
     * @throws SandboxException when no hand and no command could run in it
     */
    public static Tools ofImage(Path root, String name) throws SandboxException {
        for (String program : List.of("/bin/sh", PERL)) {
            if (!runs(root, program)) {
                throw new SandboxException("engine namespace: the image " + name + " has no " + program
                        + ": name one by BELAY_IMAGE that sandbox-images/build made");
            }
        }
        if (!Files.isDirectory(root.resolve("etc"), LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException("engine namespace: the image " + name + " has no /etc");
        }
        return new Tools(root, "those of the image " + name);
    }

    /** What of it a sandbox's own /etc copies from. */
    Path etc() {
        return root.resolve("etc");
    }

    /** For bubblewrap. A link is made again and not followed: it means what it says inside. */
    List<String> arguments() throws IOException {
        List<String> all =
                new ArrayList<>(List.of("--ro-bind", root.resolve("usr").toString(), "/usr"));
        for (String name : SHOWN) {
            Path path = root.resolve(name);
            if (Files.isSymbolicLink(path)) {
                all.addAll(List.of("--symlink", Files.readSymbolicLink(path).toString(), "/" + name));
            } else if (Files.isDirectory(path)) {
                all.addAll(List.of("--ro-bind", path.toString(), "/" + name));
            }
        }
        return all;
    }

    private static boolean runs(Path root, String program) throws SandboxException {
        try {
            Optional<Path> found = RootedPath.find(root, program);
            return found.isPresent() && Files.isRegularFile(found.get()) && Files.isExecutable(found.get());
        } catch (IOException unreadable) {
            throw new SandboxException("engine namespace: " + root + " cannot be read", unreadable);
        }
    }
}
