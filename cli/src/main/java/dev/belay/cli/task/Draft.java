package dev.belay.cli.task;

import dev.belay.cli.StateFolder;
import dev.belay.cli.server.ServerAccess.Place;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A request on disk before it is sent, so that a prompt outlives a failure. Sent again it has the same idempotency key:
 * a server that had it all along answers with the task that it began then. Only its owner can read it.
 *
 * @param content {@code request} (a SubmitTask, or a ForkTask where {@code project} has {@code fork_of}), {@code ready} (it is complete; otherwise the project has still to be
 *     packed), {@code project} (of what folder), {@code server} (for whom), {@code written_at}, {@code sender}
 */
record Draft(Path file, Json.Obj content) {
    private static final Duration CLOCK_ERROR = Duration.ofSeconds(2);

    /**
     * @param request a SubmitTask whose project and base are still empty
     * @param project see {@link Submission}
     */
    static Draft begin(StateFolder state, Json.Obj request, Json.Obj project, Place server, Instant now) {
        String key = UUID.randomUUID().toString().replace("-", "");
        Json.ObjectBuilder keyed = Json.object().put("idempotency_key", key);
        request.members().forEach(keyed::put);
        StateFolder.make(state.drafts());
        Json.Obj content = Json.object()
                .put("written_at", now.toString())
                .put(
                        "server",
                        Json.object()
                                .put("context", server.context())
                                .put("address", server.address())
                                .build())
                .put("project", project)
                .put("ready", false)
                .put("request", keyed.build())
                .build();
        return new Draft(state.drafts().resolve("d-" + key.substring(0, 8) + ".json"), content).mine();
    }

    /** By the name that the error named. */
    static Draft open(StateFolder state, String name) {
        Path file = file(state, name);
        String text = StateFolder.read(file).orElseThrow(() -> unknown(file));
        try {
            Json json = Json.parse(text);
            if (!(json instanceof Json.Obj content)
                    || json.get("request").text("idempotency_key").isEmpty()) {
                throw none(file, "it holds no request");
            }
            return new Draft(file, content);
        } catch (JsonException damaged) {
            throw none(file, String.valueOf(damaged.getMessage())).causedBy(damaged);
        }
    }

    /** Names, the oldest request first. */
    static List<String> names(StateFolder state) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(state.drafts())) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(state.drafts(), "d-*.json")) {
                all.forEach(files::add);
            }
        }
        List<String> names = new ArrayList<>();
        files.stream()
                .sorted((one, other) -> written(one).compareTo(written(other)))
                .forEach(file -> names.add(name(file)));
        return names;
    }

    private static String written(Path file) {
        try {
            return Json.parse(StateFolder.read(file).orElse("")).text("written_at");
        } catch (JsonException damaged) {
            return "";
        }
    }

    /** Forgets a request, whatever is in the file. */
    static void drop(StateFolder state, String name) {
        Path file = file(state, name);
        if (!Files.exists(file)) {
            throw unknown(file);
        }
        delete(file);
    }

    private static Path file(StateFolder state, String name) {
        String plain = name.endsWith(".json") ? name : name + ".json";
        // Only what this client wrote itself is read as a request, and removed.
        if (!plain.startsWith("d-") || plain.contains("/")) {
            throw BelayException.of(
                    ErrorCode.E_NOT_FOUND,
                    "no draft is called " + name,
                    "the name of a draft looks like d-1f2e3d4c (layer: client)",
                    "belay retry --list");
        }
        return state.drafts().resolve(plain);
    }

    Json.Obj request() {
        return content.get("request") instanceof Json.Obj request
                ? request
                : Json.object().build();
    }

    boolean ready() {
        return content.flag("ready");
    }

    Json project() {
        return content.get("project");
    }

    /** The task that it is to begin at; empty when it begins with a project. */
    String forkOf() {
        return project().text("fork_of");
    }

    Place server() {
        Json server = content.get("server");
        return new Place(server.text("context"), server.text("address"));
    }

    String name() {
        return name(file);
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ".json".length());
    }

    Draft completed(Json.Obj request) {
        return changed("request", request).changed("ready", Json.of(true)).saved();
    }

    /** Marks it as being sent by this process. */
    Draft mine() {
        ProcessHandle self = ProcessHandle.current();
        return changed(
                        "sender",
                        Json.object()
                                .put("pid", self.pid())
                                .put("since", since(self).toString())
                                .build())
                .saved();
    }

    /** The other process that is sending it at this moment. */
    Optional<Long> sentBy() {
        long pid = content.get("sender").number("pid");
        if (pid <= 0 || pid == ProcessHandle.current().pid()) {
            return Optional.empty();
        }
        Instant since;
        try {
            since = Instant.parse(content.get("sender").text("since"));
        } catch (java.time.DateTimeException unknown) {
            return Optional.empty();
        }
        // A number is given again to other processes; the time of start tells them apart.
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> Duration.between(since, since(process)).abs().compareTo(CLOCK_ERROR) <= 0)
                .map(ProcessHandle::pid);
    }

    private static Instant since(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private Draft changed(String member, Json value) {
        Json.ObjectBuilder all = Json.object();
        content.members().forEach((name, old) -> {
            if (!name.equals(member)) {
                all.put(name, old);
            }
        });
        return new Draft(file, all.put(member, value).build());
    }

    private Draft saved() {
        StateFolder.writeDurably(file, content.pretty() + "\n");
        return this;
    }

    void discard() {
        delete(file);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw none(file, "it cannot be removed: " + failed.getMessage()).causedBy(failed);
        }
    }

    private static BelayException unknown(Path file) {
        return BelayException.of(
                ErrorCode.E_NOT_FOUND,
                "no draft is called " + name(file),
                "there is no file " + file + " (layer: client)",
                "belay retry --list");
    }

    private static BelayException none(Path file, String why) {
        return BelayException.of(
                ErrorCode.E_BAD_REQUEST, "no draft in " + file, why + " (layer: client)", "belay retry --list");
    }
}
