package dev.belay.controller.testing;

import com.google.protobuf.Message;
import dev.belay.controller.Parts;
import dev.belay.controller.RunningController;
import dev.belay.controller.Settings;
import dev.belay.controller.Timings;
import dev.belay.controller.database.JdbiFactory;
import dev.belay.controller.database.PooledDatabase;
import dev.belay.controller.runners.Fleet;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.ModelProvider;
import dev.belay.proto.v1.Project;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/** A whole controller on real ports and a fresh database, and a person in front of it. */
public final class StartedController implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Settings settings;
    private final Parts parts;
    private final String databaseUrl;
    private final Path state;
    private final boolean giveBack;
    private final HttpClient client = HttpClient.newHttpClient();
    private RunningController running;
    private final Jdbi jdbi;
    private String project = "";

    private StartedController(Settings settings, Parts parts, String databaseUrl, Path state, boolean giveBack)
            throws IOException {
        this.settings = settings;
        this.parts = parts;
        this.databaseUrl = databaseUrl;
        this.state = state;
        this.giveBack = giveBack;
        this.jdbi = JdbiFactory.create(parts.database().dataSource());
        this.running = RunningController.start(settings, parts);
    }

    public static StartedController start() {
        return with(timings -> timings, Map.of());
    }

    public static StartedController with(UnaryOperator<Timings> timings) {
        return with(timings, Map.of());
    }

    public static StartedController with(UnaryOperator<Timings> timings, Map<String, String> environment) {
        return on(TestPostgres.emptyDatabase(), new MemoryPacks(), timings, environment, true);
    }

    /** On a database that is no other test's. */
    public static StartedController onDatabase(String url) {
        return on(url, new MemoryPacks(), timings -> timings, Map.of(), false);
    }

    /** Another controller on the same database and packs; to be closed first. */
    public StartedController another() {
        return another(Map.of());
    }

    public StartedController another(Map<String, String> environment) {
        return on(databaseUrl, (MemoryPacks) parts.packs(), timings -> parts.timings(), environment, false);
    }

    private static StartedController on(
            String databaseUrl,
            MemoryPacks packs,
            UnaryOperator<Timings> timings,
            Map<String, String> environment,
            boolean giveBack) {
        try {
            Path state = Files.createTempDirectory("belay-controller-");
            Map<String, String> all = new HashMap<>(
                    Map.of("BELAY_STATE", state.toString(), "BELAY_ACTOR", "ada", "BELAY_DISK_BALLAST", "0"));
            all.putAll(environment);
            Parts parts = new Parts(
                    PooledDatabase.external(TestPostgres.address(databaseUrl)),
                    packs,
                    packs,
                    (name, text) -> 1000,
                    timings.apply(Timings.standard().withPoll(Duration.ofMillis(100))));
            return begun(Settings.from(all, Instant.now()), parts, databaseUrl, state, giveBack);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static StartedController begun(
            Settings settings, Parts parts, String databaseUrl, Path state, boolean giveBack) throws IOException {
        try {
            return new StartedController(settings, parts, databaseUrl, state, giveBack);
        } catch (RuntimeException refused) {
            Folders.delete(state);
            throw refused;
        }
    }

    /** Stops it and starts it on the same database, ports and state. */
    public StartedController restarted() throws IOException {
        int http = httpPort();
        int grpc = grpcPort();
        stop();
        Settings again = new Settings(
                settings.state(),
                settings.bind(),
                http,
                grpc,
                settings.database(),
                settings.sharedPacks(),
                settings.publicName(),
                settings.tokenFile(),
                settings.runnerTokenFile(),
                settings.ceiling(),
                settings.secretKeys(),
                settings.owner(),
                settings.bounds(),
                settings.version(),
                Instant.now());
        Parts same = new Parts(
                PooledDatabase.external(TestPostgres.address(databaseUrl)),
                parts.packs(),
                parts.history(),
                parts.scripts(),
                parts.timings());
        return new StartedController(again, same, databaseUrl, state, giveBack);
    }

    /** One with the same state directory; nothing good. */
    public StartedController twin() throws IOException {
        Parts same = new Parts(
                PooledDatabase.external(TestPostgres.address(databaseUrl)),
                parts.packs(),
                parts.history(),
                parts.scripts(),
                parts.timings());
        return new StartedController(settings, same, databaseUrl, state, false);
    }

    public String databaseUrl() {
        return databaseUrl;
    }

    public Settings settings() {
        return settings;
    }

    public int httpPort() {
        return running.httpPort();
    }

    public int grpcPort() {
        return running.grpcPort();
    }

    public Jdbi jdbi() {
        return jdbi;
    }

    public <T> T bean(Class<T> type) {
        return running.bean(type);
    }

    public String token() {
        return read(running.tokenFile());
    }

    public String runnerToken() {
        return read(running.runnerTokenFile());
    }

    public Path tokenFile() {
        return running.tokenFile();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** An answer, whole. */
    public record Answer(int status, String type, String body) {
        public Json json() {
            return Json.parse(body);
        }

        public String code() {
            return json().text("code");
        }

        public <B extends Message.Builder> B as(B builder) {
            if (status != 200) {
                throw new AssertionError(status + " " + body);
            }
            return ProtoJson.read(body, builder);
        }
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer put(String path, String json) {
        return send(request(path).PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    public Answer post(String path, String json) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public Answer post(String path, byte[] body) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort() + path))
                .header("Authorization", "Bearer " + token());
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    client.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** An answer as it comes. */
    public InputStream stream(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                    .body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Bytes as they stand, for what a proper client would not send. */
    public String raw(String request) {
        try (Socket socket = new Socket("127.0.0.1", httpPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public String project() {
        if (project.isEmpty()) {
            project = post("/v1/projects", "{\"key\":\"/home/ada/work\",\"name\":\"work\"}")
                    .as(Project.newBuilder())
                    .getId();
        }
        return project;
    }

    /** A request that is as it should be. */
    public SubmitTask.Builder submission() {
        return SubmitTask.newBuilder()
                .setIdempotencyKey(UUID.randomUUID().toString())
                .setProject(project())
                .setPrompt("make the tests pass\nplease")
                .setModel("script")
                .setScript("model: script/1")
                .setScriptName("demo.yaml")
                .setBaseCommit(MemoryPacks.BASE);
    }

    /** The same for a model that somebody must be asked for. */
    public SubmitTask.Builder submission(String model) {
        return submission().setModel(model).clearScript().clearScriptName();
    }

    public Task submit() {
        return submit(submission());
    }

    public Task submit(SubmitTask.Builder submission) {
        return trySubmit(submission).as(Task.newBuilder()).build();
    }

    public Answer trySubmit(SubmitTask.Builder submission) {
        return post("/v1/tasks", ProtoJson.write(submission.build()).print());
    }

    public Task task(String id) {
        return get("/v1/tasks/" + id).as(Task.newBuilder()).build();
    }

    /** The task once it is as wanted. */
    public Task await(String id, Predicate<Task> wanted) {
        return Eventually.get("task " + id, PATIENCE, () -> task(id), wanted);
    }

    /** Returns when so many runners are connected. */
    public void awaitRunners(int count) {
        Eventually.get(
                "connected runners", PATIENCE, () -> bean(Fleet.class).all().size(), now -> now == count);
    }

    public ScriptedRunner runner(String name, int slots) {
        return runner(name, slots, "boot-1");
    }

    public ScriptedRunner runner(String name, int slots, String boot) {
        return ScriptedRunner.connect(grpcPort(), runnerToken(), name, boot, slots);
    }

    /** A runner that isolates less than the table says. */
    public ScriptedRunner weakerRunner(String name, int slots, String... cells) {
        ScriptedRunner runner = ScriptedRunner.dial(grpcPort(), runnerToken(), name);
        runner.hello(name, "boot-1", slots, List.of(cells));
        return runner;
    }

    /** A runner that isolates as the table says, and can ask the models of some. */
    public ScriptedRunner askingRunner(String name, int slots, ModelProvider... providers) {
        ScriptedRunner runner = ScriptedRunner.dial(grpcPort(), runnerToken(), name);
        runner.hello(name, "boot-1", slots, List.of(), List.of(providers));
        return runner;
    }

    @Override
    public void close() {
        stop();
        if (giveBack) {
            TestPostgres.giveBack(databaseUrl);
        }
        try {
            Folders.delete(state);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Stops it and leaves its state. */
    public void stop() {
        running.close();
        client.shutdownNow();
    }
}
