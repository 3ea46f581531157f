package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.StateFolder;
import dev.belay.cli.server.ServerAccess.LocalAddress;
import dev.belay.cli.server.Supervised;
import dev.belay.policies.models.KnownProvider;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the controller and the runner are started from this distribution: detached, each below a supervisor of its own
 * ({@code libexec/belay-keep}), with a log of its own.
 */
public record Launch(Path home, StateFolder state, Map<String, String> env) {
    private static final String RUNNER = "local-1";
    private static final String ENGINE = "BELAY_ENGINE";
    private static final String DOCKER = "docker";
    private static final String NAMESPACE = "namespace";
    private static final String SECRETS_KEY = "BELAY_SECRETS_KEY";

    public static Launch of(Cli cli) {
        Path home = Path.of(cli.env("BELAY_HOME").isEmpty() ? "." : cli.env("BELAY_HOME"))
                .toAbsolutePath();
        if (cli.env("BELAY_HOME").isEmpty() || !Files.isDirectory(home.resolve("lib/controller"))) {
            throw BelayException.of(
                    ErrorCode.E_INTERNAL,
                    "this installation has no controller",
                    "there is no " + home.resolve("lib/controller") + " (layer: client)",
                    "start belay by the bin/belay of a distribution, or export BELAY_SERVER and BELAY_TOKEN");
        }
        return new Launch(home, cli.state(), cli.env());
    }

    Path log(String name) {
        return state.local().resolve(name + ".log");
    }

    LocalProcess controller() {
        return start(
                "controller", List.of(home.resolve("libexec/belay-controller").toString()));
    }

    LocalProcess runner(LocalAddress controller) {
        List<String> command = new ArrayList<>(runnerCommand(state.runner()));
        command.addAll(List.of(
                "--controller",
                "127.0.0.1:" + controller.grpcPort(),
                "--token-file",
                state.controller().resolve("runner-token").toString(),
                "--name",
                runnerName(),
                "--slots",
                Integer.toString(slots())));
        return start("runner", command);
    }

    String runnerName() {
        return env.getOrDefault("BELAY_RUNNER_NAME", RUNNER);
    }

    /** Makes a room of its own, so that a runner at work is not disturbed, and says what holds in it. */
    public List<String> probeCommand() {
        return aloneCommand("probe", 1);
    }

    /** The same, to be asked how fast its engine is. */
    public List<String> trialCommand(int slots) {
        return aloneCommand("trial", slots);
    }

    private List<String> aloneCommand(String what, int slots) {
        List<String> command = new ArrayList<>(runnerCommand(state.local().resolve(what)));
        command.addAll(List.of("--slots", Integer.toString(slots), "--" + what));
        return command;
    }

    /** The same distribution, whatever engine was chosen, with Docker's. */
    public Launch withDocker() {
        return with(DOCKER);
    }

    public Launch withNamespaces() {
        return with(NAMESPACE);
    }

    private Launch with(String engine) {
        Map<String, String> other = new HashMap<>(env);
        other.put(ENGINE, engine);
        if (isOnDocker() && !engine.equals(DOCKER)) {
            // It was named for containers; nobody said that it is laid out as well.
            other.remove("BELAY_IMAGE");
        }
        return new Launch(home, state, Map.copyOf(other));
    }

    public boolean isOnDocker() {
        return env.getOrDefault(ENGINE, "").equals(DOCKER);
    }

