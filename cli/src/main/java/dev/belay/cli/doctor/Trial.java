package dev.belay.cli.doctor;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A command that is tried: what it said, and whether it went well. It never outlives its time. */
record Trial(int exit, String output, String errors) {
    private static final int MOST_BYTES = 1 << 20;
    static final int NOT_STARTED = -1;

    static Trial of(Duration most, List<String> command, Consumer<Map<String, String>> environment)
            throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
        environment.accept(builder.environment());
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            return new Trial(NOT_STARTED, "", String.valueOf(absent.getMessage()));
        }
        CompletableFuture<String> out =
                CompletableFuture.supplyAsync(() -> text(process.getInputStream()), Thread::startVirtualThread);
        CompletableFuture<String> err =
                CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Thread::startVirtualThread);
        if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return new Trial(NOT_STARTED, "", "no answer in " + most.toSeconds() + " s");
        }
        return new Trial(process.exitValue(), out.join(), err.join());
    }

    static Trial of(String... command) throws InterruptedException {
        return of(Duration.ofSeconds(10), List.of(command), _ -> {});
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
        } catch (IOException cut) {
            return "";
        }
    }

    boolean well() {
        return exit == 0;
    }

    /** The first line of what it said, of its errors when it said nothing. */
    String said() {
        String text = output.isEmpty() ? errors : output;
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
