package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NamespaceEngineTest extends SandboxContract {
    @Override
    SandboxEngine engine(Room room, Path handProgram) throws IOException {
        return new NamespaceEngine(room, handProgram);
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
