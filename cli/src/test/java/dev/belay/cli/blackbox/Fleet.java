package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Several controllers on one database that an administrator runs, several runners, one address for people and one for
 * runners, and a person elsewhere who has nothing but that address and a token. Whatever dies is started again.
 */
final class Fleet implements AutoCloseable {
    private static final String TOKEN = "people-0123456789abcdef0123456789abcdef";
    private static final String RUNNER_TOKEN = "runner-0123456789abcdef0123456789abcdef";

    /**
     * @param environment of the n-th runner, beside what it needs
     * @param controllerEnvironment of the n-th controller, beside what it needs
     * @param readiness whether people and runners are sent only to controllers that call themselves ready
     */
    record Plan(
            int controllers,
            int runners,
            int slots,
            IntFunction<Map<String, String>> controllerEnvironment,
            IntFunction<Map<String, String>> environment,
            boolean readiness) {
        Plan(int controllers, int runners, int slots) {
            this(controllers, runners, slots, _ -> Map.of(), _ -> Map.of());
        }

        Plan(
                int controllers,
                int runners,
                int slots,
                IntFunction<Map<String, String>> controllerEnvironment,
                IntFunction<Map<String, String>> environment) {
            this(controllers, runners, slots, controllerEnvironment, environment, false);
        }

        Plan behindReadiness() {
            return new Plan(controllers, runners, slots, controllerEnvironment, environment, true);
        }
    }

    private final Belay nobody = Belay.fresh();
    private final Path place = nobody.state().resolveSibling("fleet");
    private final Postgres postgres = Postgres.started();
    private final List<Integer> ports = new ArrayList<>();
    private final List<Cable> databases = new ArrayList<>();
    private final Readiness readiness;
    private final List<Kept> controllers = new ArrayList<>();
    private final List<Kept> runners = new ArrayList<>();
    private final List<Cable> wires = new ArrayList<>();
    private final Balancer people;
    private final Balancer link;
    private final Belay person;
    private final Plan plan;

