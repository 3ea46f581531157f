package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A model server without a model, which judges what it is asked: a process of its own, from the distribution. */
final class ModelServer implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Path folder;

    private ModelServer(Process process, int port, Path folder) {
        this.process = process;
        this.port = port;
        this.folder = folder;
    }

    /** @param options as its command line takes them, such as faults */
    static ModelServer playing(Script script, String... options) {
        try {
            Path folder = Files.createTempDirectory("belay-model-");
            Path file = Files.writeString(folder.resolve("script.yaml"), script.yaml());
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    Belay.distribution().resolve("lib/runner") + "/*",
                    "dev.belay.runner.model.offline.OfflineServer",
                    "--script",
                    file.toString(),
                    "--seen",
                    folder.resolve("seen").toString()));
            command.addAll(List.of(options));
            Process process = new ProcessBuilder(command)
                    .redirectError(folder.resolve("errors").toFile())
                    .start();
            String ready = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (ready == null) {
                throw new AssertionError(
                        "the model server did not start: " + Files.readString(folder.resolve("errors")));
            }
            return new ModelServer(process, (int) Json.parse(ready).number("port"), folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    /** What it was asked, a request each. */
    List<Json> seen() {
        Path seen = folder.resolve("seen");
        try {
            return Files.exists(seen)
                    ? Files.readAllLines(seen).stream().map(Json::parse).toList()
                    : List.of();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the model server did not end with its input");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        Sh.run("rm", "-rf", folder.toString());
    }
}
