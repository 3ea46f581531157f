package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

@EnabledIfEnvironmentVariable(named = TestDocker.SOCKET, matches = "unix://.+")
class DockerEngineTest extends SandboxContract {
    @Override
    SandboxEngine engine(Room room, Path handProgram) throws IOException {
        return TestDocker.engine(room, handProgram);
    }

    /** The kernel's own: a container has no user namespace that could show another. */
    @Override
    long uidInside(int slot) {
        return UidMap.own().kernelUid(room().uid(slot));
    }

    /** The relay is there, too. */
    @Override
    int ownProcesses() {
        return 2;
    }

    /** Connections to the daemon, of two descriptors each. */
    @Override
    int keptOpen() {
        return 2 * 16;
    }

    @Override
    Map<String, String> meansOtherwise() {
        String image = "the tree is the image's own, and not the machine's";
        String lacks = "the base image has no such program";
        return Map.ofEntries(
                Map.entry("look where rooms are", image),
                Map.entry("look into the machine's state", image),
                Map.entry("look into /opt, /boot and /sys", image),
                Map.entry("read the password hashes", image),
                Map.entry("read the machine's id and settings", image),
                Map.entry("find a socket anywhere", "there is one, the gateway's door"),
                Map.entry("find a place where setuid counts", "Docker mounts an image as it is; no_new_privs holds"),
                Map.entry("find a writable place where devices count", "nothing inside can make a device"),
                Map.entry(
                        "find a mount that is shared with the machine",
                        "Docker lets its own mounts follow the machine's"),
                Map.entry("write any file of /proc but one's own", "what Docker masks is /dev/null in its place"),
                Map.entry("find a device beyond the harmless ones", "the container's own message queues"),
                Map.entry("raise the cap on processes", "the cap is the container's cgroup, and no limit of a process"),
                Map.entry("node reads a file outside", lacks),
                Map.entry("node signals a process outside", lacks),
                Map.entry("node connects to a socket outside", lacks),
                Map.entry("java starts a program by a file outside", lacks),
                Map.entry("bring an interface up", lacks));
    }

    @Test
    void the_only_socket_inside_is_the_door() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output("find / -type s 2>/dev/null")).isEqualTo("/run/belay-io/gate");
    }

    @Test
    void nothing_of_the_channel_can_be_found_by_name_once_the_hand_has_answered() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output("ls /run/belay-io")).isEqualTo("gate");
    }

    @Test
    void what_a_sandbox_had_in_the_state_goes_with_it() throws Exception {
        Path engine = room().state().resolve("engine");
        List<Path> before = list(engine);
        Sandbox sandbox = start(0, Limits.STANDARD);
        assertThat(list(engine)).hasSize(before.size() + 1);

        sandbox.close();

        assertThat(list(engine)).isEqualTo(before);
    }

    @Test
    void what_a_dead_runner_left_is_removed_and_what_lives_is_not() throws Exception {
        try (DockerClient docker = TestDocker.client()) {
            Sandbox living = start(0, Limits.STANDARD);
            Map<String, String> labels =
                    new HashMap<>(container(docker, living.id()).getLabels());
            labels.put("dev.belay.life", "999999999-1");
            labels.put("dev.belay.sandbox", "left-over");
            String left = docker.createContainerCmd(TestDocker.image())
                    .withCmd("true")
                    .withLabels(labels)
                    .exec()
                    .getId();
            String volume = docker.createVolumeCmd().withLabels(labels).exec().getName();
            Path directory =
                    Files.createDirectory(room().state().resolve("engine").resolve("io-999999999-1-7"));

            engine(room());

            assertThat(containers(docker))
                    .extracting(Container::getId)
                    .doesNotContain(left)
                    .contains(container(docker, living.id()).getId());
            assertThat(docker.listVolumesCmd().exec().getVolumes())
                    .extracting(found -> found.getName())
                    .doesNotContain(volume);
            assertThat(directory).doesNotExist();
            assertThat(new Shell(living).output("echo there")).isEqualTo("there");
        }
    }

    @Test
    void docker_is_told_of_every_bound() throws Exception {
        Sandbox sandbox = start(0, new Limits(64, 32, 150, 1 << 20, Limits.STANDARD.command(), 64));
        try (DockerClient docker = TestDocker.client()) {
            var host = docker.inspectContainerCmd(
                            container(docker, sandbox.id()).getId())
                    .exec()
                    .getHostConfig();

            assertThat(host.getMemory()).isEqualTo(64L << 20);
            assertThat(host.getMemorySwap()).as("memory and swap together").isEqualTo(64L << 20);
            assertThat(host.getCpuQuota()).isEqualTo(150_000);
            assertThat(host.getPidsLimit()).as("and the relay").isEqualTo(33);
            assertThat(host.getReadonlyRootfs()).isTrue();
            assertThat(host.getNetworkMode()).isEqualTo("none");
        }
    }

    private static Container container(DockerClient docker, String sandbox) {
        return containers(docker).stream()
                .filter(each -> sandbox.equals(each.getLabels().get("dev.belay.sandbox")))
                .findFirst()
                .orElseThrow();
    }

    private static List<Container> containers(DockerClient docker) {
        return docker.listContainersCmd().withShowAll(true).exec();
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }
}
