package dev.belay.cli.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialFileTest {
    @TempDir
    Path state;

    /** A process that is told to end while it has one. */
    static final class Interrupted {
        private Interrupted() {}

        public static void main(String[] args) throws IOException {
            try (TrialFile file = TrialFile.in(Path.of(args[0]), TrialScript.withNothing())) {
                System.out.println(Files.size(file.path()));
                System.in.read();
            }
        }
    }

    @Test
    void it_is_there_until_it_is_closed() throws IOException {
        try (TrialFile file = TrialFile.in(state, TrialScript.withNothing())) {
            assertThat(file.path())
                    .hasFileName("env-test.yaml")
                    .hasContent(TrialScript.withNothing().text());
        }

        assertThat(state).isEmptyDirectory();
    }

    @Test
    void it_does_not_outlive_its_process() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Interrupted.class.getName(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String size = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertThat(size).isNotNull();
            assertThat(state).isNotEmptyDirectory();

            process.destroy();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(state).isEmptyDirectory();
        } finally {
            process.destroyForcibly();
        }
    }
}
