package dev.belay.runner;

import dev.belay.proto.json.Json;
import dev.belay.runner.hands.ChannelHand;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An engine by itself, to be measured: no task, no record, and an empty project.
 *
 * <p>Every line that it hears is a word and a count, and is answered by a line of JSON. Where the lines end, as by the death
 * of whoever asks, it ends too, after the sandbox that is being made; nothing that it started is left then.
 */
final class SandboxTrial implements AutoCloseable {
    private static final String END = "";
    private static final int TOGETHER = 2;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Room room;
    private final SandboxEngine engine;
    private final Path place;
    private final List<Sandbox> idle = new ArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private volatile boolean over;

    private SandboxTrial(Room room, SandboxEngine engine, Path place) {
        this.room = room;
        this.engine = engine;
        this.place = place;
    }

    static void serve(Room room, SandboxEngine engine, InputStream asked, PrintStream answers)
            throws IOException, InterruptedException {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        try (SandboxTrial trial = in(room, engine)) {
            Thread.ofPlatform().daemon().name("trial-asked").start(() -> trial.hear(asked, lines));
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                answers.println(trial.answer(line).print());
                answers.flush();
            }
        }
    }

    private static SandboxTrial in(Room room, SandboxEngine engine) throws IOException {
        Path place = Files.createDirectory(
                room.state().resolve("trial-" + ProcessHandle.current().pid()));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
        SandboxTrial trial = new SandboxTrial(room, engine, place);
        for (int slot = 0; slot < room.slots(); slot++) {
            Path workspace = Files.createDirectory(trial.workspace(slot));
            Files.setAttribute(workspace, "unix:uid", room.uid(slot));
            Files.setAttribute(workspace, "unix:gid", room.uid(slot));
        }
        return trial;
    }

    private Path workspace(int slot) {
        return place.resolve("workspace-" + slot);
    }

    private void hear(InputStream asked, BlockingQueue<String> lines) {
        try (var reader = new BufferedReader(new InputStreamReader(asked, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException broken) {
            // Whoever asked is gone: that is the end, too.
            return;
        } finally {
            over = true;
            lines.add(END);
        }
    }

    private Json answer(String line) throws InterruptedException {
        try {
            endIdle();
            String[] words = line.split(" ", -1);
            int count = Integer.parseInt(words[words.length - 1]);
            return switch (words[0]) {
                case "starts" -> milliseconds(starts(count));
                case "calls" -> milliseconds(calls(count));
                case "turns" -> milliseconds(turns(count));
                case "idle" -> pids(idle(count));
                default -> failed("a trial knows starts, calls, turns and idle, not " + words[0]);
            };
        } catch (IOException | RuntimeException failed) {
            return failed(String.valueOf(failed.getMessage()));
        }
    }

    /** From asking until the first process inside has answered. */
    private List<Long> starts(int count) throws IOException {
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            try (Sandbox _ = start(0)) {
                took.add(System.nanoTime() - began);
            }
        }
        return took;
    }

    /** From asking the hand for a command to its end, in one sandbox. */
    private List<Long> calls(int count) throws IOException, InterruptedException {
        List<Long> took = new ArrayList<>();
        try (Sandbox sandbox = start(0);
                Hand hand = new ChannelHand(sandbox.fromHand(), sandbox.toHand())) {
            for (int i = 0; i < count; i++) {
                goOn();
                long began = System.nanoTime();
                call(hand);
                took.add(System.nanoTime() - began);
            }
        }
        return took;
    }

    /** As many sandboxes, each for one command, {@value #TOGETHER} at once: when each had ended, since the beginning. */
    private List<Long> turns(int count) throws IOException, InterruptedException {
        AtomicInteger left = new AtomicInteger(count);
        long began = System.nanoTime();
        List<Long> ended = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(TOGETHER)) {
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int slot = 0; slot < TOGETHER; slot++) {
                int mine = slot;
                all.add(threads.submit(() -> turnsOf(mine, left, began)));
            }
            for (Future<List<Long>> one : all) {
                ended.addAll(one.get());
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException told ? told : new IOException(failed);
        }
        return ended.stream().sorted().toList();
    }

    private List<Long> turnsOf(int slot, AtomicInteger left, long began) throws IOException, InterruptedException {
        List<Long> ended = new ArrayList<>();
        while (left.getAndDecrement() > 0) {
            try (Sandbox sandbox = start(slot);
                    Hand hand = new ChannelHand(sandbox.fromHand(), sandbox.toHand())) {
                call(hand);
            }
            ended.add(System.nanoTime() - began);
        }
        return ended;
    }

    /** They stay until the next line. */
    private List<Set<Long>> idle(int count) throws IOException {
        List<Set<Long>> processes = new ArrayList<>();
        for (int slot = 0; slot < count; slot++) {
            Set<Long> before = below();
            Sandbox sandbox = start(slot);
            idle.add(sandbox);
            Set<Long> own = below();
            own.removeAll(before);
            own.addAll(sandbox.processes());
            processes.add(own);
        }
        return processes;
    }

    /** What keeps a sandbox from outside is a child of this process. */
    private static Set<Long> below() {
        try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
            return all.map(ProcessHandle::pid).collect(Collectors.toCollection(HashSet::new));
        }
    }

    private Sandbox start(int slot) throws IOException {
        goOn();
        return engine.start(new SandboxSpec(
                place.getFileName() + "-" + made.incrementAndGet(), slot, workspace(slot), Limits.STANDARD, Map.of()));
    }

    private void goOn() throws IOException {
        if (over) {
            throw new IOException("nobody asks any more");
        }
    }

    private static void call(Hand hand) throws IOException, InterruptedException {
        Hand.Exit exit = hand.run(Hand.Command.of("/bin/true"), Hand.Sink.NONE).await(LONGEST);
        if (exit.code() != 0) {
            throw new IOException("/bin/true inside ended with exit code " + exit.code());
        }
    }

    private void endIdle() {
        while (!idle.isEmpty()) {
            idle.removeLast().close();
        }
    }

    @Override
    public void close() throws IOException {
        endIdle();
        for (int slot = 0; slot < room.slots(); slot++) {
            Files.deleteIfExists(workspace(slot));
        }
        Files.delete(place);
    }

    private static Json milliseconds(List<Long> nanos) {
        return told("ms", nanos.stream().map(one -> Json.of(TimeUnit.NANOSECONDS.toMicros(one) / 1e3)));
    }

    private static Json pids(List<Set<Long>> sandboxes) {
        return told(
                "pids",
                sandboxes.stream()
                        .map(pids -> new Json.Arr(pids.stream().map(Json::of).toList())));
    }

    private static Json told(String what, Stream<? extends Json> each) {
        return Json.object().put(what, new Json.Arr(List.copyOf(each.toList()))).build();
    }

    private static Json failed(String why) {
        return Json.object().put("failed", why).build();
    }
}
