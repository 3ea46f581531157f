package dev.belay.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.room.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine or an image that was asked for is never replaced by another. */
class EngineChoiceTest {
    private static final Path HAND = Path.of("src/main/dist/share/hand.pl");

    private final Room room = Room.fromEnvironment(System.getenv());

    @TempDir
    private Path directory;

    @Test
    void an_image_that_the_launcher_was_not_told_of_is_not_replaced_by_the_machines_tools() {
        assertRefused(
                Map.of("BELAY_IMAGE", "belay/base"),
                ErrorCode.E_USAGE,
                "the runner was not given the image belay/base",
                "belay-runner --image belay/base …");
    }

    @Test
    void an_image_in_which_no_command_could_run_is_named() throws IOException {
        Files.createDirectories(directory.resolve("usr"));

        assertRefused(
                Map.of(
                        "BELAY_IMAGE", "belay/empty",
                        "BELAY_ROOM_IMAGE", directory.toString(),
                        "BELAY_ROOM_IMAGE_NAME", "belay/empty@sha256:0"),
                ErrorCode.E_SANDBOX,
                "engine namespace: the image belay/empty@sha256:0 has no /bin/sh",
                "belay doctor");
    }

    private void assertRefused(Map<String, String> environment, ErrorCode code, String told, String next) {
        assertThatThrownBy(() -> EngineChoice.of(environment, room, HAND))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(code);
                    assertThat(refused.what() + refused.why()).contains(told);
                    assertThat(refused.next()).isEqualTo(next);
                });
    }
}
