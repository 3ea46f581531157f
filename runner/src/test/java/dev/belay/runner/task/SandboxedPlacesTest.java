package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given up of tasks that nobody works on. */
class SandboxedPlacesTest {
    @TempDir
    Path state;

    private SandboxedPlaces places;

    @BeforeEach
    void two_tasks_have_ended_here() throws IOException {
        NoEngine engine = new NoEngine();
        places = new SandboxedPlaces(
                new Room(state, Optional.empty(), OptionalInt.empty(), 1, Map.of()),
                engine,
                engine.probe(),
                new NoPacks());
        for (String task : List.of("t-sent", "t-owed")) {
            write(task, "workspace/upper/build/big");
            write(task, "snapshots.git/objects/pack/pack-1.pack");
        }
    }

    @Test
    void snapshots_that_the_controller_may_not_have_stay_when_all_else_makes_place() throws IOException {
        places.discardKept(Set.of("t-owed")::contains);

        assertThat(state.resolve("tasks/t-sent")).doesNotExist();
        assertThat(state.resolve("tasks/t-owed/workspace")).doesNotExist();
        assertThat(pack("t-owed")).exists();
    }

    @Test
    void the_files_of_a_task_that_fills_the_disk_go_and_its_snapshots_stay() throws IOException {
        places.discardFiles("t-owed");

        assertThat(state.resolve("tasks/t-owed/workspace")).doesNotExist();
        assertThat(pack("t-owed")).exists();
    }

    @Test
    void giving_up_what_is_gone_already_is_no_failure() throws IOException {
        places.discard("t-owed");

        places.discardFiles("t-owed");
        places.discard("t-owed");

        assertThat(state.resolve("tasks/t-owed")).doesNotExist();
    }

    private Path pack(String task) {
        return state.resolve("tasks/" + task + "/snapshots.git/objects/pack/pack-1.pack");
    }

    private void write(String task, String file) throws IOException {
        Path path = state.resolve("tasks").resolve(task).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "x");
    }

    private static final class NoEngine implements SandboxEngine {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public EngineReport probe() {
            return new EngineReport("none", List.of());
        }

        @Override
        public Sandbox start(SandboxSpec spec) throws SandboxException {
            throw new SandboxException("there is none");
        }
    }

    private static final class NoPacks implements Packs {
        @Override
        public void fetch(String task, String sha256, Taker taker) {
            throw new AssertionError("nothing is fetched");
        }

        @Override
        public void store(String task, int epoch, String sha256, Path pack) {
            throw new AssertionError("nothing is stored");
        }
    }
}
