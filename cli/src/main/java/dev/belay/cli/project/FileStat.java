package dev.belay.cli.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;

/** What lies at a path, without following a link. */
record FileStat(int mode, long length, Instant modified, long changedMillis) {
    private static final int TYPE = 0170000;

    /** Nothing when nothing is there. */
    static Optional<FileStat> of(Path path) throws IOException {
        try {
            Map<String, Object> stat =
                    Files.readAttributes(path, "unix:mode,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
            return stat.get("mode") instanceof Integer mode
                            && stat.get("size") instanceof Long size
                            && stat.get("lastModifiedTime") instanceof FileTime modified
                            && stat.get("ctime") instanceof FileTime changed
                    ? Optional.of(new FileStat(mode, size, modified.toInstant(), changed.toMillis()))
                    : Optional.empty();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            // A component of the path is a file: then nothing is below it.
            if (String.valueOf(e.getMessage()).contains("Not a directory")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    boolean isDirectory() {
        return (mode & TYPE) == 0040000;
    }

    boolean isLink() {
        return (mode & TYPE) == 0120000;
    }

    boolean isFile() {
        return (mode & TYPE) == 0100000;
    }

    boolean isExecutable() {
        return (mode & 0100) != 0;
    }

    /** As git writes it; of a file or a link. */
    int gitMode() {
        return (isLink() ? FileMode.SYMLINK : isExecutable() ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE)
                .getBits();
    }
}
