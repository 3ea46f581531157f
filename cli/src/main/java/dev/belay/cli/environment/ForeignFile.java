package dev.belay.cli.environment;

import dev.belay.cli.terminal.Printable;
import dev.belay.policies.environment.foreign.ForeignEnvironment;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A file of another tool in the folder that a person works in. No link is followed to it, as none is to the project's own
 * environment: a project could else show what lies elsewhere on the machine.
 *
 * @param named as on the command line, or as seen from the project's root
 */
record ForeignFile(Path root, String named) {
    ForeignFile {
        // Else a root of `.` would be the beginning of none of its files, and no link in between would be seen.
        root = root.toAbsolutePath().normalize();
    }

    private Path path() {
        return root.resolve(named).normalize();
    }

    /** Whether there is anything of that name, be it one that is refused. */
    boolean isThere() {
        try {
            return attributes(path()).isPresent();
        } catch (IOException unreadable) {
            return true;
        }
    }

    /** @throws BelayException E_USAGE where there is none, E_ENVIRONMENT where it cannot be read as text */
    Source read() {
        try {
            Path folder = path().startsWith(root) ? root : path().getParent();
            for (Path part = path(); part != null && !part.equals(folder); part = part.getParent()) {
                if (attributes(part).filter(BasicFileAttributes::isSymbolicLink).isPresent()) {
                    throw refused(
                            "a symlink leads to it, and no link of a project is followed", "name the file itself");
                }
            }
            BasicFileAttributes found = attributes(path())
                    .orElseThrow(() -> EnvironmentVerb.usage(
                            "there is no file " + Printable.line(named), "env import names another tool's file"));
            if (!found.isRegularFile()) {
                throw refused(found.isDirectory() ? "it is a folder" : "it is no plain file", "name a file");
            }
            return new Source(named, text());
        } catch (CharacterCodingException noText) {
            throw refused("it is no UTF-8", "save it as UTF-8").causedBy(noText);
        } catch (IOException unreadable) {
            throw refused("it cannot be read: " + unreadable.getClass().getSimpleName(), "make it readable")
                    .causedBy(unreadable);
        }
    }

    private String text() throws IOException {
        try (InputStream in = Files.newInputStream(path(), LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(ForeignEnvironment.MOST_BYTES + 1);
            if (bytes.length > ForeignEnvironment.MOST_BYTES) {
                throw refused(
                        "it is larger than " + (ForeignEnvironment.MOST_BYTES >> 10) + " KiB",
                        "put long commands into a script of the project");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private static Optional<BasicFileAttributes> attributes(Path file) throws IOException {
        try {
            return Optional.of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return Optional.empty();
        }
    }

    private BelayException refused(String what, String next) {
        return BelayException.of(
                ErrorCode.E_ENVIRONMENT,
                Printable.line(named) + ": " + what,
                "what cannot be read is not translated (layer: client)",
                next);
    }
}
