package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.docker.DockerEngine;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot work is said before anything runs, with its cause and its cure. */
@EnabledIfEnvironmentVariable(named = TestDocker.SOCKET, matches = "unix://.+")
class DockerRefusalsTest {
    private static final String OTHER_DIGEST = "@sha256:" + "0123456789abcdef".repeat(4);

    private final Room room = Room.fromEnvironment(System.getenv());

    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:2375, is no socket of this machine",
        "unix:///nowhere/docker.sock, there is no socket /nowhere/docker.sock"
    })
    void a_daemon_that_cannot_be_reached(URI socket, String told) {
        assertThatThrownBy(() -> engine(socket, TestDocker.image(), Optional.empty()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(told);
    }

    @Test
    void a_socket_whose_daemon_is_dead() throws IOException {
        Path path = room.state().resolve("dead-" + ProcessHandle.current().pid());
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(path));
        }
        assertThatThrownBy(() -> engine(URI.create("unix://" + path), TestDocker.image(), Optional.empty()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("no daemon answers")
                .hasMessageContaining("systemctl start docker");
        Files.delete(path);
    }

    @Test
    void an_image_that_is_not_here_is_not_fetched() {
        assertThatThrownBy(() -> engine("belay-no-such-image:latest"))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(
                        "there is no image belay-no-such-image:latest here, and none is fetched: sudo sandbox-images/build");
    }

    @Test
    void an_image_whose_digest_is_another() {
        assertThatThrownBy(() -> engine(TestDocker.image() + OTHER_DIGEST))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("is not the one with the digest");
    }

    @Test
    void an_image_with_its_own_digest_is_taken() throws Exception {
        try (DockerClient docker = TestDocker.client()) {
            String id = docker.inspectImageCmd(TestDocker.image()).exec().getId();

            assertThat(engine(TestDocker.image() + "@" + id).name()).isEqualTo("docker");
        }
    }

    /** The one that the engine of namespaces knows it by. */
    @Test
    void an_image_that_was_built_here_is_taken_with_the_digest_of_its_archive_too() throws Exception {
        try (DockerClient docker = TestDocker.client()) {
            String content = Objects.requireNonNull(
                            docker.inspectImageCmd(TestDocker.image()).exec().getConfig())
                    .getLabels()
                    .get("dev.belay.content");

            assertThat(engine(TestDocker.image() + "@" + content).name()).isEqualTo("docker");
        }
    }

    @Test
    void a_runtime_that_the_daemon_does_not_know() {
        assertThatThrownBy(() ->
                        engine(TestDocker.settings().socket(), TestDocker.image(), Optional.of("no-such-runtime")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("knows no runtime no-such-runtime, only")
                .hasMessageContaining("runc");
    }

    @ParameterizedTest
    @CsvSource({"8, 64", "64, 2"})
    void limits_that_no_container_can_live_in(int memoryMib, int processes) throws Exception {
        SandboxEngine engine = TestDocker.engine(room);
        Limits limits = new Limits(memoryMib, processes, 100, 1 << 20, Duration.ofMinutes(1), 64);

        assertThatThrownBy(() -> engine.start(new SandboxSpec("small", 0, room.state(), limits, Map.of())))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("raise the task's limits");
    }

    @Test
    void a_workspace_that_docker_cannot_be_shown() throws Exception {
        SandboxEngine engine = TestDocker.engine(room);

        assertThatThrownBy(
                        () -> engine.start(new SandboxSpec("outside", 0, Path.of("/usr"), Limits.STANDARD, Map.of())))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("/usr");
    }

    @Test
    void an_image_without_a_shell() throws Exception {
        try (OtherImage image = OtherImage.without("/usr/bin/sh", "/bin/sh")) {
            SandboxEngine engine = engine(image.name());
            Path workspace = Files.createDirectories(room.state().resolve("refusals"));

            assertThatThrownBy(() -> engine.start(new SandboxSpec("no-shell", 0, workspace, Limits.STANDARD, Map.of())))
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("has no /bin/sh");
        }
    }

    private DockerEngine engine(String image) throws IOException {
        return engine(TestDocker.settings().socket(), image, Optional.empty());
    }

    private DockerEngine engine(URI socket, String image, Optional<String> runtime) throws IOException {
        return new DockerEngine(
                room,
                new DockerEngine.Settings(socket, image, runtime),
                SandboxContract.program(room, "stand-in-hand.pl"));
    }
}
