package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.OverlayMount;
import dev.belay.runner.linux.Processes;
import dev.belay.runner.linux.Stat;
import dev.belay.runner.room.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A workspace that the daemon mounts, and what the runner does with it meanwhile. */
@EnabledIfEnvironmentVariable(named = TestDocker.SOCKET, matches = "unix://.+")
class DockerLayersTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Room room = Room.fromEnvironment(System.getenv());
    private Path place;
    private Sandbox sandbox;
    private Shell shell;

    @BeforeEach
    void start_with_a_kept_a_changed_and_a_removed_file() throws IOException {
        place = Files.createDirectory(
                room.state().resolve("layers-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet()));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
        for (String name : List.of("lower", "upper", "work", "merged")) {
            give(Files.createDirectory(place.resolve(name)));
        }
        for (String name : List.of("kept", "changed", "removed")) {
            give(Files.writeString(place.resolve("lower").resolve(name), "old\n"));
        }
        start();
    }

    @AfterEach
    void nothing_is_left_that_the_runner_could_not_remove() throws IOException {
        sandbox.close();
        try (Directory state = Directory.open(room.state())) {
            state.removeAll(place.getFileName().toString());
        }
        assertThat(place).doesNotExist();
        try (DockerClient docker = TestDocker.client()) {
            assertThat(docker.listVolumesCmd()
                            .withFilter("label", List.of("dev.belay.sandbox=" + sandbox.id()))
                            .exec()
                            .getVolumes())
                    .isNullOrEmpty();
        }
    }

    @Test
    void what_the_task_changes_is_in_the_upper_layer_and_the_lower_stays() throws Exception {
        assertThat(shell.output("cat kept changed removed")).isEqualTo("old\nold\nold");

        assertThat(shell.run("echo new > changed && rm removed && mkdir made && echo x > made/file")
                        .code())
                .isZero();

        assertThat(place.resolve("upper/changed")).hasContent("new\n");
        assertThat(place.resolve("upper/made/file")).hasContent("x\n");
        assertThat(place.resolve("upper/kept")).doesNotExist();
        assertThat(place.resolve("lower/changed")).hasContent("old\n");
        try (Directory upper = Directory.open(place.resolve("upper"))) {
            Stat removed = upper.stat("removed");
            assertThat(removed.isWhiteout()).isTrue();
            assertThat(upper.stat("changed").uid()).isEqualTo(room.uid(0));
        }
    }

    @Test
    void after_the_end_of_one_the_runner_mounts_the_layers_and_writes_and_the_next_sees_it() throws Exception {
        shell.run("echo new > changed; (setsid sleep 1000 &) >/dev/null 2>&1");
        List<Long> before = sandbox.processes();
        assertThat(before).hasSizeGreaterThan(2);

        sandbox.close();
        assertThat(before).allMatch(pid -> Processes.state(pid).isEmpty());
        Path merged = place.resolve("merged");
        OverlayMount.mount(place.resolve("lower"), place.resolve("upper"), place.resolve("work"), merged);
        assertThat(merged.resolve("changed")).hasContent("new\n");
        give(Files.writeString(merged.resolve("changed"), "by the runner\n"));
        Files.delete(merged.resolve("kept"));
        OverlayMount.unmount(merged);
        start();

        assertThat(shell.output("cat changed; ls; echo mine >> changed; cat changed"))
                .isEqualTo("by the runner\nchanged\nremoved\nby the runner\nmine");
    }

    @Test
    void a_runners_own_mount_is_refused_since_docker_would_see_an_empty_directory() throws Exception {
        sandbox.close();
        Path merged = place.resolve("merged");
        OverlayMount.mount(place.resolve("lower"), place.resolve("upper"), place.resolve("work"), merged);
        SandboxSpec spec = new SandboxSpec("mounted", 0, merged, Limits.STANDARD, Map.of());

        try {
            assertThatThrownBy(() -> TestDocker.engine(room).start(spec)).hasMessageContaining("give its layers");
        } finally {
            OverlayMount.unmount(merged);
        }
    }

    private void start() throws IOException {
        sandbox = TestDocker.engine(room)
                .start(new SandboxSpec(
                        "layers-" + ProcessHandle.current().pid() + "-" + NUMBER.get(),
                        0,
                        new WorkspaceFiles.Layers(place.resolve("lower"), place.resolve("upper")),
                        Limits.STANDARD,
                        Map.of()));
        shell = new Shell(sandbox);
    }

    private void give(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", room.uid(0));
        Files.setAttribute(path, "unix:gid", room.uid(0));
    }
}
