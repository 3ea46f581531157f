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
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the launcher shows of an image, and what it does not trust. */
@Tag("outside-room")
class LauncherImageTest {
    private static final String ROOT_ONLY = "only root has more than one uid";
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String OTHER = "f".repeat(64);
    private static final int PERSON = 65534;

    @TempDir
    private Path directory;

    private Path images;
    private Path root;

    @BeforeEach
    void an_image_is_laid_out() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        images = directory.resolve("images");
        root = layOut(DIGEST);
        Files.createSymbolicLink(images.resolve("base/current"), Path.of(DIGEST));
    }

    @Test
    void an_image_is_in_the_room_and_cannot_be_written() throws Exception {
        Launched ran = run(
                "belay/base",
                "cat $BELAY_ROOM_IMAGE/usr/bin/tool; stat -c %u $BELAY_ROOM_IMAGE/usr;"
                        + " touch $BELAY_ROOM_IMAGE/x 2>/dev/null || echo $BELAY_ROOM_IMAGE_NAME;"
                        + " grep -o ' /mnt/belay/image ro,nosuid,nodev' /proc/self/mountinfo");

        assertThat(ran.errors()).isEmpty();
        assertThat(ran.output().lines())
                .containsExactly(
                        "tool",
                        Launched.ROOT ? "65534" : "0",
                        "belay/base@sha256:" + DIGEST,
                        " /mnt/belay/image ro,nosuid,nodev");
    }

    @Test
    void without_one_the_runner_is_told_of_none() throws Exception {
        Launched ran = Launched.run(command(
                "env",
                "BELAY_ROOM_IMAGE=/",
                Launched.launcher(directory),
                "--state",
                directory.resolve("state"),
                "--java",
                java("echo [$BELAY_ROOM_IMAGE$BELAY_ROOM_IMAGE_NAME]"),
                "--"));

        assertThat(ran.output()).isEqualTo("[]");
    }

    @Test
    void a_digest_names_one_of_several() throws Exception {
        layOut(OTHER);

        Launched ran = run("belay/base@sha256:" + OTHER, "echo $BELAY_ROOM_IMAGE_NAME");

        assertThat(ran.output()).isEqualTo("belay/base@sha256:" + OTHER);
    }

    @Test
    void an_image_of_roots_is_a_persons_too() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);

        Launched ran = asAPerson("echo shown $BELAY_ROOM_IMAGE_NAME");

        assertThat(ran.output()).isEqualTo("shown belay/base@sha256:" + DIGEST);
    }

    @Test
    void what_is_closed_to_a_person_is_closed_to_that_persons_sandboxes() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        mode(Files.createDirectories(root.resolve("etc/private")), "rwx------");

        assertThat(asAPerson("echo shown").output()).isEqualTo("shown");
    }

    @Test
    void what_a_person_may_enter_and_not_list_is_not_trusted() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        mode(Files.createDirectories(root.resolve("etc/private")), "rwx--x--x");

        assertRefused(asAPerson("echo never"), "etc/private in it cannot be listed");
    }

    @Test
    void a_person_may_have_images_of_their_own_and_root_does_not_trust_them() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        giveAwayAll();

        Launched own = asAPerson("echo shown");

        assertThat(own.output()).isEqualTo("shown");
        assertRefused(run("belay/base", "echo never"), "belongs to uid " + PERSON);
    }

    private interface Change {
        void to(Path images, Path root) throws IOException;
    }

    record Unsound(String told, Change change) {
        @Override
        public String toString() {
            return told;
        }
    }

    static Stream<Unsound> unsound() {
        return Stream.of(
                new Unsound("images can be written by others", (images, _) -> mode(images, "rwxrwxrwx")),
                new Unsound("base can be written by others", (images, _) -> mode(images.resolve("base"), "rwxrwxr-x")),
                new Unsound(DIGEST + " can be written by others", (_, root) -> mode(root, "rwxr-xrwx")),
                new Unsound(
                        "usr/bin/tool in it can be written by others",
                        (_, root) -> mode(root.resolve("usr/bin/tool"), "rwxrwxr-x")),
                new Unsound("usr in it can be written by others", (_, root) -> mode(root.resolve("usr"), "rwxrwxr-x")),
                new Unsound(
                        "usr/bin/tool in it has the set-uid or set-gid bit",
                        (_, root) -> Files.setAttribute(root.resolve("usr/bin/tool"), "unix:mode", 04755)),
                new Unsound("usr in it is a link", (_, root) -> {
                    Files.move(root.resolve("usr"), root.resolve("else"));
                    Files.createSymbolicLink(root.resolve("usr"), Path.of("else"));
                }),
                new Unsound(
                        "does not say that it has this digest",
                        (_, root) -> Files.writeString(manifest(root), "{\"digest\":\"sha256:" + OTHER + "\"}")),
                new Unsound(".json cannot be opened", (_, root) -> Files.delete(manifest(root))),
                new Unsound("images is a link: name the directory itself", (images, _) -> {
                    Files.move(images, images.resolveSibling("elsewhere"));
                    Files.createSymbolicLink(images, Path.of("elsewhere"));
                }),
                new Unsound(
                        "can be written by others",
                        (images, _) -> mode(Objects.requireNonNull(images.getParent()), "rwxrwxrwx")));
    }

    @ParameterizedTest
    @MethodSource("unsound")
    void what_others_could_change_is_not_trusted(Unsound image) throws Exception {
        image.change().to(images, root);

        assertRefused(run("belay/base", "echo never"), image.told());
    }

    @Test
    void what_is_neither_a_file_nor_a_directory_is_not_trusted() throws Exception {
        new ProcessBuilder("mkfifo", "-m", "644", root.resolve("usr/pipe").toString())
                .start()
                .onExit()
                .join();

        assertRefused(run("belay/base", "echo never"), "usr/pipe in it is neither a file nor a directory");
    }

    @Test
    void a_manifest_that_is_no_file_is_not_waited_for() throws Exception {
        Files.delete(manifest(root));
        new ProcessBuilder("mkfifo", "-m", "644", manifest(root).toString())
                .start()
                .onExit()
                .join();

        assertRefused(run("belay/base", "echo never"), "does not say that it has this digest");
    }

    @Test
    void a_file_of_a_strangers_is_not_trusted() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        Files.setAttribute(root.resolve("usr/bin/tool"), "unix:uid", 12345);

        assertRefused(run("belay/base", "echo never"), "usr/bin/tool in it belongs to uid 12345");
    }

    @Test
    void what_a_sandbox_never_sees_of_it_does_not_matter() throws Exception {
        mode(Files.createDirectory(root.resolve("tmp")), "rwxrwxrwx");

        assertThat(run("belay/base", "echo shown").output()).isEqualTo("shown");
    }

    record Absent(String name, int exit, String told) {}

    static Stream<Absent> absent() {
        return Stream.of(
                new Absent("belay/none", 1, "there is no image belay/none in "),
                new Absent("belay/base@sha256:" + OTHER, 1, "is not the one with the digest sha256:" + OTHER),
                new Absent("base", 2, "base is no image of the engine of namespaces"),
                new Absent("debian:12", 2, "debian:12 is no image of the engine of namespaces"),
                new Absent("belay/../images", 2, "is no image of the engine of namespaces"),
                new Absent("belay/base@sha256:" + DIGEST + "0", 2, "is no image of the engine of namespaces"),
                new Absent("belay/base\n", 2, "is no image of the engine of namespaces"));
    }

    @ParameterizedTest
    @MethodSource("absent")
    void an_image_that_is_not_there_is_named_and_nothing_is_made(Absent image) throws Exception {
        Launched ran = run(image.name(), "echo never");

        assertThat(ran.code()).isEqualTo(image.exit());
        assertThat(ran.errors()).contains(image.told(), "\n  why: ", "\n  work: nothing was changed\n", "\n  next: ");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void what_is_said_to_be_current_has_to_be_an_image() throws Exception {
        Path current = images.resolve("base/current");
        Files.delete(current);
        Files.createSymbolicLink(current, Path.of("../../jdk"));

        Launched ran = run("belay/base", "echo never");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors()).startsWith("error[E_SANDBOX] ");
        assertThat(ran.output()).isEmpty();
    }

    private void assertRefused(Launched ran, String told) {
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors())
                .startsWith("error[E_SANDBOX] the image")
                .contains(
                        " cannot be trusted\n  why: engine namespace: ",
                        told,
                        "\n  work: nothing was changed\n",
                        "\n  next: ");
        assertThat(ran.output()).isEmpty();
    }

    private Launched run(String image, String script) throws IOException, InterruptedException {
        return Launched.run(launch(List.of(), directory.resolve("state"), image, script));
    }

    private Launched asAPerson(String script) throws IOException, InterruptedException {
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.setAttribute(home, "unix:uid", PERSON);
        String id = Integer.toString(PERSON);
        return Launched.run(launch(
                List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups"),
                home.resolve("state"),
                "belay/base",
                script));
    }

    private List<String> launch(List<String> prefix, Path state, String image, String script) throws IOException {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command(
                Launched.launcher(directory),
                "--state",
                state,
                "--java",
                java(script),
                "--image",
                image,
                "--images",
                images,
                "--"));
        return all;
    }

    private Path java(String script) throws IOException {
        return Launched.javaHome(directory, script);
    }

    private Path layOut(String digest) throws IOException {
        Path laid = images.resolve("base").resolve(digest);
        Path tool = Files.createDirectories(laid.resolve("usr/bin")).resolve("tool");
        Files.writeString(tool, "tool\n");
        Files.createDirectory(laid.resolve("etc"));
        Files.createSymbolicLink(laid.resolve("bin"), Path.of("usr/bin"));
        Files.writeString(manifest(laid), "{\"name\":\"belay/base\",\"digest\":\"sha256:" + digest + "\"}\n");
        try (Stream<Path> all = Files.walk(images)) {
            for (Path path : all.filter(each -> !Files.isSymbolicLink(each)).toList()) {
                mode(path, Files.isDirectory(path) || path.equals(tool) ? "rwxr-xr-x" : "rw-r--r--");
            }
        }
        return laid;
    }

    private void giveAwayAll() throws IOException {
        try (Stream<Path> all = Files.walk(images)) {
            for (Path path : all.filter(each -> !Files.isSymbolicLink(each)).toList()) {
                Files.setAttribute(path, "unix:uid", PERSON);
            }
        }
    }

    private static Path manifest(Path root) {
        return root.resolveSibling(root.getFileName() + ".json");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
