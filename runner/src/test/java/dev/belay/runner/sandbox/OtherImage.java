package dev.belay.runner.sandbox;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

/** The tests' image without some of its files, for as long as a test needs it. */
record OtherImage(String name) implements AutoCloseable {
    static OtherImage without(String... files) throws IOException {
        String name = "belay-test-other-" + ProcessHandle.current().pid();
        List<String> command =
                Stream.concat(Stream.of("rm", "-f"), Stream.of(files)).toList();
        try (DockerClient docker = TestDocker.client();
                GenericContainer<?> container = TestDocker.container()
                        .withCreateContainerCmdModifier(create -> create.withEntrypoint(command))
                        .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
            container.start();
            docker.commitCmd(container.getContainerId()).withRepository(name).exec();
        }
        return new OtherImage(name);
    }

    @Override
    public void close() throws IOException {
        try (DockerClient docker = TestDocker.client()) {
            docker.removeImageCmd(name).exec();
        }
    }
}
