package dev.belay.cli.bench;

import dev.belay.proto.json.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runners that only speak, in a process of their own, against the bench's controller. */
final class Crowd implements AutoCloseable {
    private static final int SHOWN = 500;

    private final Process process;
    private final Path errors;
    private final BufferedReader out;

    private Crowd(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    static Crowd begin(Site site, String scenario, int... numbers) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                site.java(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                runnerJars(site.home()),
                "dev.belay.runner.crowd.Crowd",
                site.grpcAddress(),
                site.runnerToken().toString(),
                scenario));
        for (int number : numbers) {
            command.add(Integer.toString(number));
        }
        Path errors = Files.createTempFile("belay-crowd-", ".log");
        return new Crowd(
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectError(errors.toFile())
                        .start(),
                errors);
    }

    /** The whole scenario. */
    static Json play(Site site, String scenario, int... numbers) throws IOException, InterruptedException {
        try (Crowd crowd = begin(site, scenario, numbers)) {
            return crowd.end();
        }
    }

    /** How many per second, stretch by stretch. */
    static Sample rates(Json said) {
        return Sample.of(
                said.get("per_second").items().stream().map(Json::decimal).toList());
    }

    static Sample millis(Json said) {
        return Sample.of(said.get("ms").items().stream().map(Json::decimal).toList());
    }

    private static String runnerJars(Path home) throws IOException {
        try (Stream<Path> jars = Files.list(home.resolve("lib/runner"))) {
            return String.join(
                    File.pathSeparator,
                    jars.map(Path::toString).filter(jar -> jar.endsWith(".jar")).toList());
        }
    }

    /** The next thing that it says. */
    Json says() throws IOException, InterruptedException {
        String line = out.readLine();
        if (line == null) {
            process.waitFor();
            String why = Files.readString(errors).strip();
            throw new IOException("the crowd ended without an answer: "
                    + why.substring(0, Math.min(SHOWN, why.length())).replace('\n', ' '));
        }
        return Json.parse(line);
    }

    /** Its last word. */
    Json end() throws IOException, InterruptedException {
        Json said = says();
        process.waitFor();
        return said;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(errors);
    }
}
