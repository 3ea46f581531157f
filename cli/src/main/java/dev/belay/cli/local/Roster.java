package dev.belay.cli.local;

import dev.belay.cli.StateFolder;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file that names the processes of the local start, so that another command can end them. */
record Roster(Path file) {
    static Roster of(StateFolder state) {
        return new Roster(state.local().resolve("processes.json"));
    }

    List<LocalProcess> read() {
        List<LocalProcess> all = new ArrayList<>();
        try {
            for (Json item : StateFolder.read(file)
                    .map(Json::parse)
                    .orElse(Json.NULL)
                    .get("processes")
                    .items()) {
                all.add(new LocalProcess(
                        item.text("name"), item.number("pid"), item.number("start"), item.text("boot")));
            }
        } catch (JsonException damaged) {
            throw new IllegalStateException(file + " is damaged: " + damaged.getMessage(), damaged);
        }
        return all;
    }

    void write(List<LocalProcess> processes) {
        List<Json> items = new ArrayList<>();
        for (LocalProcess process : processes) {
            items.add(Json.object()
                    .put("name", process.name())
                    .put("pid", process.pid())
                    .put("start", process.start())
                    .put("boot", process.boot())
                    .build());
        }
        StateFolder.write(
                file,
                Json.object().put("processes", new Json.Arr(items)).build().pretty() + "\n");
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new IllegalStateException("cannot remove " + file, failed);
        }
    }
}
