package dev.belay.cli.bench;

import dev.belay.cli.StateFolder;
import dev.belay.cli.local.Launch;
import dev.belay.cli.local.SpokenError;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * An engine of this installation by itself, in a room of its own, that says what it measured. It ends with its input, and so
 * with this process, whatever becomes of it.
 */
final class Trial implements AutoCloseable {
    private static final int WARM_UP = 5;
    private static final int SHOWN = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(5);

    private final Process process;
    private final Path errors;
    private final BufferedReader out;
    private final Writer in;

    private Trial(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** @param slots how many sandboxes there may be at once */
    static Trial of(Launch launch, int slots) throws IOException {
        // A session of its own: Ctrl-C in the terminal would end it before what it started.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(launch.trialCommand(slots));
        Path errors = StateFolder.make(launch.state().local()).resolve("trial.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().clear();
        launch.environment(builder.environment());
        return new Trial(builder.start(), errors);
    }

    /** Until a sandbox answers, each started from nothing; but the first load what every later one finds loaded. */
    Sample starts(int runs) throws IOException, InterruptedException {
        millis("starts", WARM_UP);
        return Sample.of(millis("starts", runs));
    }

    /** Milliseconds, one for each time. */
    List<Double> millis(String what, int times) throws IOException, InterruptedException {
        return ask(what, times).get("ms").items().stream().map(Json::decimal).toList();
    }

    /** The processes of each of some sandboxes, which stand until the next question. */
    List<List<Long>> idle(int sandboxes) throws IOException, InterruptedException {
        return ask("idle", sandboxes).get("pids").items().stream()
                .map(one -> one.items().stream().map(Json::number).toList())
                .toList();
    }

    private Json ask(String what, int times) throws IOException, InterruptedException {
        CompletableFuture<Json> answer = new CompletableFuture<>();
        // A thread that reads cannot be interrupted, and whoever ends the bench does not want to wait for a
        // measurement.
        Thread.ofVirtual().start(() -> {
            try {
                in.write(what + " " + times + "\n");
                in.flush();
                String line = out.readLine();
                answer.complete(line == null ? Json.NULL : Json.parse(line));
            } catch (IOException | JsonException broken) {
                answer.completeExceptionally(broken);
            }
        });
        Json said;
        try {
            said = answer.get();
        } catch (ExecutionException broken) {
            throw ended();
        }
        if (said.equals(Json.NULL)) {
            throw ended();
        }
        if (!said.text("failed").isEmpty()) {
            throw new IOException(said.text("failed"));
        }
        return said;
    }

    private IOException ended() throws IOException, InterruptedException {
        process.waitFor();
        String told = Files.readString(errors).strip();
        Optional<SpokenError> spoken = SpokenError.in(told);
        if (spoken.isEmpty()) {
            return new IOException("the trial of an engine ended without an answer: "
                    + told.substring(0, Math.min(SHOWN, told.length())).replace('\n', ' '));
        }
        String reason = spoken.get().what() + ": " + spoken.get().why();
        return spoken.get().code() == ErrorCode.E_NO_BUBBLEWRAP ? new AbsentException(reason) : new IOException(reason);
    }

    /** Returns when nothing is left of it: neither a sandbox nor what cleans up after it. */
    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            Set<ProcessHandle> all = new HashSet<>(Set.of(process.toHandle()));
            // Whose child it was cannot be seen any more when its parent has ended.
            addChildren(all);
            endInput();
            awaitEnd(all);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void addChildren(Set<ProcessHandle> all) {
        try (Stream<ProcessHandle> below = process.children()) {
            below.forEach(all::add);
        }
    }

    private void endInput() {
        try {
            in.close();
        } catch (IOException gone) {
            // Whoever has ended needs not be told to.
            return;
        }
    }

    private void awaitEnd(Set<ProcessHandle> all) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (all.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IOException("the trial of an engine does not end");
            }
            // Again and again: one that is closed early is still beginning.
            addChildren(all);
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
