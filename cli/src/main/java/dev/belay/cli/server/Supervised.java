package dev.belay.cli.server;

import dev.belay.cli.StateFolder;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the supervisor of a local process last told of it.
 *
 * @param keeper the supervisor's process
 * @param pid 0 while it does not run
 * @param state running, waiting (for its next start), ended, refused or gave up
 * @param last how its last end came about, or the empty string
 */
public record Supervised(long keeper, long pid, String state, long restarts, String last) {
    public static Path file(StateFolder state, String name) {
        return state.local().resolve(name + ".status");
    }

    /** Nothing when no start told of it. */
    public static Optional<Supervised> read(StateFolder state, String name) {
        try {
            return StateFolder.read(file(state, name))
                    .map(Json::parse)
                    .map(json -> new Supervised(
                            json.number("keeper"),
                            json.number("pid"),
                            json.text("state"),
                            json.number("restarts"),
                            json.text("last")));
        } catch (JsonException notOurs) {
            return Optional.empty();
        }
    }

    /** Whether it is started again by itself when it does not run. */
    public boolean isSupervised() {
        return (state.equals("running") || state.equals("waiting")) && Alive.is(keeper);
    }

    /** In words; empty when nothing happened to it. */
    public String history() {
        if (last.isEmpty()) {
            return "";
        }
        String times = restarts == 1 ? "once" : restarts + " times";
        return (restarts == 0 ? "" : "restarted " + times + ", ") + "last: " + last
                + (state.equals("gave up") ? "; its supervisor gave up" : "");
    }

    public Json json() {
        return Json.object()
                .put("pid", pid)
                .put("keeper", keeper)
                .put("state", state)
                .put("restarts", restarts)
                .put("last", last)
                .build();
    }
}
