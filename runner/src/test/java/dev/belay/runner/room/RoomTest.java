package dev.belay.runner.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** This JVM was started by the launcher; what it promises is checked from inside. */
class RoomTest {
    private final Room room = Room.fromEnvironment(System.getenv());

    @Test
    void the_runner_is_never_real_root() throws IOException {
        String[] map = Files.readString(Path.of("/proc/self/uid_map")).trim().split("\\s+");

        assertThat(map[0]).isEqualTo("0");
        assertThat(map[1]).as("the kernel uid behind the runner's uid 0").isNotEqualTo("0");
    }

    @Test
    void no_capability_is_handed_on_to_children_as_ambient() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));

        assertThat(status).contains("CapAmb:\t0000000000000000", "CapInh:\t0000000000000000");
    }

    @Test
    void the_state_can_be_written_and_passed_through_but_not_listed_by_others() throws IOException {
        Path file = Files.writeString(
                room.state().resolve("canary-" + ProcessHandle.current().pid()), "x");

        assertThat(file).hasContent("x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(room.state())))
                .isEqualTo("rwx--x--x");
        Files.delete(file);
    }

    @Test
    void the_room_itself_belongs_to_real_root_and_cannot_be_written() {
        assumeTrue(room.firstUid().isPresent(), "a person's room belongs to that person");
        assertThatThrownBy(() -> Files.createFile(room.state().resolveSibling("intruder")))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void what_a_slot_sees_of_the_checkouts_belongs_to_that_slots_uid() throws IOException {
        assumeTrue(room.views().isPresent(), "only root has a uid per slot");
        Path checkout = Files.createDirectory(
                room.checkouts().resolve("c-" + ProcessHandle.current().pid()));
        Path file = Files.writeString(checkout.resolve("file"), "x");

        for (int slot = 0; slot < room.slots(); slot++) {
            Path seen = room.checkouts(slot).resolve(checkout.getFileName());
            assertThat(Files.getAttribute(seen, "unix:uid")).isEqualTo(room.uid(slot));
            assertThat(Files.getAttribute(seen.resolve("file"), "unix:uid")).isEqualTo(1000 + slot);
            assertThatThrownBy(() -> Files.createFile(seen.resolve("intruder"))).isInstanceOf(IOException.class);
        }
        Files.delete(file);
        Files.delete(checkout);
    }

    @Test
    void a_cgroup_directory_that_is_named_can_be_divided() throws IOException {
        for (Path directory : room.cgroups().values()) {
            Path child = Files.createDirectory(directory.resolve("canary"));
            assertThat(child.resolve("cgroup.procs")).isWritable();
            Files.delete(child);
        }
    }

    @Test
    void a_room_is_read_from_the_environment() {
        Room read = Room.fromEnvironment(Map.of(
                "BELAY_ROOM_STATE", "/s",
                "BELAY_ROOM_VIEWS", "/v",
                "BELAY_ROOM_FIRST_UID", "1000",
                "BELAY_ROOM_SLOTS", "3",
                "BELAY_ROOM_CGROUPS", "memory=/m,pids=/p",
                "BELAY_ROOM_VOLUMES", "/b",
                "BELAY_ROOM_HOST_STATE", "/h"));

        assertThat(read.uid(2)).isEqualTo(1002);
        assertThat(read.checkouts(2)).isEqualTo(Path.of("/v/2"));
        assertThat(read.cgroups()).containsOnlyKeys("memory", "pids");
        assertThat(read.hostState()).contains(Path.of("/h"));
        assertThat(read.firstUid()).isEqualTo(OptionalInt.of(1000));
        assertThat(read.broker().orElseThrow().at("t-1")).isEqualTo(Path.of("/b/of/t-1"));
    }

    @Test
    void a_runner_without_a_room_says_how_to_start_it() {
        assertThatThrownBy(() -> Room.fromEnvironment(Map.of())).hasMessageContaining("libexec/belay-runner");
    }
}
