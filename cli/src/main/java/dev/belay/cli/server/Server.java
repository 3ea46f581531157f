package dev.belay.cli.server;

import dev.belay.cli.http.Address;
import dev.belay.cli.http.Answer;
import dev.belay.cli.http.Duplex;
import dev.belay.cli.http.Http;
import dev.belay.cli.http.Request;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The controller's HTTP interface, a method per call. Whatever it refuses is the error that it named. */
public final class Server {
    private static final int MOST_JSON = 64 << 20;
    private static final Duration PACK_SILENCE = Duration.ofMinutes(10);
    /** The server says something every 10 seconds. */
    private static final Duration STREAM_SILENCE = Duration.ofSeconds(30);

    private final Http http;
    private final BooleanSupplier comesBack;

    public Server(Http http) {
        this(http, () -> true);
    }

    /** @param comesBack whether somebody brings it back at this address when it ends */
    public Server(Http http, BooleanSupplier comesBack) {
        this.http = http;
        this.comesBack = comesBack;
    }

    /** Whether it is worth a longer wait when it does not answer. */
    public boolean mayComeBack() {
        return comesBack.getAsBoolean();
    }

    public Address address() {
        return http.address();
    }

    public Json version() {
        return json(Request.get("/v1/version"));
    }

    /** One try, and whether the server says it is ready. */
    public boolean isReady() {
        try (Answer answer = http.sendOnce(Request.get("/health/ready").silentFor(Duration.ofSeconds(5)))) {
            return answer.status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Whose models its runners can ask. */
    public Json models() {
        return json(Request.get("/v1/models"));
    }

    /** Repeatable: the same again is the same. */
    public Json setSecret(String name, String value, List<String> hosts) {
        Json body = Json.object()
                .put("value", value)
                .put("hosts", Json.array(hosts))
                .build();
        return json(Request.put("/v1/secrets/" + encode(name), body.print()));
    }

    public Json secrets() {
        return json(Request.get("/v1/secrets"));
    }

    public Json removeSecret(String name) {
        return json(Request.delete("/v1/secrets/" + encode(name)));
    }

    public Json status() {
        return json(Request.get("/v1/status"));
    }

    public Json register(String key, String name, List<String> commits) {
        Json body = Json.object()
                .put("key", key)
                .put("name", name)
                .put("commits", Json.array(commits))
                .build();
        return json(Request.post("/v1/projects", body.print()).repeatably());
    }

    public Json sendPack(String project, Path pack) {
        return json(Request.postFile("/v1/projects/" + encode(project) + "/packs", pack, "application/x-git-pack")
                .silentFor(PACK_SILENCE)
                .repeatably());
    }

    /** Repeatable: the same key with the same body gives the same task. */
    public Json submit(Json task) {
        return json(Request.post("/v1/tasks", task.print()).repeatably());
    }

    public Json tasks(boolean all, int limit) {
        return json(Request.get("/v1/tasks?all=" + all + "&limit=" + limit)).get("tasks");
    }

    public Json task(String id) {
        return json(Request.get(task(id, "")));
    }

    /** What the task may do, in the words that it was sent with. */
    public Json policy(String id) {
        return json(Request.get(task(id, "/policy")));
    }

    public Json cancel(String id, String reason) {
        return json(Request.post(
                        task(id, "/cancel"),
                        Json.object().put("reason", reason).build().print())
                .repeatably());
    }

    /** Repeatable: the same key with the same text is the same message. */
    public Json send(String id, String key, String text) {
        Json body = Json.object().put("idempotency_key", key).put("text", text).build();
        return json(Request.post(task(id, "/messages"), body.print()).repeatably());
    }

    /** Repeatable: the same key with the same hosts is the same word. */
    public Json allow(String id, String key, List<String> hosts, List<String> pushes) {
        Json body = Json.object()
                .put("idempotency_key", key)
                .put("hosts", Json.array(hosts))
                .put("pushes", Json.array(pushes))
                .build();
        return json(Request.post(task(id, "/policy/allow"), body.print()).repeatably());
    }

    public Json pause(String id, boolean now) {
        return json(Request.post(
                        task(id, "/pause"),
                        Json.object().put("now", now).build().print())
                .repeatably());
    }

    /** @param limits those that are raised: a ResumeTask */
    public Json resume(String id, Json limits) {
        return json(Request.post(task(id, "/resume"), limits.print()).repeatably());
    }

    /** Repeatable: the same key with the same body gives the same task. */
    public Json fork(String id, Json fork) {
        return json(Request.post(task(id, "/fork"), fork.print()).repeatably());
    }

    public Json snapshots(String id) {
        return json(Request.get(task(id, "/snapshots"))).get("snapshots");
    }

    public Json operations(String id) {
        return json(Request.get(task(id, "/operations"))).get("operations");
    }

    public Json rollback(String id, String to, boolean dryRun) {
        Json body = Json.object().put("to", to).put("dry_run", dryRun).build();
        return json(Request.post(task(id, "/rollback"), body.print()).silentFor(Duration.ofMinutes(5)));
    }

    public Json revert(String id, String step, boolean dryRun) {
        Json body = Json.object().put("step", step).put("dry_run", dryRun).build();
        return json(Request.post(task(id, "/revert"), body.print()).silentFor(Duration.ofMinutes(5)));
    }

    /** @param direction {@code undo} or {@code redo} */
    public Json move(String id, String direction) {
        return json(Request.post(task(id, "/" + direction), "{}").silentFor(Duration.ofMinutes(5)));
    }

    public Json changes(String id, String from, String to) {
        return json(Request.get(task(id, "/changes" + between(from, to))));
    }

    public Answer diff(String id, String from, String to, List<String> paths) {
        StringBuilder query = new StringBuilder(between(from, to));
        for (String path : paths) {
            query.append("&path=").append(encode(path));
        }
        return accepted(http.send(Request.get(task(id, "/diff" + query))));
    }

    public void fetchPack(String id, String from, String to, Path into) throws IOException {
        Request request = Request.get(task(id, "/pack" + between(from, to))).silentFor(PACK_SILENCE);
        try (Answer answer = accepted(http.send(request));
                InputStream body = answer.body()) {
            Files.copy(body, into, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * One try; the caller resumes.
     *
     * @param saying also what the model is just saying
     */
    public Answer events(String id, long after, boolean follow, boolean saying) throws IOException {
        String wish = "/events?after=" + after + "&follow=" + follow + (saying ? "&saying=true" : "");
        Request request = Request.get(task(id, wish))
                .with("Accept", "text/event-stream")
                .with("Last-Event-ID", Long.toString(after))
                .silentFor(STREAM_SILENCE);
        return accepted(http.sendOnce(request));
    }

    public Answer exec(String id, List<String> command, int timeoutSeconds) {
        Json body = Json.object()
                .put("argv", Json.array(command))
                .put("timeout_seconds", timeoutSeconds)
                .build();
        return accepted(http.send(Request.post(task(id, "/exec"), body.print()).silentFor(Duration.ZERO)));
    }

    /** The ports on which something listens in the task's sandbox. */
    public List<Integer> listening(String id) {
        List<Integer> ports = new ArrayList<>();
        json(Request.get(task(id, "/ports")))
                .get("listening")
                .items()
                .forEach(port -> ports.add(Integer.parseInt(port.print())));
        return ports;
    }

    /** A connection to what listens on a port in the task's sandbox, which has taken it. */
    public Duplex visit(String id, int port) throws IOException {
        Duplex visit = http.duplex(task(id, "/ports/" + port));
        accepted(visit.answer());
        // An answer begins with its first byte, and what listens may be long in saying one.
        boolean begins = false;
        try {
            begins = visit.in().read() == '\n';
        } finally {
            if (!begins) {
                visit.close();
            }
        }
        if (!begins) {
            throw notBelay("the answer does not begin as a port's does");
        }
        return visit;
    }

    private static String task(String id, String rest) {
        return "/v1/tasks/" + encode(id) + rest;
    }

    private static String between(String from, String to) {
        return "?from=" + encode(from) + "&to=" + encode(to);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Json json(Request request) {
        try (Answer answer = accepted(http.send(request))) {
            return Json.parse(answer.text(MOST_JSON));
        } catch (IOException cut) {
            throw BelayException.of(
                            ErrorCode.E_UNREACHABLE,
                            "the answer of " + address() + " did not arrive whole",
                            cut.getMessage() + " (layer: network)",
                            request.repeatable() ? BelayException.NOTHING_CHANGED : "not known; belay ps shows it",
                            "belay status")
                    .causedBy(cut);
        } catch (JsonException bad) {
            throw notBelay(String.valueOf(bad.getMessage())).causedBy(bad);
        }
    }

    private Answer accepted(Answer answer) {
        if (answer.status() >= 200 && answer.status() < 300) {
            return answer;
        }
        try (answer) {
            throw problem(answer.status(), answer.text(MOST_JSON));
        } catch (IOException cut) {
            throw problem(answer.status(), "").causedBy(cut);
        }
    }

    private BelayException problem(int status, String body) {
        Json problem;
        try {
            problem = Json.parse(body);
        } catch (JsonException notAProblem) {
            problem = Json.NULL;
        }
        return Problems.of(problem, status, address().toString());
    }

    private BelayException notBelay(String why) {
        return BelayException.of(
                ErrorCode.E_UNREACHABLE,
                address() + " does not answer like a Belay controller",
                why + " (layer: network)",
                "not known",
                "belay status");
    }
}
