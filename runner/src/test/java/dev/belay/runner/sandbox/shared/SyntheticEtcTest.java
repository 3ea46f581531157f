package dev.belay.runner.sandbox.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticEtcTest {
    @TempDir
    private Path directory;

    private Path engine() throws IOException {
        return Files.createDirectory(directory.resolve("engine"));
    }

    @Test
    void what_programs_need_of_an_image_is_there_and_who_is_who_is_belays() throws Exception {
        Path image = Files.createDirectories(directory.resolve("image/ssl/certs"));
        Files.writeString(image.resolve("ca.pem"), "trusted");
        Files.writeString(directory.resolve("image/passwd"), "root::0:0::/:/bin/sh");

        Path etc = SyntheticEtc.below(engine(), directory.resolve("image"));

        assertThat(etc.resolve("ssl/certs/ca.pem")).hasContent("trusted");
        assertThat(etc.resolve("passwd")).content().contains("belay:x:1000:1000:");
    }

    @Test
    void a_link_of_an_image_does_not_lead_to_files_of_the_machine() throws Exception {
        Path home = Files.createDirectories(directory.resolve("home/certs"));
        Files.writeString(home.resolve("key.pem"), "secret");
        Path image = Files.createDirectory(directory.resolve("image"));
        Files.createSymbolicLink(image.resolve("ssl"), directory.resolve("home"));
        Files.createSymbolicLink(image.resolve("perl"), directory.resolve("home"));

        Path etc = SyntheticEtc.below(engine(), image);

        assertThat(etc.resolve("ssl")).doesNotExist();
        assertThat(etc.resolve("perl")).isSymbolicLink();
    }
}
