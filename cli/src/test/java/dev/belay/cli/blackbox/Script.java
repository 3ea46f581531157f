package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A written conversation: turns with calls, and a last word. */
final class Script {
    private final List<String> turns = new ArrayList<>();
    private String expected = "";

    static Script of(String... bashCommands) {
        Script script = new Script();
        for (String command : bashCommands) {
            script.bash(command);
        }
        return script;
    }

    Script bash(String command) {
        return call("Bash", Json.object().put("command", command).build());
    }

    Script write(String path, String content) {
        return call(
                "Write",
                Json.object().put("file_path", path).put("content", content).build());
    }

    Script edit(String path, String from, String to) {
        return call(
                "Edit",
                Json.object()
                        .put("file_path", path)
                        .put("old_string", from)
                        .put("new_string", to)
                        .build());
    }

    Script read(String path) {
        return call("Read", Json.object().put("file_path", path).build());
    }

    /** Words without a call: the model takes itself to be done, and goes on when it is asked again. */
    Script says(String words) {
        turns.add("  - " + expected + "say: \"" + words + "\"\n");
        expected = "";
        return this;
    }

    /** The next turn, the last word too, is played only when a person said this since the turn before. */
    Script told(String words) {
        expected = "expect_message: \"" + words + "\"\n    ";
        return this;
    }

    private Script call(String tool, Json input) {
        turns.add("  - " + expected + "calls:\n      - " + tool + ": " + input.print() + "\n");
        expected = "";
        return this;
    }

    String yaml() {
        return "model: script/1\nturns:\n" + String.join("", turns) + "  - " + expected + "say: \"All done.\"\n";
    }

    /** What --model takes. */
    String in(Belay belay) {
        String name =
                "s" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path file = belay.script(name, yaml());
        return "script:" + file;
    }
}
