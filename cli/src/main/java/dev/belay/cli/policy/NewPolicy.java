package dev.belay.cli.policy;

import dev.belay.cli.Cli;
import dev.belay.cli.terminal.Line;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file that a project's first policy is written to. One that is there is never written over. */
final class NewPolicy {
    private final Path root;
    private final Path target;

    NewPolicy(Path root) {
        this.root = root;
        this.target = root.resolve(".belay/policy.yaml");
    }

    /** @throws BelayException E_CONFLICT when there is something at its place, be it a link to nowhere */
    void write(String text) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw BelayException.of(
                    ErrorCode.E_CONFLICT,
                    "there is a .belay/policy.yaml already",
                    "it is left as it is (layer: client)",
                    "belay policy explain");
        }
        Files.createDirectories(root.resolve(".belay"));
        Files.writeString(target, text, StandardOpenOption.CREATE_NEW);
    }

    void tell(Cli cli) {
        cli.screen().line(new Line().add("wrote ").bold(".belay/policy.yaml").dim("   belay policy explain"));
    }

    Json.ObjectBuilder document() {
        return Json.object().put("written", target.toString());
    }
}
