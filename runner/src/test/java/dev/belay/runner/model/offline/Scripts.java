package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script;
import java.time.Duration;
import java.util.List;

/** What the model of these tests says. */
final class Scripts {
    static final String MAKE = "{\"command\":\"make test\",\"timeout\":120}";
    static final String READ = "{\"file_path\":\"naïve 🙂.txt\"}";

    private Scripts() {}

    /** Words and two calls, then words alone. */
    static Script work() {
        return work(Duration.ZERO);
    }

    static Script work(Duration pace) {
        return new Script(
                "work.yaml",
                List.of(
                        new Script.Turn(
                                "",
                                "I look at it first.",
                                pace,
                                List.of(
                                        new Script.Call("Bash", (Json.Obj) Json.parse(MAKE)),
                                        new Script.Call("Read", (Json.Obj) Json.parse(READ)))),
                        new Script.Turn("", "All is done now.", Duration.ZERO, List.of())));
    }

    /** The same call twice, and no word. */
    static Script twins() {
        Script.Call call = new Script.Call("Bash", (Json.Obj) Json.parse(MAKE));
        return new Script("twins.yaml", List.of(new Script.Turn("", "", Duration.ZERO, List.of(call, call))));
    }
}
