package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it was built, from outside. How fast it is is not tested here. */
class BenchIT {
    private static final List<String> SANDBOXES = List.of(
            "sandbox-start-namespace",
            "sandboxes-per-second",
            "sandbox-memory",
            "sandbox-start-docker",
            "tool-call-docker");

    @TempDir
    Path folder;

    private Process bench(Map<String, String> variables, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        // Whoever starts the build in the background ignores SIGINT, and that is
                                        // inherited.
                                        "env",
                                        "--default-signal=INT",
                                        Path.of("target/belay/bin/belay")
                                                .toAbsolutePath()
                                                .toString(),
                                        "bench",
                                        "--runs",
                                        "5",
                                        "--json",
                                        "--rows"),
                                Stream.of(words))
                        .toList())
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectError(folder.resolve("errors").toFile());
        builder.environment().put("BELAY_STATE", folder.resolve("state").toString());
        builder.environment().put("BELAY_JAVA_HOME", System.getProperty("java.home"));
        // What is made for a while lies below it.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary());
        builder.environment().putAll(variables);
        return builder.start();
    }

    private Path temporary() throws IOException {
        return Files.createDirectories(folder.resolve("temporary"));
    }

    /** The engine of containers that the script of all tests starts; without it, one that is not there. */
    private Map<String, String> engine() {
        return Map.of(
                "BELAY_DOCKER",
                Objects.requireNonNullElse(
                        System.getenv("BELAY_TEST_DOCKER"), "unix://" + folder.resolve("docker.sock")));
    }

    private static Json report(Process process) throws IOException {
        return Json.parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** The command lines of what was started for this bench: its state is in the environment of each. */
    private List<String> started() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(one -> read(one, "environ").contains(folder.toString()))
                    .map(one -> read(one, "cmdline").replace('\0', ' '))
                    .toList();
        }
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrAnothers) {
            return "";
        }
    }

    @Test
    void the_built_client_measures_itself() throws Exception {
        Process process = bench(Map.of(), "cli-version");

        Json report = report(process);

        assertThat(process.waitFor()).isZero();
        assertThat(report.get("rows").items()).hasSize(1);
        assertThat(report.get("rows").items().getFirst().text("verdict")).isIn("met", "missed");
        assertThat(report.get("machine").number("cores")).isPositive();
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void each_row_on_sandboxes_says_a_figure_beside_its_yardstick_or_what_is_missing() throws Exception {
        Process process = bench(engine(), String.join(",", SANDBOXES));

        Json report = report(process);

        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("errors")))
                .isZero();
        assertThat(report.get("rows").items())
                .extracting(row -> row.text("name"))
                .isEqualTo(SANDBOXES);
        assertThat(report.get("rows").items()).allSatisfy(row -> {
            if (row.text("verdict").equals("absent")) {
                assertThat(row.text("reason")).isNotEmpty();
                assertThat(row.text("name")).contains("docker");
            } else {
                assertThat(row.text("verdict")).isIn("met", "missed", "no_target");
                assertThat(row.number("n")).isGreaterThanOrEqualTo(5);
                assertThat(row.text("yardstick")).isNotEmpty();
                assertThat(row.get("ratio")).isNotEqualTo(Json.NULL);
            }
        });
        assertThat(started()).isEmpty();
        assertThat(temporary()).isEmptyDirectory();
    }

    @Test
    void a_bench_that_is_interrupted_among_sandboxes_leaves_nothing_behind() throws Exception {
        Process process = bench(Map.of(), "sandboxes-per-second");
        while (started().stream().noneMatch(line -> line.strip().endsWith("--trial"))) {
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("errors")))
                    .isTrue();
            Thread.onSpinWait();
        }

        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(started()).isEmpty();
        assertThat(temporary()).isEmptyDirectory();
    }
}
