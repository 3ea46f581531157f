package dev.belay.runner.task;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Parsed;
import dev.belay.proto.error.BelayException;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a project says of its environment, as it was sent: what a task writes to the file is for the next one. Whoever made
 * the commit may mean ill, so no link is followed and nothing is read but a plain file's beginning.
 */
final class SentEnvironment {
    private static final String FOLDER = Environment.FILE.substring(0, Environment.FILE.indexOf('/'));
    private static final String NAME = Environment.FILE.substring(Environment.FILE.indexOf('/') + 1);

    private SentEnvironment() {}

    /**
     * @param files of a checkout that no task can write to
     * @throws BelayException E_ENVIRONMENT
     */
    static Environment of(Path files) throws IOException {
        return read(files).orRefuse("runner");
    }

    private static Parsed read(Path files) throws IOException {
        try (Directory root = Directory.open(files)) {
            Optional<Stat> folder = root.statIfPresent(FOLDER);
            if (folder.isPresent() && folder.get().isSymlink()) {
                return noFile(FOLDER, "a symlink, and no link of a project is followed");
            }
            if (folder.isEmpty() || !folder.get().isDirectory()) {
                return new Parsed.Understood(Environment.NONE);
            }
            try (Directory belay = root.directory(FOLDER)) {
                Optional<Stat> file = belay.statIfPresent(NAME);
                if (file.isEmpty()) {
                    return new Parsed.Understood(Environment.NONE);
                }
                if (!file.get().isFile()) {
                    return noFile(
                            Environment.FILE,
                            file.get().isSymlink()
                                    ? "a symlink, and no link of a project is followed"
                                    : file.get().isDirectory() ? "a folder" : "no plain file");
                }
                return Environment.parse(Environment.FILE, beginning(belay));
            }
        }
    }

    private static Parsed noFile(String name, String what) {
        return Parsed.Refused.whole(name, "it is " + what, "put the file itself there, or take it out");
    }

    private static byte[] beginning(Directory belay) throws IOException {
        try (OpenFile file = belay.file(NAME)) {
            if (!file.stat().isFile()) {
                throw new IOException(Environment.FILE + " became another file while it was read");
            }
            return file.stream().readNBytes(Environment.MOST_BYTES + 1);
        }
    }
}
