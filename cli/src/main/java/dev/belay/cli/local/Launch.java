package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.StateFolder;
import dev.belay.cli.server.ServerAccess.LocalAddress;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the controller and the runner are started from this distribution: detached, with logs of their own. */
public record Launch(Path home, StateFolder state, Map<String, String> env) {
    private static final String RUNNER = "local-1";

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
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(classData());
        command.addAll(List.of("-cp", jars(home.resolve("lib/controller")), "dev.belay.controller.Controller"));
        return start("controller", command);
    }

    /** What the training of the distribution left; while it is trained, where to leave it. */
    private List<String> classData() {
        String training = env.getOrDefault("BELAY_TRAIN", "");
        if (!training.isEmpty()) {
            return List.of("-XX:AOTCacheOutput=" + Path.of(training, "controller.aot"));
        }
        Path trained = home.resolve("lib/controller/controller.aot");
        return Files.isReadable(trained)
                ? List.of("-XX:AOTCache=" + trained, "-Xlog:aot=off", "-Xlog:cds=off")
                : List.of();
    }

    /** Sorted, so that the class data fits wherever the distribution lies. */
    private static String jars(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
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
        List<String> command = new ArrayList<>(runnerCommand(state.local().resolve("probe")));
        command.addAll(List.of("--slots", "1", "--probe"));
        return command;
    }

    private List<String> runnerCommand(Path of) {
        return List.of(
                home.resolve("libexec/belay-runner").toString(),
                "--state",
                of.toString(),
                "--lib",
                home.resolve("lib/runner").toString(),
                "--java",
                System.getProperty("java.home"),
                "--hand",
                home.resolve("share/hand.pl").toString());
    }

    public void environment(Map<String, String> of) {
        of.putAll(env);
        of.put("BELAY_STATE", state.root().toString());
        of.put("BELAY_HOME", home.toString());
        of.put("LC_ALL", "C.UTF-8");
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

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private LocalProcess start(String name, List<String> command) {
        List<String> detached = new ArrayList<>();
        // A session of its own: Ctrl-C in the terminal does not reach it, and its processes can be told from others.
        detached.add("setsid");
        detached.addAll(command);
        File log = log(name).toFile();
        try {
            StateFolder.make(state.local());
            Files.deleteIfExists(log.toPath());
            ProcessBuilder builder = new ProcessBuilder(detached)
                    .directory(state.local().toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(log)
                    .redirectErrorStream(true);
            builder.environment().clear();
            environment(builder.environment());
            if (!name.equals("controller")) {
                // The runner asks the controller; where the database is, and its password, is no business of it.
                builder.environment().keySet().removeIf(variable -> variable.startsWith("BELAY_DATABASE_"));
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
}
