package dev.belay.cli.server;

import dev.belay.cli.StateFolder;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the supervisor of a local process last told of it.
 *
 * @param isKept whether that supervisor lives
 * @param keeper the supervisor's process
 * @param pid 0 while it does not run
 * @param state running, waiting (for its next start), ended, refused or gave up
 * @param last how its last end came about, or the empty string
 */
public record Supervised(boolean isKept, long keeper, long pid, String state, long restarts, String last) {
    public static Path file(StateFolder state, String name) {
        return state.local().resolve(name + ".status");
    }

    /** Nothing when no start told of it. */
    public static Optional<Supervised> read(StateFolder state, String name) {
        try {
            return StateFolder.read(file(state, name))
                    .map(Json::parse)
                    .map(json -> new Supervised(
                            keeps(json.number("keeper"), file(state, name)),
                            json.number("keeper"),
                            json.number("pid"),
                            json.text("state"),
                            json.number("restarts"),
                            json.text("last")));
        } catch (JsonException notOurs) {
            return Optional.empty();
        }
    }

    /** A process that got the number of one that is gone, as after a reboot, has another command line. */
    private static boolean keeps(long pid, Path file) {
        try {
            String command = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
            String wanted = new String(file.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            return command.contains("\0--status\0" + wanted + "\0");
        } catch (IOException gone) {
            return false;
        }
    }

    /** Whether it is started again by itself when it does not run. */
    public boolean isSupervised() {
        return isKept && (state.equals("running") || state.equals("waiting"));
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

    /** Why it is not there, when that is worth a word; empty when it simply was ended. */
    String absence() {
        return switch (state) {
            case "gave up" -> "ended too often to be started again";
            case "refused" -> "ended, and another start would not change that";
            case "running", "waiting" -> isSupervised() ? "is being restarted, and not back yet" : "";
            default -> "";
        };
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
