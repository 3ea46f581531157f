package dev.belay.runner.room;

import static dev.belay.runner.room.Launched.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.runner.sandbox.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of volumes when the runner, or the broker, is killed; with perl for a JVM. */
@Tag("outside-room")
class VolumesLeftTest {
    /** Asks what its arguments say, prints the answers, and stays when the last word is {@code stay}. */
    private static final String ASKING = """
            exec perl -e '$| = 1; my $v = $ENV{BELAY_ROOM_VOLUMES}; if ($v eq "") { print "none\\n"; exit }
              for my $line (@ARGV) {
                if ($line =~ /^sh (.*)/s) { print `{ $1; } 2>&1`; next }
                if ($line eq "stay") { print "up\\n"; sleep 60; exit }
                if ($line =~ /^write (.*)/) { open my $f, ">", "$v/of/$1/file" or die; print $f "kept"; next }
                if ($line =~ /^read (.*)/) { open my $f, "<", "$v/of/$1/file" or die; print <$f>, "\\n"; next }
                socket my $s, 1, 1, 0; connect $s, pack "S a108", 1, "$v/door/socket" or die "$!";
                syswrite $s, "$line\\n"; print scalar <$s> // "nothing\\n" }' -- "$@"
            """;

    @TempDir
    private Path directory;

    private Path launcher;
    private Path java;

    @BeforeEach
    void only_root_mounts() throws Exception {
        assumeTrue(Launched.ROOT, "a person's runner has no volumes: the weaker cell disk-cap");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        launcher = Launched.launcher(directory);
        java = Launched.javaHome(directory, ASKING);
        assumeTrue(
                !run("used x").output().equals("none"),
                "no volume can be made on this machine: the weaker cell disk-cap");
    }

    /** A broker outlives its runner for a moment, and writes where the test's files lie. */
    @AfterEach
    void all_brokers_have_ended() throws Exception {
        untilNothingIsLeft();
    }

    @Test
    void a_closed_volume_outlives_the_runner_and_one_of_no_task_does_not() throws Exception {
        taskIs("kept");
        assertThat(run("make kept 16", "write kept", "close kept", "make other 16", "close other")
                        .output())
                .isEqualTo("ok\nok\nok\nok");

        Launched after = run("open kept", "read kept", "open other");

        assertThat(after.output()).isEqualTo("ok\nkept\nerror absent");
        untilNothingIsLeft();
    }

    @Test
    void when_the_runner_is_killed_its_volumes_are_closed_in_order_and_nothing_is_left() throws Exception {
        taskIs("kept");
        Process process = start("make kept 16", "write kept", "stay");
        assertThat(loops()).isNotEmpty();

        process.destroyForcibly().waitFor();

        untilNothingIsLeft();
        assertThat(run("open kept", "read kept").output()).isEqualTo("ok\nkept");
    }

    @Test
    void when_the_broker_is_killed_its_volumes_go_with_the_runner_and_are_not_trusted_again() throws Exception {
        taskIs("kept");
        Process process = start("make kept 16", "write kept", "stay");

        for (ProcessHandle broker : brokers(process.pid())) {
            broker.destroyForcibly();
        }
        assertThat(Eventually.within(
                        Duration.ofSeconds(5), () -> brokers(process.pid()).isEmpty()))
                .isTrue();
        assertThat(process.isAlive()).isTrue();
        process.destroyForcibly().waitFor();

        untilNothingIsLeft();
        assertThat(run("open kept", "remove kept", "make kept 16").output()).isEqualTo("error unclean\nok\nok");
    }