    /** Where Docker's engine listens, whether or not it is there. */
    public Path dockerSocket() {
        String address = env.getOrDefault("BELAY_DOCKER", env.getOrDefault("DOCKER_HOST", ""));
        if (address.isEmpty()) {
            return Path.of("/run/docker.sock");
        }
        if (!address.startsWith("unix:///")) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "Docker's engine cannot be used at " + address,
                    "a workspace and a sandbox have to be on the runner's own machine: only unix:///… is reached (layer: client)",
                    "export BELAY_DOCKER=unix:///run/docker.sock");
        }
        return Path.of(address.substring("unix://".length()));
    }

    private List<String> runnerCommand(Path of) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve("libexec/belay-runner").toString(),
                "--state",
                of.toString(),
                "--lib",
                home.resolve("lib/runner").toString(),
                "--java",
                System.getProperty("java.home"),
                "--hand",
                home.resolve("share/hand.pl").toString()));
        if (isOnDocker()) {
            command.addAll(List.of("--docker", dockerSocket().toString()));
        } else if (Set.of("", NAMESPACE).contains(env.getOrDefault(ENGINE, ""))) {
            given("BELAY_IMAGE").ifPresent(image -> command.addAll(List.of("--image", image)));
            given("BELAY_IMAGES")
                    .ifPresent(folder -> command.addAll(
                            List.of("--images", Path.of(folder).toAbsolutePath().toString())));
        }
        return command;
    }

    private Optional<String> given(String variable) {
        return Optional.ofNullable(env.get(variable)).filter(value -> !value.isEmpty());
    }

    public void environment(Map<String, String> of) {
        of.putAll(env);
        of.put("BELAY_STATE", state.root().toString());
        of.put("BELAY_HOME", home.toString());
        of.put("LC_ALL", "C.UTF-8");
        // The JDK that runs this client runs them too.
        of.put("BELAY_JAVA_HOME", System.getProperty("java.home"));
        // A token of the person's is no business of the processes that run here.
        of.remove("BELAY_TOKEN");
        of.remove("BELAY_SERVER");
    }

    private int slots() {
        String wish = env.getOrDefault("BELAY_SLOTS", "");
        if (wish.isEmpty()) {
            return Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
        }
        try {
            int slots = Integer.parseInt(wish);
            if (slots > 0 && slots <= 1000) {
                return slots;
            }
        } catch (NumberFormatException notANumber) {
            throw badSlots(wish).causedBy(notANumber);
        }
        throw badSlots(wish);
    }

    private static BelayException badSlots(String wish) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "BELAY_SLOTS is not a number of places: " + wish,
                "it must be 1 to 1000 (layer: client)",
                "export BELAY_SLOTS=2");
    }

    /**
     * From now on the end of the process is no longer the end of its supervisor, which starts it again.
     *
     * @param variables for every further start
     */
    void keep(String name, Map<String, String> variables) {
        StringBuilder lines = new StringBuilder();
        variables.forEach((variable, value) ->
                lines.append(variable).append('=').append(value).append('\n'));
        StateFolder.write(again(name), lines.toString());
    }

    boolean isKept(String name) {
        return Files.exists(again(name));
    }

    private Path again(String name) {
        return state.local().resolve(name + ".again");
    }

    private LocalProcess start(String name, List<String> command) {
        List<String> detached = new ArrayList<>();
        // A session of its own: Ctrl-C in the terminal does not reach it, and its processes can be told from others.
        detached.add("setsid");
        detached.addAll(List.of(
                home.resolve("libexec/belay-keep").toString(),
                "--name",
                name,
                "--again",
                again(name).toString(),
                "--status",
                Supervised.file(state, name).toString(),
                "--"));
        detached.addAll(command);
        File log = log(name).toFile();
        try {
            StateFolder.make(state.local());
            Files.deleteIfExists(log.toPath());
            Files.deleteIfExists(again(name));
            Files.deleteIfExists(Supervised.file(state, name));
            ProcessBuilder builder = new ProcessBuilder(detached)
                    .directory(state.local().toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(Redirect.appendTo(log))
                    .redirectErrorStream(true);
            builder.environment().clear();
            environment(builder.environment());
            if (name.equals("controller")) {
                // Keys are the runner's alone.
                for (KnownProvider provider : KnownProvider.values()) {
                    builder.environment().remove(provider.keyVariable());
                }
            } else {
                // The runner asks the controller: neither the database nor what secrets are sealed with is its
                // business.
                Set<String> sealing = sealing(builder.environment().get(SECRETS_KEY));
                builder.environment()
                        .keySet()
                        .removeIf(variable -> variable.startsWith("BELAY_DATABASE_") || sealing.contains(variable));
            }
            return LocalProcess.of(name, builder.start().pid());
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "cannot start the local " + name,
                            failed.getMessage() + " (layer: client)",
                            "belay doctor")
                    .causedBy(failed);
        }
    }

    /** The setting, and every variable that it says a key is in: {@code file:/etc/k,env:NAME}. */
    private static Set<String> sealing(@Nullable String sources) {
        Set<String> variables = new HashSet<>(Set.of(SECRETS_KEY));
        for (String source : sources == null ? new String[0] : sources.split(",")) {
            if (source.strip().startsWith("env:")) {
                variables.add(source.strip().substring("env:".length()));
            }
        }
        return variables;
    }
}
