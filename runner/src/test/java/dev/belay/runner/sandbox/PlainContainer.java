package dev.belay.runner.sandbox;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import dev.belay.runner.room.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/** The tests' image as people start one: root inside, the workspace bound in, and all else as Docker has it. */
final class PlainContainer implements AutoCloseable {
    private final Path workspace;
    private final GenericContainer<?> container;
    private int number;

    PlainContainer(Room room, Map<String, String> variables) throws IOException {
        String name = "plain-" + ProcessHandle.current().pid();
        this.workspace = Files.createDirectory(room.state().resolve(name));
        Bind bind = new Bind(room.hostState().orElseThrow().resolve(name).toString(), new Volume("/workspace"));
        this.container = TestDocker.container()
                .withCreateContainerCmdModifier(
                        create -> Objects.requireNonNull(create.getHostConfig()).withBinds(bind))
                .withWorkingDirectory("/workspace")
                .withEnv(variables)
                .withCommand("sleep", "infinity");
        container.start();
    }

    /** The exit code, in a directory of its own. */
    int tried(Attempt attempt) throws Exception {
        String place = "try-" + ++number;
        return said("mkdir " + place + " && cd " + place + " || exit 127\n" + attempt.command())
                .getExitCode();
    }

    String output(String command) throws Exception {
        return said(command).getStdout().strip();
    }

    private ExecResult said(String command) throws Exception {
        return container.execInContainer("/bin/sh", "-c", command);
    }

    /** What the machine's root made, only that root can remove. */
    @Override
    public void close() throws Exception {
        said("rm -rf /workspace/*");
        container.stop();
        Files.delete(workspace);
    }
}