    @Test
    void of_the_sizes_that_somebody_asks_for_a_few_are_kept_ready() throws Exception {
        List<String> asked = IntStream.range(0, 20)
                .boxed()
                .flatMap(i -> Stream.of("make many " + (20 + i), "remove many"))
                .toList();

        Launched ran = run(Stream.concat(asked.stream(), Stream.of("make many 20", "remove many"))
                .toArray(String[]::new));

        assertThat(ran.output().lines()).hasSize(42).containsOnly("ok");
        try (Stream<Path> images = Files.list(directory.resolve("state/volumes"))) {
            assertThat(images.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("template.")))
                    .hasSizeBetween(1, 8);
        }
    }

    @Test
    void a_mark_of_another_run_of_the_kernel_is_worth_nothing_until_the_bytes_are_on_the_disk() throws Exception {
        taskIs("kept");
        run("make kept 16", "write kept", "close kept");
        untilNothingIsLeft();
        assertThat(mark("kept")).hasContent("synced\n");

        Files.writeString(mark("kept"), "boot 00000000-0000-0000-0000-000000000000\n");

        assertThat(run("open kept").output()).isEqualTo("error unclean");
    }

    @Test
    void a_directory_of_volumes_that_somebody_else_made_is_refused() throws Exception {
        untilNothingIsLeft();
        Path volumes = directory.resolve("state/volumes");
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(volumes, elsewhere);
        Files.createSymbolicLink(volumes, elsewhere);

        Launched link = run("used x");
        Files.delete(volumes);
        Files.createDirectory(volumes);
        Files.setPosixFilePermissions(volumes, PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(volumes, "unix:uid", 100000);
        Launched foreign = run("used x");

        for (Launched refused : List.of(link, foreign)) {
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.errors()).startsWith("error[E_SANDBOX]").contains("is not what this launcher made");
        }
    }

    @Test
    void an_image_that_is_a_link_or_not_roots_is_not_mounted() throws Exception {
        taskIs("link");
        taskIs("foreign");
        run("make link 16", "close link", "make foreign 16", "close foreign");
        untilNothingIsLeft();
        Path volumes = directory.resolve("state/volumes");
        Files.move(volumes.resolve("link.img"), directory.resolve("moved"));
        Files.createSymbolicLink(volumes.resolve("link.img"), directory.resolve("moved"));
        Files.setAttribute(volumes.resolve("foreign.img"), "unix:uid", 100000);

        assertThat(run("open link", "open foreign").output().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("error no image"));
    }

    @Test
    void a_runner_that_was_taken_over_comes_to_no_image_and_leads_the_broker_to_none_of_its_own() throws Exception {
        Path state = directory.resolve("state");

        Launched ran = run(
                "make kept 16",
                "write kept",
                "close kept",
                "sh cat " + state + "/volumes/kept.img; echo x >" + state + "/volumes/kept.img; ls " + state
                        + "/volumes",
                "sh mv " + state + "/volumes " + state + "/moved && mkdir -m 700 " + state + "/volumes"
                        + " && echo crafted >" + state + "/volumes/kept.img && echo moved",
                "open kept",
                "read kept",
                "sh ln -s /etc $BELAY_ROOM_VOLUMES/of/other; mkdir $BELAY_ROOM_VOLUMES/of/other",
                "make other 16");

        List<String> lines = ran.output().lines().toList();
        assertThat(lines).filteredOn(line -> line.contains("ermission denied")).hasSize(5);
        assertThat(lines)
                .filteredOn(line -> !line.contains("ermission denied"))
                .containsExactly("ok", "ok", "moved", "ok", "kept", "ok");
        assertThat(run("open kept").errors()).contains("is not what this launcher made");
    }

    private void taskIs(String task) throws IOException {
        Files.createDirectories(directory.resolve("state/room/tasks").resolve(task));
    }

    private Path mark(String volume) {
        return directory.resolve("state/volumes").resolve(volume + ".clean");
    }

    private List<String> all(String... lines) {
        List<String> all = command(launcher, "--state", directory.resolve("state"), "--java", java, "--");
        all.addAll(List.of(lines));
        return all;
    }

    private Launched run(String... lines) throws IOException, InterruptedException {
        return Launched.run(all(lines));
    }

    private Process start(String... lines) throws IOException {
        Process process = Launched.start(all(lines), directory.resolve("errors"));
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); !"up".equals(line); line = output.readLine()) {
            assertThat(line).as(Files.readString(directory.resolve("errors"))).isEqualTo("ok");
        }
        return process;
    }

    private void untilNothingIsLeft() throws Exception {
        assertThat(Eventually.within(
                        Duration.ofSeconds(20),
                        () -> loops().isEmpty() && brokers(-1).isEmpty()))
                .as("loop devices " + loops() + ", processes " + brokers(-1))
                .isTrue();
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(directory.toString());
    }

    /** The loop devices of this test's images. */
    private List<Path> loops() throws IOException {
        try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
            return devices.filter(device -> backing(device).startsWith(directory.toString()))
                    .toList();
        }
    }

    private static String backing(Path device) {
        try {
            return Files.readString(device.resolve("loop/backing_file"));
        } catch (IOException none) {
            return "";
        }
    }

    /** The brokers of one runner of this test, or of all: they stand in the directory of its images. */
    private List<ProcessHandle> brokers(long runner) {
        return ProcessHandle.allProcesses()
                .filter(process -> standsIn(process).startsWith(directory.resolve("state/volumes")))
                .filter(process ->
                        runner < 0 || process.parent().map(ProcessHandle::pid).orElse(0L) == runner)
                .toList();
    }

    private static Path standsIn(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
        } catch (IOException gone) {
            return Path.of("/gone");
        }
    }
}
