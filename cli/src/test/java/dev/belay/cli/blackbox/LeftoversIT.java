package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A test of the tests: what a system could leave behind is left behind, and is seen. */
class LeftoversIT {
    private Path folder;

    @BeforeEach
    void nothing_is_there_yet() throws IOException {
        folder = Files.createTempDirectory("belay-bb-leak-");
        assertThat(Leftovers.of(folder).isEmpty()).isTrue();
    }

    @AfterEach
    void nothing_is_there_any_more() {
        assertThat(Leftovers.of(folder).found()).isEmpty();
        Sh.run("rm", "-rf", folder.toString());
    }

    @Test
    void a_process_that_only_remembers_the_folder_is_seen() throws Exception {
        ProcessBuilder sleep = new ProcessBuilder("sleep", "600");
        sleep.environment().put("BELAY_STATE", folder.toString());
        Process leaked = sleep.start();
        try {
            assertThat(Leftovers.of(folder).pids()).containsExactly(leaked.pid());
            assertThat(Leftovers.of(folder).toString()).contains("process " + leaked.pid() + ": sleep 600");
        } finally {
            leaked.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_mount_is_seen_in_whichever_namespace_it_is() throws Exception {
        Process holder = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs none . && echo mounted && exec sleep 600")
                .directory(folder.toFile())
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("mounted");
            assertThat(Leftovers.of(folder).found())
                    .anyMatch(line -> line.startsWith("mount of process " + holder.pid() + ": "));
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_socket_is_seen_by_its_path_and_a_server_by_its_port() throws IOException {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            channel.bind(UnixDomainSocketAddress.of(path));

            assertThat(Leftovers.of(folder).found())
                    .singleElement()
                    .asString()
                    .startsWith("socket ")
                    .endsWith(path.toString());
            assertThat(Leftovers.listening(List.of(server.getLocalPort())).found())
                    .containsExactly("server on port " + server.getLocalPort());
            assertThat(Leftovers.listening(List.of(1)).found()).isEmpty();
        }
    }

    @Test
    void a_cgroup_of_a_runner_is_seen_after_the_runner_is_gone() throws IOException {
        long gone =
                Sh.run("sh", "-c", "echo $$").lines().mapToLong(Long::parseLong).sum();
        // None is an ordinary user's own: a folder of the same shape.
        Path hierarchies = OrdinaryUser.isRoot() ? Leftovers.CGROUPS : folder;
        Path above = oneOf(hierarchies).resolve("belay");
        boolean made = !Files.exists(above);
        Path leaked = Files.createDirectories(above.resolve(gone + "-123456"));
        try {
            assertThat(Leftovers.cgroups(hierarchies, List.of(gone)).found()).containsExactly("cgroup " + leaked);
            assertThat(Leftovers.cgroups(hierarchies, List.of(gone + 1)).found())
                    .isEmpty();
        } finally {
            Files.delete(leaked);
            if (made) {
                Files.delete(above);
            }
        }
    }

    /** Where the launcher puts its own. */
    private static Path oneOf(Path hierarchies) {
        Path freezer = hierarchies.resolve("freezer");
        return Files.isDirectory(freezer) ? freezer : hierarchies;
    }
}
