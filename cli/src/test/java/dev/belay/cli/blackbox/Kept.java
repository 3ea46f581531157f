package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One process of the distribution below its supervisor, which starts it again whatever it died of. */
final class Kept implements AutoCloseable {
    /** Never given up, and never away for long: what dies at random dies often. */
    private static final String PACE = "0.1:1:2:0:1000000";

    private static final Pattern PID = Pattern.compile("\\(pid (\\d+),");

    private final String name;
    private final Path folder;
    private final Process keeper;

    private Kept(String name, Path folder, Process keeper) {
        this.name = name;
        this.folder = folder;
        this.keeper = keeper;
    }

    /**
     * @param around what the supervisor and all below it run in; ends in the command that it is given
     * @param environment all of it
     */
    static Kept start(
            String name, Path folder, List<String> around, Map<String, String> environment, List<String> command) {
        try {
            Path again = Files.writeString(folder.resolve(name + ".again"), "");
            List<String> whole = new ArrayList<>(around);
            whole.addAll(List.of(
                    Belay.distribution().resolve("libexec/belay-keep").toString(),
                    "--name",
                    name,
                    "--again",
                    again.toString(),
                    "--status",
                    folder.resolve(name + ".status").toString(),
                    "--"));
            whole.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(whole)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve(name + ".log").toFile()));
            builder.environment().clear();
            builder.environment().putAll(Map.of("PATH", Sh.PATH, "LC_ALL", "C.UTF-8", "BELAY_KEEP_PACE", PACE));
            builder.environment().putAll(environment);
            return new Kept(name, folder, builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String name() {
        return name;
    }

    /** Of the process that is kept, as its supervisor last said; 0 between two lives. */
    long pid() {
        Path status = folder.resolve(name + ".status");
        try {
            return Files.exists(status) ? Json.parse(Files.readString(status)).number("pid") : 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Every pid that it ever had. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>(PID.matcher(log())
                .results()
                .map(found -> Long.parseLong(found.group(1)))
                .toList());
        pids.add(pid());
        return pids;
    }

    String log() {
        try {
            return Files.readString(folder.resolve(name + ".log"), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What only the kernel can do: nothing of it hears of this. Waits until there is something to kill. */
    void kill() {
        LocalSystem.until(name + " lives", () -> LocalSystem.works(pid()));
        ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Dies at once, and its supervisor hears of it only after a while, so that nobody starts it before. */
    void dieFor(Duration length) {
        LocalSystem.until(name + " lives", () -> LocalSystem.works(pid()));
        Sh.run("kill", "-STOP", Long.toString(keeper.pid()));
        try {
            Sh.run("kill", "-KILL", Long.toString(pid()));
            new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } finally {
            Sh.run("kill", "-CONT", Long.toString(keeper.pid()));
        }
    }

    /** To the process that is kept and all that it started, as a machine that stands still, or wakes. */
    void signalAll(String signal) {
        String pids = ProcessHandle.of(pid()).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .map(each -> Long.toString(each.pid()))
                .collect(Collectors.joining(" "));
        // One that ends meanwhile needs no signal any more.
        Sh.run("sh", "-c", "kill -" + signal + " " + pids + " 2>/dev/null; true");
    }

    /** What it started, and those that these started: the command lines by pid. */
    Map<Long, String> below() {
        return ProcessHandle.of(pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .collect(Collectors.toMap(
                        ProcessHandle::pid, each -> Leftovers.commandLine(each.pid()), (one, _) -> one));
    }

    /** In good order. */
    @Override
    public void close() {
        keeper.destroy();
        try {
            if (!keeper.waitFor(60, TimeUnit.SECONDS)) {
                keeper.destroyForcibly();
                throw new AssertionError(name + " did not end in a minute");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
