package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A runner that a person starts by hand beside the local one, with a state folder of its own. */
final class AnotherRunner implements AutoCloseable {
    private final Belay belay;
    private final String name;
    private final Process process;

    private AnotherRunner(Belay belay, String name, Process process) {
        this.belay = belay;
        this.name = name;
        this.process = process;
    }

    /** Returns when it is connected. */
    static AnotherRunner start(Belay belay, String name, int slots) {
        return start(belay, name, slots, List.of(), "127.0.0.1");
    }

    /**
     * @param around what it runs in; ends in the command that it is given
     * @param host where the controller is, seen from there
     */
    static AnotherRunner start(Belay belay, String name, int slots, List<String> around, String host) {
        Path home = Belay.distribution();
        Path state = belay.state().resolveSibling("state-" + name);
        try {
            Json address = Json.parse(Files.readString(belay.state().resolve("controller/controller.json")));
            List<String> command = new ArrayList<>(around);
            command.addAll(List.of(
                    home.resolve("libexec/belay-runner").toString(),
                    "--state",
                    state.toString(),
                    "--lib",
                    home.resolve("lib/runner").toString(),
                    "--java",
                    System.getProperty("java.home"),
                    "--hand",
                    home.resolve("share/hand.pl").toString(),
                    "--controller",
                    host + ":" + address.number("grpc_port"),
                    "--token-file",
                    belay.state().resolve("controller/runner-token").toString(),
                    "--name",
                    name,
                    "--slots",
                    Integer.toString(slots)));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(belay.state().resolveSibling(name + ".log").toFile());
            builder.environment().clear();
            builder.environment().putAll(Map.of("PATH", Sh.PATH, "LC_ALL", "C.UTF-8", "BELAY_STATE", state.toString()));
            AnotherRunner runner = new AnotherRunner(belay, name, builder.start());
            LocalSystem.until(
                    name + " is connected",
                    () -> belay.run("status").well().out().contains(name + " connected"));
            return runner;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String name() {
        return name;
    }

    /** What it said so far. */
    String log() {
        try {
            return Files.readString(belay.state().resolveSibling(name + ".log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What only the kernel can do: nothing of it hears of this. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Every process of it, as a machine that stands still does, or wakes. */
    void signalAll(String signal) {
        String pids = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(each -> Long.toString(each.pid()))
                .collect(Collectors.joining(" "));
        // One that ends meanwhile needs no signal any more.
        Sh.run("sh", "-c", "kill -" + signal + " " + pids + " 2>/dev/null; true");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        Leftovers left = Leftovers.afterTheEndOf(belay.state().resolveSibling("state-" + name));
        left.end();
        if (!left.isEmpty()) {
            throw new AssertionError(name + " left behind: " + left);
        }
    }
}
