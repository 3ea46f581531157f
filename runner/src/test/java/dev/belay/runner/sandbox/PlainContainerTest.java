package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.room.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds in Belay's containers is held by Belay: a plain one of the same image, on the same daemon, is the control. */
@EnabledIfEnvironmentVariable(named = TestDocker.SOCKET, matches = "unix://.+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainContainerTest {
    private final Room room = Room.fromEnvironment(System.getenv());
    private final String name = "beside-plain-" + ProcessHandle.current().pid();
    private final List<AutoCloseable> open = new ArrayList<>();
    private PlainContainer plain;
    private Battery battery;

    @BeforeAll
    void start_both() throws Exception {
        Surroundings surroundings = new Surroundings(room.state().resolve(name), room.state());
        SandboxEngine engine = TestDocker.engine(room);
        Path workspace = workspace();
        battery = new Battery(
                surroundings,
                variables -> engine.start(new SandboxSpec(name, 0, workspace, Limits.STANDARD, variables)));
        open.add(battery);
        plain = new PlainContainer(room, surroundings.variables());
        open.add(plain);
    }

    @AfterAll
    void end_what_has_started() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    static Stream<Attempt> letThrough() {
        return LetThrough.attempts();
    }

    @ParameterizedTest
    @MethodSource("letThrough")
    void lets_through_what_belay_stops(Attempt attempt) throws Exception {
        assertThat(plain.tried(attempt)).as(attempt.command()).isZero();

        battery.tried(attempt);
    }

    @Test
    void root_in_it_is_the_root_of_the_machine() throws Exception {
        assertThat(plain.output("id -u; cat /proc/self/uid_map").split("\\s+"))
                .containsExactly("0", "0", "0", Long.toString(0xFFFF_FFFFL));
    }

    /** Of Belay's: {@link DockerEngineTest#docker_is_told_of_every_bound}. Read, since to reach them would be the machine's end. */
    @Test
    void neither_its_memory_nor_its_processes_are_bounded() throws Exception {
        long machine = 1024 * Long.parseLong(plain.output("perl -ne 'print $1 if /^MemTotal: *(\\d+)/' /proc/meminfo"));

        assertThat(bound("memory.max", "memory/memory.limit_in_bytes")).isGreaterThan(machine);
        assertThat(bound("pids.max", "pids/pids.max")).isGreaterThan(4L * Limits.STANDARD.processes());
    }

    private long bound(String unified, String byController) throws Exception {
        String told = plain.output("cd /sys/fs/cgroup && cat " + unified + " || cat " + byController);
        return told.equals("max") ? Long.MAX_VALUE : Long.parseLong(told);
    }

    private Path workspace() throws IOException {
        Path parent = Files.createDirectories(room.state().resolve("contract"));
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx--x--x"));
        Path workspace = Files.createDirectory(parent.resolve(name));
        Files.setAttribute(workspace, "unix:uid", room.uid(0));
        Files.setAttribute(workspace, "unix:gid", room.uid(0));
        return workspace;
    }
}
