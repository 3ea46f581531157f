package dev.belay.runner.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Errno;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.room.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The places where tasks' files lie: both kinds keep what they are given, and one has an end. */
class VolumesTest {
    private static final int MIB = 64;

    private final Room room = Room.fromEnvironment(System.getenv());

    @TempDir
    Path tasks;

    private static void write(Path volume, String text) throws IOException {
        Files.writeString(Files.createDirectories(volume.resolve("upper")).resolve("file"), text);
    }

    @Nested
    class Plain {
        private final Room person = new Room(room.state(), Optional.empty(), room.firstUid(), 1, room.cgroups());

        @Test
        void where_nobody_mounts_for_the_runner_a_directory_beside_the_snapshots_keeps_the_files() throws Exception {
            Files.createDirectory(tasks.resolve("t-1"));
            Volumes volumes = Volumes.of(person, tasks);
            try (Volumes.Volume made = volumes.make("t-1", MIB)) {
                write(made.files(), "kept");
            }

            try (Volumes.Volume opened = volumes.open("t-1").orElseThrow()) {
                assertThat(opened.files().resolve("upper/file")).hasContent("kept");
                assertThat(opened.files()).startsWith(tasks.resolve("t-1"));
            }
            volumes.remove("t-1");
            assertThat(volumes.open("t-1")).isEmpty();
            assertThat(tasks.resolve("t-1")).isEmptyDirectory();
        }
    }

    @Nested
    class Mounted {
        private final List<String> made = new ArrayList<>();
        private Volumes volumes = Volumes.of(room, Path.of("/nowhere"));

        @BeforeEach
        void somebody_mounts() {
            assumeTrue(room.broker().isPresent(), "no volume can be made: the weaker cell disk-cap, see THREATS.md");
            volumes = Volumes.of(room, tasks);
        }

        @AfterEach
        void remove() throws IOException {
            for (String task : made) {
                volumes.remove(task);
            }
        }

        private String task(String name) throws IOException {
            String task = name + "-" + ProcessHandle.current().pid();
            Files.createDirectory(tasks.resolve(task));
            made.add(task);
            return task;
        }

        private void fill(Path file) throws IOException {
            byte[] bytes = new byte[1 << 20];
            try (Directory directory = Directory.open(Objects.requireNonNull(file.getParent()));
                    OpenFile open = directory.create(file.getFileName().toString(), 0600)) {
                for (int mib = 0; mib < 2 * MIB; mib++) {
                    open.write(bytes, 0, bytes.length);
                }
            }
        }

        @Test
        void a_writer_is_stopped_at_the_size_and_a_neighbour_writes_on() throws Exception {
            try (Volumes.Volume one = volumes.make(task("fills"), MIB);
                    Volumes.Volume other = volumes.make(task("neighbour"), MIB)) {
                assertThatThrownBy(() -> fill(one.files().resolve("big")))
                        .isInstanceOfSatisfying(
                                Errno.class, full -> assertThat(full.number()).isEqualTo(Errno.ENOSPC));

                assertThat(Files.size(one.files().resolve("big"))).isBetween(MIB * 900_000L, MIB * (1L << 20));
                Path file = Files.write(other.files().resolve("file"), new byte[MIB * 1_000_00]);
                assertThat(file).hasSize(MIB * 1_000_00);
                Files.delete(one.files().resolve("big"));
                write(one.files(), "there is space again");
            }
        }

        @Test
        void whoever_makes_a_million_empty_files_is_stopped_and_a_neighbour_makes_more() throws Exception {
            try (Volumes.Volume one = volumes.make(task("many"), MIB);
                    Volumes.Volume other = volumes.make(task("neighbour"), MIB)) {
                assertThat(makeFiles(one.files(), 1_000_000)).isBetween(10_000, 100_000);

                write(other.files(), "a file more");
            }
        }

        @Test
        void what_was_closed_is_opened_as_it_was_and_what_is_removed_is_gone() throws Exception {
            String task = task("kept");
            try (Volumes.Volume volume = volumes.make(task, MIB)) {
                write(volume.files(), "kept");
            }

            assertThat(room.broker().orElseThrow().at(task)).doesNotExist();
            try (Volumes.Volume again = volumes.open(task).orElseThrow()) {
                assertThat(again.files().resolve("upper/file")).hasContent("kept");
            }
            volumes.remove(task);
            assertThat(volumes.open(task)).isEmpty();
            volumes.remove(task);
        }

