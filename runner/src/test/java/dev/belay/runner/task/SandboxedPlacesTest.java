package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is given up of tasks that nobody works on, and which tools a task has. */
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
                new NoPacks(),
                new NoSecrets(),
                OpenedAddresses.parse(""));
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

    @Test
    void a_task_has_the_tools_that_its_assignment_names_in_the_form_of_its_model() {
        assertThat(tools(Assignment.newBuilder().setModel("openai/gpt-5")))
                .containsExactly("Bash", "Read", "apply_patch", "Write", "Glob", "Grep");
        assertThat(tools(Assignment.newBuilder()
                        .setModel("anthropic/m")
                        .addAllAllowedTools(List.of("Read", "Edit", "Bash"))
                        .addDisallowedTools("Bash")))
                .containsExactly("Read", "Edit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"script", "anthropic/m", "openai/gpt-5"})
    void a_call_of_a_tool_that_a_task_is_not_given_never_comes_to_the_sandbox(String model) throws Exception {
        Tools tools = SandboxedPlaces.tools(
                Assignment.newBuilder()
                        .setModel(model)
                        .addAllAllowedTools(List.of("Read", "Grep"))
                        .build(),
                new NoHand(),
                dev.belay.runner.hands.Guard.NONE);

        for (String tool : List.of("Bash", "bash", "Edit", "Write", "apply_patch", "APPLY_PATCH", "Glob")) {
            ToolOutcome outcome =
                    tools.call(new ToolCall("c", tool, Json.object().build()));

            assertThat(outcome.isError()).isTrue();
            assertThat(outcome.output()).startsWith("This task is not given ").endsWith("The tools are Read, Grep.");
        }
    }

    private static List<String> tools(Assignment.Builder assignment) {
        return SandboxedPlaces.tools(assignment.build(), new NoHand(), dev.belay.runner.hands.Guard.NONE)
                .specs()
                .stream()
                .map(ToolSpec::name)
                .toList();
    }

    private Path pack(String task) {
        return state.resolve("tasks/" + task + "/snapshots.git/objects/pack/pack-1.pack");
    }

    private void write(String task, String file) throws IOException {
        Path path = state.resolve("tasks").resolve(task).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "x");
    }

    private static final class NoHand implements Hand {
        private static AssertionError asked() {
            return new AssertionError("nothing is asked of it");
        }

        @Override
        public Running run(Command command, Sink sink) {
            throw asked();
        }

        @Override
        public FileContent read(String path, long offset, int limit) {
            throw asked();
        }

        @Override
        public void write(String path, byte[] content) {
            throw asked();
        }

        @Override
        public FileStatus status(String path) {
            throw asked();
        }

        @Override
        public Duration ping() {
            throw asked();
        }

        @Override
        public void close() {}
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

    private record NoSecrets() implements Secrets {
        @Override
        public List<Held> first(String task, int epoch) {
            throw new AssertionError("no policy names a secret here");
        }

        @Override
        public List<Held> again(String task, int epoch) {
            throw new AssertionError("no policy names a secret here");
        }
    }
}
