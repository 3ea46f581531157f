package dev.belay.cli.bench;

import dev.belay.cli.Cli;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.Server;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the bench measures: a system of its own with a project of {@value #FILES} files. Nothing of it is started before
 * a round asks for it.
 */
final class Site {
    /** So that costs that follow the project's size would show. */
    static final int FILES = 1000;

    private static final int FILES_OF_A_FOLDER = 50;
    private static final int LINES = 40;

    /** What a submit names of the project, once the server has it. */
    private record Known(Server server, Json.Obj project) {}

    private final Cli cli;
    private final Path project;
    private final ScratchSystem system;
    private @Nullable Known known;
    private @Nullable BelayException cannotStart;
    private OptionalDouble firstTask = OptionalDouble.empty();

    Site(ScratchSystem system) {
        this.system = system;
        this.cli = system.cli();
        this.project = system.project();
    }

    Map<String, String> environment() {
        return cli.env();
    }

    Path home() {
        return Path.of(cli.env("BELAY_HOME"));
    }

    String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    void pause(Duration time) throws InterruptedException {
        cli.pause().pause(time);
    }

    Map<String, Long> processes() {
        return new LocalServer(cli, cli.screen()).recorded();
    }

    /** Running, and holding the project. A start that failed once is not tried again by every round. */
    Server server() throws IOException, InterruptedException {
        return known().server();
    }

    /**
     * Runs the first task, which pays for what every later one finds loaded. It is not part of any figure.
     *
     * @return the milliseconds until its first result
     */
    double warmUp() throws IOException, InterruptedException {
        if (firstTask.isEmpty()) {
            firstTask = OptionalDouble.of(run(script(1, "/bin/true")).untilFirstResult());
        }
        return firstTask.getAsDouble();
    }

    /** A task from its submit to its end, which must be a good one. */
    TaskTimes run(String script) throws IOException, InterruptedException {
        Known to = known();
        Instant submitted = Instant.now();
        String id = to.server().submit(request(to, script)).text("id");
        List<Json> events = events(id, _ -> true);
        Json end = events.isEmpty() ? Json.NULL : events.getLast().get("task_state");
        if (!end.text("to").equals("succeeded")) {
            throw new IOException("a measured task ended as " + end.text("to") + ": " + end.text("detail"));
        }
        return new TaskTimes(submitted, events);
    }

    /** A task that is only submitted. */
    String begin(String script) throws IOException, InterruptedException {
        Known to = known();
        return to.server().submit(request(to, script)).text("id");
    }

    void untilCalled(String id) throws IOException, InterruptedException {
        List<Json> events = events(id, event -> !event.text("kind").equals("tool.call"));
        Json last = events.isEmpty() ? Json.NULL : events.getLast();
        if (!last.text("kind").equals("tool.call")) {
            throw new IOException("a task that was to stay at work ended as "
                    + last.get("task_state").text("to") + ": "
                    + last.get("task_state").text("detail"));
        }
    }

    /** How many tasks are in a sandbox now. */
    long running() throws IOException, InterruptedException {
        return server().tasks(false, FILES).items().stream()
                .filter(task -> task.text("state").equals("running"))
                .count();
    }

    /** Ends them, and waits until each has ended. */
    void cancel(List<String> ids) throws IOException, InterruptedException {
        for (String id : ids) {
            server().cancel(id, "the measurement is over");
        }
        for (String id : ids) {
            events(id, _ -> true);
        }
    }

    /** One call a turn, each the same. */
    static String script(int calls, String command) {
        Json call = Json.object()
                .put(
                        "Bash",
                        Json.object()
                                .put("command", command)
                                .put("timeout", 600_000)
                                .build())
                .build();
        Json turn = Json.object().put("calls", new Json.Arr(List.of(call))).build();
        List<Json> turns = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            turns.add(turn);
        }
        turns.add(Json.object().put("say", "Done.").build());
        return Json.object()
                .put("model", "script/1")
                .put("turns", new Json.Arr(turns))
                .build()
                .print();
    }

    private List<Json> events(String id, Predicate<Json> goOn) throws IOException, InterruptedException {
        List<Json> all = new ArrayList<>();
        try (Watch watch = new Watch(server(), id, 0, cli.pause())) {
            watch.follow(event -> {
                all.add(event);
                return goOn.test(event);
            });
        }
        return all;
    }

    private static Json request(Known to, String script) {
        Json.ObjectBuilder request = Json.object()
                .put("idempotency_key", UUID.randomUUID().toString())
                .put("prompt", "be measured")
                .put("model", "script")
                .put("script", script)
                .put("script_name", "bench.json")
                .put("accept_weaker", true);
        to.project().members().forEach(request::put);
        return request.build();
    }

    private Known known() throws IOException, InterruptedException {
        if (cannotStart != null) {
            throw cannotStart;
        }
        if (known == null) {
            try {
                fill();
                known = handOver(system.server());
            } catch (BelayException failed) {
                cannotStart = failed;
                throw failed;
            }
        }
        return known;
    }

    private void fill() throws IOException {
        for (int i = 0; i < FILES; i++) {
            Path folder = Files.createDirectories(project.resolve("src/part" + i / FILES_OF_A_FOLDER));
            Files.writeString(folder.resolve("file" + i + ".txt"), ("line of file " + i + "\n").repeat(LINES));
        }
    }

    private Known handOver(Server server) throws IOException {
        ProjectSource.Project found = cli.bindings().projects().open(project, Optional.empty());
        Json registered = server.register(found.key(), found.name(), found.commits());
        ProjectSource.Packed packed = found.pack(List.of(), cli.state().make(), Optional.empty());
        if (packed.pack().isPresent()) {
            server.sendPack(registered.text("id"), packed.pack().get());
            Files.delete(packed.pack().get());
        }
        return new Known(
                server,
                Json.object()
                        .put("project", registered.text("id"))
                        .put("base_commit", packed.baseCommit())
                        .put("head_commit", found.headCommit())
                        .put("branch", found.branch())
                        .build());
    }
}