        @Test
        void what_it_takes_of_the_disk_is_what_was_written_and_given_back_again() throws Exception {
            String task = task("used");
            Volumes.Volume volume = volumes.make(task, 8192);
            assertThat(volumes.used(task)).isBetween(1L, 4L << 20);
            Path file = Files.write(volume.files().resolve("file"), new byte[100 << 20]);
            assertThat(volumes.used(task))
                    .as("little of it is in memory alone, where the disk would not know of it")
                    .isGreaterThan(50 << 20);
            volume.close();
            assertThat(volumes.used(task)).isGreaterThan(100 << 20);

            volumes.remove(task);
            assertThat(volumes.used(task)).isZero();
            assertThat(file).doesNotExist();
        }

        @Test
        void what_is_deleted_inside_is_given_back_to_the_disk() throws Exception {
            String task = task("trimmed");
            try (Volumes.Volume volume = volumes.make(task, MIB)) {
                write(volume.files(), "a workspace");
                Files.write(volume.files().resolve("big"), new byte[20 << 20]);
            }
            assertThat(volumes.used(task)).isGreaterThan(20 << 20);

            try (Volumes.Volume volume = volumes.open(task).orElseThrow()) {
                Files.delete(volume.files().resolve("big"));
            }

            assertThat(volumes.used(task)).isLessThan(10 << 20);
        }

        @Test
        void a_full_volume_gives_its_reserve_when_it_is_needed_and_takes_it_back_when_there_is_room() throws Exception {
            try (Volumes.Volume volume = volumes.make(task("reserve"), MIB)) {
                Reserve reserve = new Reserve(volume.files());
                Path files = Files.createDirectory(volume.files().resolve("files"));
                assertThat(makeFiles(files, 1_000_000)).isLessThan(1_000_000);
                reserve.give();
                assertThat(makeFiles(Files.createDirectory(volume.files().resolve("rolled-back")), 200))
                        .isEqualTo(200);
                reserve.take();
                assertThat(volume.files().resolve("reserve")).isEmptyDirectory();

                try (Directory root = Directory.open(volume.files())) {
                    root.removeAll("files");
                }
                reserve.take();
                reserve.give();
                assertThat(volume.files().resolve("reserve"))
                        .as("what is not needed is not given")
                        .isNotEmptyDirectory();
                assertThatThrownBy(() -> fill(files.resolveSibling("big"))).hasMessageContaining("no space left");
                reserve.give();
                assertThat(Files.write(volume.files().resolve("rolled-back/file"), new byte[1 << 20]))
                        .hasSize(1 << 20);
            }
        }

        private static int makeFiles(Path in, int most) throws IOException {
            try (Directory directory = Directory.open(in)) {
                for (int i = 0; i < most; i++) {
                    try {
                        directory.create(Integer.toString(i), 0600).close();
                    } catch (Errno full) {
                        assertThat(full.number()).isEqualTo(Errno.ENOSPC);
                        return i;
                    }
                }
                return most;
            }
        }

        @Test
        void a_volume_that_another_kind_of_runner_has_worked_beside_is_not_opened_again() throws Exception {
            String task = task("beside");
            try (Volumes.Volume volume = volumes.make(task, MIB)) {
                write(volume.files(), "older than what is in the directory");
            }

            Files.delete(tasks.resolve(task).resolve(MountedVolumes.SIGN));

            assertThat(volumes.open(task)).isEmpty();
        }

        @Test
        void set_uid_and_device_files_mean_nothing_in_it() throws Exception {
            try (Volumes.Volume volume = volumes.make(task("flags"), MIB)) {
                String mounted = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                        .filter(line -> line.contains(" " + volume.files() + " "))
                        .findFirst()
                        .orElseThrow();
                assertThat(mounted.split(" ")[5].split(",")).contains("nosuid", "nodev", "noatime");
            }
        }
    }
}
