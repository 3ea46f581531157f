package dev.belay.cli.transcript;

import dev.belay.cli.http.Pause;
import dev.belay.cli.server.Server;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a task's log holds by now, for verbs that need all of it at once. */
public final class EventLog {
    private EventLog() {}

    /** @param kinds all others are passed over, so that they take no memory */
    public static List<Json> of(Server server, Json task, Set<String> kinds, Pause pause) throws InterruptedException {
        List<Json> events = new ArrayList<>();
        try (Watch watch = Watch.recorded(server, task.text("id"), 0, task.number("last_seq"), pause)) {
            watch.follow(event -> {
                if (kinds.contains(event.text("kind"))) {
                    events.add(event);
                }
                return true;
            });
        }
        return events;
    }
}