    private Fleet(Plan plan) {
        this.plan = plan;
        try {
            Files.createDirectories(place.resolve("packs"));
            // Runners live below it under uids of their own.
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
            secret("token", TOKEN);
            secret("runner-token", RUNNER_TOKEN);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        List<Integer> http = new ArrayList<>();
        List<Integer> grpc = new ArrayList<>();
        for (int i = 1; i <= plan.controllers(); i++) {
            http.add(Postgres.freePort());
            grpc.add(Postgres.freePort());
            databases.add(new Cable(postgres.port()));
            controllers.add(controller(Belay.distribution(), i, http.getLast(), grpc.getLast()));
        }
        ports.addAll(http);
        ports.addAll(grpc);
        readiness = new Readiness(http);
        people = new Balancer(http, plan.readiness() ? readiness::of : _ -> true);
        link = new Balancer(grpc, plan.readiness() ? readiness::of : _ -> true);
        person =
                nobody.with("BELAY_SERVER", "http://127.0.0.1:" + people.port()).with("BELAY_TOKEN", TOKEN);
    }

    /** Returns when all of it works. */
    static Fleet start(Plan plan) {
        Fleet fleet = new Fleet(plan);
        try {
            LocalSystem.until(
                    "a controller answers", () -> fleet.person.run("status").exit() == 0);
            for (int i = 1; i <= plan.runners(); i++) {
                fleet.runners.add(fleet.runner(i, fleet.link.port()));
            }
            fleet.awaitAll();
            return fleet;
        } catch (AssertionError | RuntimeException failed) {
            try {
                fleet.close();
            } catch (AssertionError | RuntimeException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
    }

    private void secret(String name, String text) throws IOException {
        Path file = Files.writeString(place.resolve(name), text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Kept controller(Path distribution, int number, int http, int grpc) {
        Map<String, String> env = new TreeMap<>();
        env.put("HOME", nobody.home().toString());
        env.put("BELAY_STATE", place.resolve("c" + number).toString());
        env.put("BELAY_HTTP_PORT", Integer.toString(http));
        env.put("BELAY_GRPC_PORT", Integer.toString(grpc));
        env.put(
                "BELAY_DATABASE_URL",
                postgres.url("postgres", databases.get(number - 1).port()));
        env.put("BELAY_DATABASE_PASSWORD", Postgres.PASSWORD);
        env.put("BELAY_PACKS", place.resolve("packs").toString());
        env.put("BELAY_TOKEN_FILE", place.resolve("token").toString());
        env.put("BELAY_RUNNER_TOKEN_FILE", place.resolve("runner-token").toString());
        env.put("BELAY_JAVA_HOME", System.getProperty("java.home"));
        env.putAll(plan.controllerEnvironment().apply(number));
        return Kept.start(
                "c" + number,
                place,
                List.of(),
                env,
                List.of(distribution.resolve("libexec/belay-controller").toString()));
    }

    private Kept runner(int number, int port) {
        Map<String, String> env = new TreeMap<>();
        env.put("BELAY_STATE", place.resolve("r" + number).toString());
        env.putAll(plan.environment().apply(number));
        wires.add(new Cable(port));
        return Kept.start(
                "r" + number,
                place,
                List.of(),
                env,
                runnerCommand(
                        place.resolve("r" + number),
                        "r" + number,
                        wires.get(number - 1).port(),
                        plan.slots()));
    }

    /** One more runner, which goes to the n-th controller alone. */
    void addRunnerAt(int controller) {
        runners.add(runner(runners.size() + 1, ports.get(plan.controllers() + controller)));
        awaitAll();
    }

    private List<String> runnerCommand(Path state, String name, int port, int slots) {
        return List.of(
                Belay.distribution().resolve("libexec/belay-runner").toString(),
                "--state",
                state.toString(),
                "--java",
                System.getProperty("java.home"),
                "--controller",
                "127.0.0.1:" + port,
                "--token-file",
                place.resolve("runner-token").toString(),
                "--name",
                name,
                "--slots",
                Integer.toString(slots));
    }

    Belay person() {
        return person;
    }

    /** The same person, who asks the n-th controller alone. */
    Belay personAt(int controller) {
        return person.with("BELAY_SERVER", "http://127.0.0.1:" + ports.get(controller));
    }

    /** The n-th controller ends in good order, and another one takes its place, as administrators do it. */
    void restart(int controller) {
        restart(controller, Belay.distribution());
    }

    /** In place of the one that ended there is one of this distribution. */
    void restart(int controller, Path distribution) {
        controllers.get(controller).close();
        controllers.set(
                controller,
                controller(
                        distribution,
                        controller + 1,
                        ports.get(controller),
                        ports.get(plan.controllers() + controller)));
    }

    /** What the n-th controller has between itself and the database. */
    Cable database(int controller) {
        return databases.get(controller);
    }

    /** What the n-th runner has between itself and the controllers. */
    Cable wire(int runner) {
        return wires.get(runner);
    }

    /** What the n-th controller says of itself; one that is silent is not ready. */
    boolean isReady(int controller) {
        return readiness.of(controller);
    }

    Postgres postgres() {
        return postgres;
    }

    /** Where its logs and its states are. */
    Path place() {
        return place;
    }

    List<Kept> controllers() {
        return controllers;
    }

    List<Kept> runners() {
        return runners;
    }

    int places() {
        return runners.size() * plan.slots();
    }

    /** A task that was acknowledged, by the client that people use. */
    Json handOver(Repository project, Script script) {
        Result[] last = {person.at(project).run("run", "-d", "--model", script.in(person), "task 0")};
        LocalSystem.until("a task is acknowledged", () -> {
            if (last[0].exit() == 9) {
                last[0] = person.run("retry");
            }
            return last[0].exit() != 9;
        });
        return door().task(last[0].well().said());
    }

    /** The id of another one, of the same project as an earlier one. */
    String handOver(Json earlier, Script script, String prompt) {
        return door().submit(Json.object()
                .put("idempotency_key", "fleet-" + prompt.replace(' ', '-'))
                .put("project", earlier.text("project"))
                .put("prompt", prompt)
                .put("model", "script")
                .put("script", script.yaml())
                .put("script_name", "script.yaml")
                .put("base_commit", earlier.text("base_commit"))
                .put("accept_weaker", true)
                .build());
    }

    Door door() {
        return new Door("http://127.0.0.1:" + people.port(), TOKEN);
    }

    /** Returns when every runner is connected. */
    void awaitAll() {
        LocalSystem.until(
                "every runner is connected",
                () -> door().status().get("runners").items().stream()
                                .filter(runner -> runner.flag("connected"))
                                .count()
                        == runners.size());
    }

    /** Ends in good order. */
    @Override
    public void close() {
        List<AssertionError> failed = new ArrayList<>();
        for (Kept each : Stream.concat(runners.stream(), controllers.stream()).toList()) {
            try {
                each.close();
            } catch (AssertionError stays) {
                failed.add(stays);
            }
        }
        people.close();
        wires.forEach(Cable::close);
        link.close();
        readiness.close();
        databases.forEach(Cable::close);
        postgres.close();
        Leftovers left = left();
        left.end();
        nobody.close();
        if (!left.isEmpty() || !failed.isEmpty()) {
            throw new AssertionError("the fleet left behind: " + left + failed);
        }
    }

    /** What is still there of all that it ever started. */
    Leftovers left() {
        Leftovers left = Leftovers.afterTheEndOf(place).and(Leftovers.listening(ports));
        return left.and(Leftovers.cgroups(
                Leftovers.CGROUPS,
                runners.stream().flatMap(runner -> runner.pids().stream()).toList()));
    }

    /** What its processes said, for whoever looks into a failure. */
    void keepLogs(Path target) {
        try (Stream<Path> logs = Files.list(place)) {
            Files.createDirectories(target);
            for (Path log :
                    logs.filter(each -> each.toString().endsWith(".log")).toList()) {
                Files.copy(log, target.resolve(log.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
