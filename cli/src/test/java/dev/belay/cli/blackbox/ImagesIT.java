package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The recipes of sandbox-images, by the command that a person types, and tasks that have such an image's tools. The base is
 * built by the script of all tests.
 */
class ImagesIT {
    private static final Path RECIPES = Path.of(System.getProperty("basedir", "."), "..", "sandbox-images")
            .toAbsolutePath()
            .normalize();

    @ParameterizedTest
    @CsvSource({
        "'', which image?",
        "rust, there is no image rust",
        "../base, there is no image ../base",
        "., there is no image .",
        "--frobnicate base, unknown option: --frobnicate",
        "base --out, --out needs a value",
        "base --roots, --roots needs a value",
        "'--docker= base', unknown option: --docker="
    })
    void what_cannot_be_meant_is_refused_before_anything_is_built(String arguments, String said) throws Exception {
        Said refused = build(arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(refused.exit()).as(refused.text()).isEqualTo(2);
        assertThat(refused.text())
                .startsWith("error[E_USAGE] " + said)
                .contains("  why: images: ", "  work: nothing was changed", "  next: sandbox-images/build base");
        assertThat(refused.text().lines()).hasSize(4);
    }

    @Test
    void an_ordinary_user_is_told_who_can_build() throws Exception {
        assumeFalse(OrdinaryUser.isRoot(), "root can");

        Said refused = build("base");

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.text()).contains("images are built by root", "next: sudo sandbox-images/build base");
    }

    @Test
    void an_engine_that_is_not_there_is_named_before_anything_is_built() throws Exception {
        assumeTrue(OrdinaryUser.isRoot(), "only root gets that far");

        Said refused = build("--docker", "/run/nowhere.sock", "base");

        assertThat(refused.exit()).isEqualTo(10);
        assertThat(refused.text()).startsWith("error[E_SETUP] no Docker engine at /run/nowhere.sock");
    }

    @Test
    void where_others_could_change_it_nothing_is_laid_out() throws Exception {
        assumeTrue(OrdinaryUser.isRoot(), "only root gets that far");
        Path open = Files.createTempDirectory("belay-roots-");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        Said refused = build("--out", open.toString(), "--roots", open.toString(), "base");

        assertThat(refused.exit()).isEqualTo(10);
        assertThat(refused.text()).startsWith("error[E_SETUP] others than root can write to " + open);
        assertThat(open).isEmptyDirectory();
        Files.delete(open);
    }

