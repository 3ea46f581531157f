package dev.belay.runner.snapshot;

import dev.belay.proto.json.Json;
import dev.belay.runner.workspace.BareGit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * On disk from before a rollback's first change until after its check, so that a killed one is finished.
 *
 * @param stage the name, in the merged view, of the directory where new files are made
 */
record Intent(String to, String stage) {
    private static final String FILE = "rollback.intent";

    void write(Path shadow) throws IOException {
        String text = Json.object().put("to", to).put("stage", stage).build().print();
        BareGit.replace(shadow.resolve(FILE), text.getBytes(StandardCharsets.UTF_8));
    }

    static Optional<Intent> read(Path shadow) throws IOException {
        Path file = shadow.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Json json = Json.parse(Files.readString(file));
        return Optional.of(new Intent(json.text("to"), json.text("stage")));
    }

    static void clear(Path shadow) throws IOException {
        if (Files.deleteIfExists(shadow.resolve(FILE))) {
            BareGit.sync(shadow);
        }
    }
}
