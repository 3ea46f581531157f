package dev.belay.proto.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a file system. */
@FunctionalInterface
public interface FreeSpace {
    /** What this process may still write there, in bytes. */
    long at(Path path) throws IOException;

    FreeSpace OF_THE_FILE_SYSTEM = path -> Files.getFileStore(path).getUsableSpace();
}
