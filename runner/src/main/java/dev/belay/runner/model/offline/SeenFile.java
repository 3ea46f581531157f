package dev.belay.runner.model.offline;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Requests as lines of JSON, each there in full before the request is answered. */
final class SeenFile implements AutoCloseable {
    private final @Nullable BufferedWriter out;

    /** @param file none where nothing is to be written; what is in it is replaced */
    SeenFile(Optional<Path> file) throws IOException {
        this.out = file.isEmpty()
                ? null
                : Files.newBufferedWriter(
                        file.get(),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
    }

    synchronized void add(Seen seen) {
        if (out == null) {
            return;
        }
        try {
            out.write(seen.json().print());
            out.write('\n');
            out.flush();
        } catch (IOException full) {
            System.err.println("offline model server: a request could not be written down: " + full.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
