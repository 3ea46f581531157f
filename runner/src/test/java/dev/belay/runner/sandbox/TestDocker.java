package dev.belay.runner.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.docker.DockerEngine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** The daemon that tests may use: {@code BELAY_TEST_DOCKER} is its socket, {@code BELAY_TEST_IMAGE} an image that is there. */
final class TestDocker {
    static final String SOCKET = "BELAY_TEST_DOCKER";

    private TestDocker() {}

    static DockerEngine.Settings settings() {
        return new DockerEngine.Settings(URI.create(System.getenv(SOCKET)), image(), Optional.empty());
    }

    static String image() {
        return System.getenv("BELAY_TEST_IMAGE");
    }

    static DockerEngine engine(Room room) throws IOException {
        return engine(room, SandboxContract.program(room, "stand-in-hand.pl"));
    }

    static DockerEngine engine(Room room, Path handProgram) throws IOException {
        return engine(room, image(), handProgram);
    }

    static DockerEngine engine(Room room, String image, Path handProgram) throws IOException {
        return new DockerEngine(
                room, new DockerEngine.Settings(settings().socket(), image, Optional.empty()), handProgram);
    }

    static DockerClient client() {
        var config = new DefaultDockerClientConfig.Builder()
                .withProperties(new Properties())
                .withDockerHost(System.getenv(SOCKET))
                .build();
        return DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .build());
    }

    /** One of the tests' image, which nothing fetches; the daemon has no bridge that it could be connected to. */
    static GenericContainer<?> container() {
        URI found = DockerClientFactory.instance().getTransportConfig().getDockerHost();
        if (!found.equals(settings().socket())) {
            throw new IllegalStateException("a setting of this machine leads Testcontainers to " + found);
        }
        return new GenericContainer<>(DockerImageName.parse(image()))
                .withImagePullPolicy(_ -> false)
                .withNetworkMode("none");
    }
}
