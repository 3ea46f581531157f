package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NamespaceEngineTest extends SandboxContract {
    @Override
    SandboxEngine engine(Room room) throws IOException {
        Path program = room.state().resolve("stand-in-hand.pl");
        try (InputStream in = getClass().getResourceAsStream("stand-in-hand.pl")) {
            Files.write(program, Objects.requireNonNull(in).readAllBytes());
        }
        return new NamespaceEngine(room, program);
    }

    @Test
    void a_hand_that_ends_at_once_is_told_with_what_it_complained_of() throws IOException {
        Path program = Files.writeString(room().state().resolve("unlucky.pl"), "print STDERR qq(no luck\\n); exit 3");
        NamespaceEngine broken = new NamespaceEngine(room(), program);
        SandboxSpec spec = new SandboxSpec("broken", 0, room().state().resolve("contract"), Limits.STANDARD, Map.of());
        Files.createDirectories(spec.workspace());

        assertThatThrownBy(() -> broken.start(spec))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("no luck");
    }

    @Test
    void a_hand_that_says_something_else_first_is_not_believed() throws IOException {
        Path program = Files.writeString(room().state().resolve("rude.pl"), "$|=1; print q(hello, world); sleep 60");
        NamespaceEngine broken = new NamespaceEngine(room(), program);
        SandboxSpec spec = new SandboxSpec("rude", 0, room().state().resolve("contract"), Limits.STANDARD, Map.of());
        Files.createDirectories(spec.workspace());

        assertThatThrownBy(() -> broken.start(spec)).hasMessageContaining("not a pong");
    }

    @Test
    void no_cgroup_is_left_behind() throws Exception {
        assumeTrue(!room().cgroups().isEmpty(), "none was delegated: a weaker cell, see THREATS.md");
        Sandbox sandbox = start(0, Limits.STANDARD);
        Path memory = room().cgroups().values().iterator().next().resolve(sandbox.id());
        assertThat(memory).exists();

        sandbox.close();

        assertThat(memory).doesNotExist();
    }
}
