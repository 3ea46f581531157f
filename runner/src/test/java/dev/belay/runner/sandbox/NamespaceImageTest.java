package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import dev.belay.runner.sandbox.namespace.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract again with the tools of an image, as the launcher shows it, in place of the machine's. */
@EnabledIfEnvironmentVariable(named = "BELAY_TEST_IMAGES", matches = "/.+")
class NamespaceImageTest extends SandboxContract {
    private final Path image = Path.of(System.getenv().getOrDefault("BELAY_ROOM_IMAGE", ""));

    @Override
    SandboxEngine engine(Room room, Path handProgram) throws IOException {
        return new NamespaceEngine(room, Tools.ofImage(image, System.getenv("BELAY_ROOM_IMAGE_NAME")), handProgram);
    }

    @Override
    Map<String, String> meansOtherwise() {
        String lacks = "the base image has no such program";
        return Map.of(
                "node reads a file outside", lacks,
                "node signals a process outside", lacks,
                "node connects to a socket outside", lacks,
                "java starts a program by a file outside", lacks,
                "bring an interface up", lacks);
    }

    @Test
    void the_tools_are_the_images_and_not_the_machines() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        for (String program : new String[] {"usr/bin/perl", "usr/bin/git"}) {
            assertThat(shell.output("stat -c %i /" + program))
                    .isEqualTo(inode(image.resolve(program)))
                    .isNotEqualTo(inode(Path.of("/", program)));
        }
        assertThat(shell.output("ls /usr/share/doc | wc -l"))
                .isEqualTo(Integer.toString(entries(image.resolve("usr/share/doc"))));
        assertThat(shell.output("python3 -c 'print(6 * 7)'; perl -MPOSIX -e 'print floor(7.5)'"))
                .isEqualTo("42\n7");
        assertThat(shell.output("rg --version | sed -n '1s/ .*//p'")).isEqualTo("ripgrep");
    }

    @Test
    void of_the_images_etc_there_is_what_programs_need_and_who_is_who_is_belays() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output("cat /etc/debian_version; readlink /etc/alternatives/awk; awk 'BEGIN { print 1 }'"))
                .isEqualTo(Files.readString(image.resolve("etc/debian_version")) + "/usr/bin/mawk\n1");
        assertThat(shell.output("sha256sum < /etc/ssl/certs/ca-certificates.crt"))
                .isEqualTo(shell.output("cat $(ls /etc/ssl/certs/*.crt) | sha256sum"))
                .isNotEqualTo(shell.output("sha256sum < /dev/null"));
        assertThat(shell.output("cut -d: -f1 /etc/passwd /etc/group | sort -u | paste -sd ' '"))
                .isEqualTo("belay nobody nogroup root");
        assertThat(shell.output("ls -d /etc/shadow /etc/apt /etc/fstab /etc/cron.d 2>/dev/null"))
                .isEmpty();
    }

    @Test
    void nothing_in_it_belongs_to_anybody_inside_and_no_program_gains_rights() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output("stat -c '%U %A' /usr/bin/perl /usr/bin/su"))
                .isEqualTo("nobody -rwxr-xr-x\nnobody -rwxr-xr-x");
        assertThat(shell.output("find /usr /etc -perm /6000")).isEmpty();
        assertThat(shell.output("awk '$5 == \"/usr\" { print $6 }' /proc/self/mountinfo"))
                .contains("ro,", "nosuid", "nodev");
    }

    @Test
    void the_probe_says_whose_tools_they_are() throws Exception {
        assertThat(engine(room()).probe().findings())
                .filteredOn(finding -> finding.name().equals("tools"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.mechanism())
                        .matches("read-only: those of the image belay/base@sha256:[0-9a-f]{64}"));
    }

    private static String inode(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino").toString();
    }

    private static int entries(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return (int) all.count();
        }
    }
}
