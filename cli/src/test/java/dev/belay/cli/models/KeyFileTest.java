package dev.belay.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.StateFolder;
import dev.belay.proto.error.BelayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir
    Path state;

    @TempDir
    Path elsewhere;

    private Path keys() {
        return state.resolve("runner/room/keys");
    }

    private KeyFile file() {
        return new KeyFile(new StateFolder(state), "acme");
    }

    @BeforeEach
    void a_runner_has_a_room() throws IOException {
        Files.createDirectories(state.resolve("runner/room"));
    }

    @Test
    void a_key_is_the_runners_alone_and_replaces_the_one_before_it() throws IOException {
        file().write("first");
        file().write("second");

        assertThat(keys().resolve("acme")).hasContent("second");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys().resolve("acme"))))
                .isEqualTo("rw-------");
        try (var beside = Files.list(state.resolve("runner"))) {
            assertThat(beside).as("nothing of it is left beside").containsExactly(state.resolve("runner/room"));
        }
    }

    @Test
    void a_key_that_was_given_can_be_taken_back_once() {
        file().write("first");

        assertThat(file().remove()).isTrue();
        assertThat(file().remove()).isFalse();
    }

    @Test
    void no_link_that_a_runner_put_into_its_room_is_followed() throws IOException {
        Files.writeString(elsewhere.resolve("acme"), "another's");
        Files.createSymbolicLink(keys(), elsewhere);

        assertThatThrownBy(() -> file().write("first")).isInstanceOf(BelayException.class);
        assertThatThrownBy(() -> file().remove()).isInstanceOf(BelayException.class);

        assertThat(elsewhere.resolve("acme")).hasContent("another's");
        try (var beside = Files.list(state.resolve("runner"))) {
            assertThat(beside).containsExactly(state.resolve("runner/room"));
        }
    }
}
