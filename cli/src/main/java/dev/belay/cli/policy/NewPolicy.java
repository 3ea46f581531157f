package dev.belay.cli.policy;

import dev.belay.cli.Cli;
import dev.belay.cli.FirstFile;
import dev.belay.cli.terminal.Line;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;

/** A project's first policy. */
final class NewPolicy {
    private static final String FILE = ".belay/policy.yaml";

    private final FirstFile file;

    NewPolicy(Path root) {
        this.file = new FirstFile(root, FILE, "belay policy explain");
    }

    void write(String text) throws IOException {
        file.write(text);
    }

    void tell(Cli cli) {
        cli.screen().line(new Line().add("wrote ").bold(FILE).dim("   belay policy explain"));
    }

    Json.ObjectBuilder document() {
        return Json.object().put("written", file.target().toString());
    }
}
