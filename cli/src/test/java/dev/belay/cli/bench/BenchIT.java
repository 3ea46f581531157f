package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it was built, from outside. Its smallest row, because how fast it is is not tested here. */
class BenchIT {
    @TempDir
    Path folder;

    @Test
    void the_built_client_measures_itself() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of("target/belay/bin/belay").toAbsolutePath().toString(),
                        "bench",
                        "--rows",
                        "cli-version",
                        "--runs",
                        "5",
                        "--json")
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("BELAY_STATE", folder.resolve("state").toString());
        builder.environment().put("BELAY_JAVA_HOME", System.getProperty("java.home"));

        Process process = builder.start();
        Json report = Json.parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));

        assertThat(process.waitFor()).isZero();
        assertThat(report.get("rows").items()).hasSize(1);
        assertThat(report.get("rows").items().getFirst().text("verdict")).isIn("met", "missed");
        assertThat(report.get("machine").number("cores")).isPositive();
        assertThat(folder.resolve("state")).doesNotExist();
    }
}
