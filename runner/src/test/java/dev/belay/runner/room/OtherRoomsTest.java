package dev.belay.runner.room;

import static dev.belay.runner.room.Launched.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The whole contract again in the rooms that this build's own user does not get: a person's, and one without views. */
@Tag("outside-room")
class OtherRoomsTest {
    private static final List<String> SUITES =
            List.of("dev.belay.runner.room.RoomTest", "dev.belay.runner.sandbox.NamespaceEngineTest");

    private static final int SECONDS = 110;
    private static final List<String> CONTAINERS =
            List.of("dev.belay.runner.sandbox.DockerEngineTest", "dev.belay.runner.sandbox.DockerLayersTest");
    private static final String DOCKER = "BELAY_TEST_DOCKER";
    private static final String PERSON = "65534";

    @TempDir
    private Path directory;

    @BeforeEach
    void only_root_can_be_someone_else() throws IOException {
        assumeTrue(Launched.ROOT, "a person's build has run it in that person's room");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A runner leaves what it made for its sandboxes to its successor; its links to this machine's own files are many. */
    @AfterEach
    void nothing_that_points_out_of_the_directory_is_left() throws IOException {
        List<Path> links;
        try (Stream<Path> all = Files.walk(directory)) {
            links = all.filter(Files::isSymbolicLink).toList();
        }
        for (Path link : links) {
            Files.delete(link);
        }
    }

    @Test
    void the_contract_holds_for_a_person() throws Exception {
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.setAttribute(home, "unix:uid", Integer.parseInt(PERSON));

        Launched ran = suite(as(PERSON, "--clear-groups"), home, List.of("--views", "yes"), SUITES);

        assertThat(ran.code()).as(ran.output() + ran.errors()).isZero();
    }

    @Test
    void the_contract_holds_without_idmapped_mounts() throws Exception {
        Launched ran = suite(List.of(), directory, List.of("--views", "no"), SUITES);

        assertThat(ran.code()).as(ran.output() + ran.errors()).isZero();
    }

    @Test
    @EnabledIfEnvironmentVariable(named = DOCKER, matches = "unix://.+")
    void the_contract_holds_in_containers_of_one_uid() throws Exception {
        String socket = System.getenv(DOCKER);

        Launched ran = suite(List.of(), directory, List.of("--docker", socket), CONTAINERS);

        assertThat(ran.code()).as(ran.output() + ran.errors()).isZero();
    }

    private static List<String> as(String id, String... groups) {
        List<String> all = new ArrayList<>(List.of("setpriv", "--reuid", id, "--regid", id));
        all.addAll(List.of(groups));
        return all;
    }

    private Launched suite(List<String> prefix, Path home, List<String> how, List<String> suites)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command(
                Launched.launcher(directory),
                "--state",
                home.resolve("state"),
                "--java",
                System.getProperty("java.home")));
        all.addAll(how);
        all.addAll(command(
                "--", "--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-cp", classPath(), RoomSuite.class.getName()));
        all.addAll(suites);
        return Launched.run(all, SECONDS);
    }

    /** Copies, since nobody but root may be able to reach the originals. */
    private String classPath() throws IOException {
        List<String> copies = new ArrayList<>();
        String original = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : original.split(":")) {
            Path source = Path.of(entry);
            Path copy = directory.resolve("path-" + copies.size() + "-" + source.getFileName());
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.toList()) {
                    Path target = copy.resolve(source.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(file, target);
                    }
                }
            }
            copies.add(copy.toString());
        }
        return String.join(":", copies);
    }
}
