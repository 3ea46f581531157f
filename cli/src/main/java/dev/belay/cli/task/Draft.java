package dev.belay.cli.task;

import dev.belay.cli.StateFolder;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A request on disk before it is sent, so that a prompt outlives a failure. Sent again it has the same idempotency key:
 * a server that had it all along answers with the task that it began then.
 *
 * @param ready the request as it is sent, complete; otherwise the project has still to be packed
 */
record Draft(Path file, Json request, boolean ready) {
    /** @param request a SubmitTask whose project and base are still empty */
    static Draft begin(StateFolder state, Json.Obj request) {
        String key = UUID.randomUUID().toString().replace("-", "");
        Json.ObjectBuilder keyed = Json.object().put("idempotency_key", key);
        request.members().forEach(keyed::put);
        Draft draft = new Draft(state.drafts().resolve("d-" + key.substring(0, 8) + ".json"), keyed.build(), false);
        StateFolder.make(state.drafts());
        draft.save();
        return draft;
    }

    /** By the name that the error named. */
    static Draft open(StateFolder state, String name) {
        Path file = name.contains("/")
                ? Path.of(name)
                : state.drafts().resolve(name.endsWith(".json") ? name : name + ".json");
        String text = StateFolder.read(file).orElseThrow(() -> none(file, "there is no such file"));
        try {
            Json json = Json.parse(text);
            if (json.get("request").text("idempotency_key").isEmpty()) {
                throw none(file, "it holds no request");
            }
            return new Draft(file, json.get("request"), json.flag("ready"));
        } catch (JsonException damaged) {
            throw none(file, String.valueOf(damaged.getMessage())).causedBy(damaged);
        }
    }

    Draft completed(Json.Obj complete) {
        Draft draft = new Draft(file, complete, true);
        draft.save();
        return draft;
    }

    String name() {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ".json".length());
    }

    private void save() {
        StateFolder.write(
                file,
                Json.object()
                                .put("request", request)
                                .put("ready", ready)
                                .build()
                                .pretty() + "\n");
    }

    void discard() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw none(file, "it was sent and cannot be removed: " + failed.getMessage())
                    .causedBy(failed);
        }
    }

    private static BelayException none(Path file, String why) {
        return BelayException.of(
                ErrorCode.E_BAD_REQUEST, "no draft in " + file, why + " (layer: client)", "belay run \"…\" anew");
    }
}
