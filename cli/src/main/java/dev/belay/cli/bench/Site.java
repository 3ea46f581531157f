package dev.belay.cli.bench;

import dev.belay.cli.Cli;
import dev.belay.cli.local.Launch;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.policy.ProjectPolicy;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import java.io.File;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the bench measures: a system of its own with a project of {@value #FILES} files. Nothing of it is started before
 * a round asks for it.
 */
final class Site {
    /** So that costs that follow the project's size would show. */
    static final int FILES = 1000;

    static final int CLIENTS = 16;
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

    /** Where it is installed, by the PATH of whoever runs the bench. */
    Optional<Path> program(String name) {
        for (String folder : environment().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path program = Path.of(folder, name);
            if (!folder.isEmpty() && Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /** How more of this installation is started, beside the system. */
    Launch launch() {
        return Launch.of(cli);
    }

    Path home() {
        return Path.of(cli.env("BELAY_HOME"));
    }

    String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    boolean isOver() {
        return system.isOver();
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
        return run(script, Json.object());
    }

    /** The same under a policy, all of which is accepted. */
    TaskTimes run(String script, ProjectPolicy policy) throws IOException, InterruptedException {
        return run(
                script,
                Json.object()
                        .put("policy", policy.understood().wire())
                        .put("accepted_policy", policy.compiled().hash()));
    }

    private TaskTimes run(String script, Json.ObjectBuilder wish) throws IOException, InterruptedException {
        Known to = known();
        Instant submitted = Instant.now();
        String id = to.server().submit(request(to, script, wish)).text("id");
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
        return to.server().submit(request(to, script, Json.object())).text("id");
    }

    /** A task that a crowd ends. */
    String beginNothing() throws IOException, InterruptedException {
        return begin(script(1, "true"));
    }

    /** Such tasks, from {@value #CLIENTS} clients at once. How many per second, in ten stretches. */
    Sample beginMany(int tasks) throws IOException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        int stretch = Math.max(1, tasks / 10);
        try (ExecutorService clients =
                Executors.newFixedThreadPool(CLIENTS, Thread.ofVirtual().factory())) {
            for (int done = 0; done < tasks; done += stretch) {
                int now = Math.min(stretch, tasks - done);
                long began = System.nanoTime();
                List<Future<String>> sent = new ArrayList<>();
                for (int i = 0; i < now; i++) {
                    sent.add(clients.submit(this::beginNothing));
                }
                for (Future<String> one : sent) {
                    one.get();
                }
                rates.add(now * 1000 / Stopwatch.millisSince(began));
            }
        } catch (ExecutionException failed) {
            throw new IOException("a submit failed: " + failed.getCause(), failed);
        }
        return Sample.of(rates);
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

    /** The task's events up to the first that is so, or to its end. */
    TaskTimes timesUntil(String id, Predicate<Json> last) throws IOException, InterruptedException {
        return new TaskTimes(Instant.EPOCH, events(id, event -> !last.test(event)));
    }

    /** Of what a crowd tells in a task: how long each took to get here, in milliseconds. */
    List<Double> latencies(String id) throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        events(id, event -> {
            String text = event.get("model_message").text("text");
            if (text.startsWith("at ")) {
                all.add((System.nanoTime() - Long.parseLong(text.substring(3))) / 1e6);
            }
            return true;
        });
        return all;
    }

    Optional<ServerAccess.LocalAddress> readyController() {
        return ServerAccess.LocalAddress.read(cli.state());
    }

    ServerAccess.LocalAddress controller() throws IOException {
        return readyController().orElseThrow(() -> new IOException("the bench's controller is not running any more"));
    }

    String grpcAddress() throws IOException {
        return "127.0.0.1:" + controller().grpcPort();
    }

    Path runnerToken() {
        return cli.state().controller().resolve("runner-token");
    }

    /** What a supervisor of the system keeps dies as by a bug of its own. */
    void kill(String name) throws IOException {
        ProcessHandle process = process(name);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** The controller's or the runner's own. */
    ProcessHandle process(String name) throws IOException {
        return kept(name)
                .children()
                .findFirst()
                .orElseThrow(() -> new IOException("the " + name + " of the bench is not running any more"));
    }

    /** From here on nobody but a crowd takes tasks. */
    void onlyForCrowds() throws IOException, InterruptedException {
        warmUp();
        if (processes().containsKey("runner")) {
            ProcessHandle runner = kept("runner");
            runner.destroy();
            runner.onExit().join();
        }
        while (server().status().get("runners").items().stream().anyMatch(one -> one.flag("connected"))) {
            pause(Duration.ofMillis(20));
        }
    }

    private ProcessHandle kept(String name) throws IOException {
        return Optional.ofNullable(processes().get(name))
                .flatMap(ProcessHandle::of)
                .orElseThrow(() -> new IOException("the " + name + " of the bench is not running any more"));
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

    private static Json request(Known to, String script, Json.ObjectBuilder wish) {
        Json.ObjectBuilder request = wish.put(
                        "idempotency_key", UUID.randomUUID().toString())
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