    @Test
    void every_recipe_has_a_lock_that_holds_what_it_asks_for() throws IOException {
        for (String name : List.of("base", "java", "node", "python")) {
            List<String> wanted = Files.readAllLines(RECIPES.resolve(name).resolve("packages")).stream()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
            List<String> locked = Files.readAllLines(RECIPES.resolve(name).resolve("lock"));

            assertThat(locked)
                    .as(name)
                    .isSorted()
                    .allMatch(line -> line.matches("[a-z0-9][a-z0-9+.-]+=\\S+"))
                    .extracting(line -> line.substring(0, line.indexOf('=')))
                    .containsAll(wanted);
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "BELAY_TEST_IMAGES", matches = "/.+")
    void an_image_comes_with_the_list_of_its_parts_and_the_time_of_its_building() throws IOException {
        Path built = Path.of(System.getenv("BELAY_TEST_IMAGES"));
        List<String> packages = Files.readAllLines(built.resolve("base.packages"));

        Json parts = Json.parse(Files.readString(built.resolve("base.spdx.json")));

        assertThat(parts.get("packages").items())
                .extracting(part -> part.text("name") + "=" + part.text("versionInfo"))
                .containsExactlyElementsOf(packages);
        assertThat(Instant.parse(parts.get("creationInfo").text("created"))).isBefore(Instant.now());
        assertThat(parts.text("documentNamespace")).matches("urn:belay:image:base:[0-9a-f]{64}");
        assertThat(built.resolve("base.tar")).exists();
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "BELAY_TEST_IMAGES", matches = "/.+")
    void an_image_is_laid_out_whole_and_nobody_but_root_can_change_it() {
        assumeTrue(OrdinaryUser.isRoot(), "only root can look into all of it");
        Path images = Path.of(System.getenv("BELAY_TEST_IMAGES"));
        String tar = images.resolve("base.tar").toString();
        Path base = images.resolve("base");

        assertThat(Sh.run("sha256sum", tar)).startsWith(digest());
        assertThat(Sh.run(
                        "sh",
                        "-c",
                        "cd \"$1\" && find . | sort",
                        "sh",
                        base.resolve(digest()).toString()))
                .isEqualTo(Sh.run("sh", "-c", "tar tf \"$1\" | sed '/^.\\/dev\\/./d; s,/$,,' | sort", "sh", tar));
        assertThat(Sh.run(
                        "find",
                        base.toString(),
                        "(",
                        "!",
                        "-type",
                        "l",
                        "-perm",
                        "/07022",
                        ")",
                        "-o",
                        "!",
                        "-user",
                        "0",
                        "-o",
                        "!",
                        "-type",
                        "f",
                        "!",
                        "-type",
                        "d",
                        "!",
                        "-type",
                        "l"))
                .isEmpty();
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "BELAY_TEST_IMAGES", matches = "/.+")
    void what_is_laid_out_says_what_it_is_and_nothing_unfinished_lies_beside_it() throws IOException {
        Path base = Path.of(System.getenv("BELAY_TEST_IMAGES")).resolve("base");

        Json manifest = Json.parse(Files.readString(base.resolve(digest() + ".json")));

        assertThat(manifest.text("name")).isEqualTo("belay/base");
        assertThat(manifest.text("digest")).isEqualTo("sha256:" + digest());
        assertThat(Instant.parse(manifest.text("built"))).isBefore(Instant.now());
        try (Stream<Path> all = Files.list(base)) {
            assertThat(all.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("current", digest(), digest() + ".json");
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "BELAY_TEST_IMAGES", matches = "/.+")
    void a_task_has_the_images_tools_and_doctor_says_so() throws IOException {
        try (Belay belay = onImage(Belay.fresh(), "belay/base")) {
            assertTaskHasTheImagesTools(belay);
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "BELAY_TEST_IMAGES", matches = "/.+")
    void a_task_of_an_ordinary_user_has_them_too() throws IOException {
        assumeTrue(OrdinaryUser.isRoot(), "every other test here is one of an ordinary user");
        try (Belay belay = onImage(Belay.ofAnOrdinaryUser(), "belay/base@sha256:" + digest())) {
            assertTaskHasTheImagesTools(belay);
        }
    }

    @Test
    void an_image_that_is_not_there_is_named_before_anything_runs() throws IOException {
        try (Belay belay = Belay.fresh().with("BELAY_IMAGE", "belay/none").with("BELAY_IMAGES", "/nowhere")) {
            assertThat(belay.run("up").ended(1).err())
                    .contains(
                            "there is no image belay/none in /nowhere",
                            "none is fetched",
                            "sudo sandbox-images/build --roots /nowhere none");
            assertThat(belay.run("doctor").out()).contains("there is no image belay/none in /nowhere");
        }
    }

    private static void assertTaskHasTheImagesTools(Belay belay) throws IOException {
        Path image = Path.of(System.getenv("BELAY_TEST_IMAGES")).resolve("base/current");
        Repository shop = belay.repository("imaged");

        String task = belay.task(
                shop,
                Script.of("stat -c 'inode %i of %U' /usr/bin/perl; cat /etc/debian_version; id -un; git status --short")
                        .read("src/app.txt")
                        .edit("src/app.txt", "one", "first"));

        TaskLog log = TaskLog.of(belay.run("attach", "--json", task).well().lines());
        assertThat(log.said())
                .contains("inode " + Files.getAttribute(image.resolve("usr/bin/perl"), "unix:ino") + " of nobody\\n"
                        + Files.readString(image.resolve("etc/debian_version")).strip()
                        + "\\nbelay\\n");
        belay.at(shop).run("apply", task).well();
        assertThat(shop.root().resolve("src/app.txt")).content().startsWith("first\n");
        assertThat(belay.run("doctor").out()).contains("those of the image belay/base@sha256:" + digest());
    }

    private static Belay onImage(Belay belay, String image) {
        return belay.with("BELAY_IMAGE", image).with("BELAY_IMAGES", System.getenv("BELAY_TEST_IMAGES"));
    }

    private static String digest() {
        try {
            return Files.readSymbolicLink(
                            Path.of(System.getenv("BELAY_TEST_IMAGES")).resolve("base/current"))
                    .toString();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private record Said(int exit, String text) {}

    private static Said build(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", RECIPES.resolve("build").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }
}
