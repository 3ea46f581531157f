package dev.belay.runner.sandbox.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.runner.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an image has to hold, looked at as if its root were the root. */
class ToolsTest {
    @TempDir
    private Path root;

    @BeforeEach
    void with_settings() throws IOException {
        Files.createDirectory(root.resolve("etc"));
    }

    @Test
    void an_image_without_settings_is_refused_by_name() throws Exception {
        program("bin/sh");
        program("usr/bin/perl");
        Files.delete(root.resolve("etc"));

        assertThatThrownBy(() -> Tools.ofImage(root, "belay/base"))
                .isInstanceOf(SandboxException.class)
                .hasMessage("engine namespace: the image belay/base has no /etc");
    }

    @Test
    void an_image_of_one_usr_shows_the_links_that_it_has() throws Exception {
        program("usr/bin/dash");
        program("usr/bin/perl");
        link("usr/bin/sh", "dash");
        link("bin", "usr/bin");

        assertThat(Tools.ofImage(root, "belay/base").arguments())
                .containsExactly("--ro-bind", root + "/usr", "/usr", "--symlink", "usr/bin", "/bin");
    }

    @Test
    void an_image_with_a_bin_of_its_own_shows_that() throws Exception {
        program("bin/sh");
        program("usr/bin/perl");

        assertThat(Tools.ofImage(root, "belay/base").arguments())
                .containsExactly("--ro-bind", root + "/usr", "/usr", "--ro-bind", root + "/bin", "/bin");
    }

    @Test
    void an_image_without_a_shell_is_refused_by_name() throws Exception {
        program("usr/bin/perl");

        assertRefused("/bin/sh");
    }

    @Test
    void an_image_without_what_runs_the_hand_is_refused_by_name() throws Exception {
        program("bin/sh");

        assertRefused("/usr/bin/perl");
    }

    @Test
    void a_shell_that_cannot_be_run_is_none() throws Exception {
        program("usr/bin/perl");
        Files.setPosixFilePermissions(program("bin/sh"), PosixFilePermissions.fromString("rw-r--r--"));

        assertRefused("/bin/sh");
    }

    /** Every one of them is a program of the machine that runs this test. */
    @ParameterizedTest
    @CsvSource({"/bin/cat", "/usr/../bin/cat", "../../../../../../../../../../../../bin/cat", "sh", "/bin/sh"})
    void a_link_does_not_lead_out_of_the_image(String target) throws Exception {
        program("usr/bin/perl");
        Files.createDirectories(root.resolve("bin"));
        link("bin/sh", target);

        assertRefused("/bin/sh");
        Files.delete(root.resolve("bin/sh"));
    }

    @ParameterizedTest
    @CsvSource({"/opt/busybox", "../opt/./busybox", "../../../../opt/busybox", "/opt/one"})
    void a_link_leads_to_what_is_in_the_image(String target) throws Exception {
        program("usr/bin/perl");
        program("opt/busybox");
        link("opt/one", "two");
        link("opt/two", "/opt/busybox");
        Files.createDirectories(root.resolve("bin"));
        link("bin/sh", target);

        assertThat(Tools.ofImage(root, "belay/base").origin()).isEqualTo("those of the image belay/base");
    }

    private void assertRefused(String program) {
        assertThatThrownBy(() -> Tools.ofImage(root, "belay/base"))
                .isInstanceOf(SandboxException.class)
                .hasMessageStartingWith("engine namespace: the image belay/base has no " + program + ": ")
                .hasMessageContaining("sandbox-images/build");
    }

    private Path program(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "x");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void link(String path, String target) throws IOException {
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }
}
