package dev.belay.cli.environment;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Parsed;
import dev.belay.proto.error.BelayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * What the folder that a person works in says of its environment now. It is read as the runner reads what is sent, so that
 * nothing is sent that the runner would refuse.
 *
 * @param isThere whether there is such a file, be it one that is refused
 */
public record ProjectEnvironment(boolean isThere, Parsed parsed) {
    private static final ProjectEnvironment ABSENT =
            new ProjectEnvironment(false, new Parsed.Understood(Environment.NONE));

    public static ProjectEnvironment of(Path root) {
        Path file = root.resolve(Environment.FILE);
        String folder = Environment.FILE.substring(0, Environment.FILE.indexOf('/'));
        try {
            if (attributes(root.resolve(folder))
                    .filter(BasicFileAttributes::isSymbolicLink)
                    .isPresent()) {
                return refused(folder, "it is a symlink, and no link of a project is followed");
            }
            Optional<BasicFileAttributes> found = attributes(file);
            if (found.isEmpty()) {
                return ABSENT;
            }
            if (!found.get().isRegularFile()) {
                return refused(
                        Environment.FILE,
                        found.get().isSymbolicLink()
                                ? "it is a symlink, and no link of a project is followed"
                                : found.get().isDirectory() ? "it is a folder" : "it is no plain file");
            }
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                return new ProjectEnvironment(
                        true, Environment.parse(Environment.FILE, in.readNBytes(Environment.MOST_BYTES + 1)));
            }
        } catch (IOException unreadable) {
            return new ProjectEnvironment(
                    true,
                    Parsed.Refused.whole(
                            Environment.FILE,
                            "it cannot be read: " + unreadable.getClass().getSimpleName(),
                            "make it readable"));
        }
    }

    private static Optional<BasicFileAttributes> attributes(Path file) throws IOException {
        try {
            return Optional.of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return Optional.empty();
        }
    }

    private static ProjectEnvironment refused(String name, String what) {
        return new ProjectEnvironment(
                true, Parsed.Refused.whole(name, what, "put the file itself there, or take it out"));
    }

    /** @throws BelayException E_ENVIRONMENT, with the place of each problem: no task starts on a guess */
    public Environment understood() {
        return parsed.orRefuse("client");
    }
}
