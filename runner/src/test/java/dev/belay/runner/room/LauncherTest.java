package dev.belay.runner.room;

import static dev.belay.runner.room.Launched.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.runner.sandbox.Eventually;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as a command, with a shell script for a JVM. */
@Tag("outside-room")
class LauncherTest {
    private static final String ROOT_ONLY = "only root has more than one uid";

    @TempDir
    private Path directory;

    private Path launcher;

    @BeforeEach
    void let_anyone_pass() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        launcher = Launched.launcher(directory);
    }

    @Test
    void the_exit_code_and_the_pid_are_the_jvms() throws Exception {
        Launched ran = run("echo $$; exit 7");

        assertThat(ran.code()).isEqualTo(7);
        assertThat(ran.output()).isEqualTo(Long.toString(ran.pid()));
    }

    @Test
    void a_signal_reaches_the_jvm_and_nothing_stays() throws Exception {
        Path errors = directory.resolve("errors");
        Process process = Launched.start(
                command(
                        launcher,
                        "--state",
                        directory.resolve("state"),
                        "--java",
                        javaHome("echo up; exec sleep 60"),
                        "--"),
                errors);
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("up");

            process.destroy();

            assertThat(process.waitFor()).isEqualTo(128 + 15);
        }
        assertThat(errors).isEmptyFile();
        assertThat(Eventually.within(
                        Duration.ofSeconds(5), () -> cgroupsOf(process.pid()).isEmpty()))
                .isTrue();
    }

    @Test
    void the_jvm_has_no_kernel_root_and_three_descriptors() throws Exception {
        Launched ran = run("cat /proc/self/uid_map; grep CapAmb /proc/self/status; ls /proc/self/fd | wc -l");

        List<String> lines = ran.output().lines().toList();
        String[] map = lines.getFirst().strip().split("\\s+");
        assertThat(Long.parseLong(map[1])).isPositive();
        assertThat(lines.get(1)).endsWith("0000000000000000");
        assertThat(lines.get(2)).as("0, 1, 2 and the listing's own").isEqualTo("4");
    }

    @Test
    void the_mounts_of_the_machine_stay_as_they_are() throws Exception {
        String before = Files.readString(Path.of("/proc/self/mounts"));

        run("true");

        assertThat(Path.of("/proc/self/mounts")).hasContent(before);
    }

    @Test
    void what_the_runner_needs_is_in_the_room() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "secret\n");
        Path lib = Files.createDirectory(directory.resolve("lib"));
        Files.writeString(lib.resolve("a.jar"), "jar");
        Path hand = Files.writeString(directory.resolve("hand.pl"), "hand");
        Path java = javaHome(
                "echo \"$@\"; env | grep ^BELAY_ | sort; cat $BELAY_RUNNER_TOKEN_FILE $BELAY_ROOM/lib/a.jar $BELAY_HAND; pwd");

        Launched ran = Launched.run(command(
                launcher,
                "--state",
                directory.resolve("state"),
                "--controller",
                "127.0.0.1:7071",
                "--token-file",
                token,
                "--name",
                "local-1",
                "--slots",
                "2",
                "--lib",
                lib,
                "--java",
                java,
                "--hand",
                hand,
                "--heap",
                "64m"));

        assertThat(ran.output())
                .contains(
                        "-Xmx64m",
                        "/lib/a.jar dev.belay.runner.Runner",
                        "BELAY_CONTROLLER=127.0.0.1:7071",
                        "BELAY_RUNNER_NAME=local-1",
                        "BELAY_ROOM_SLOTS=2",
                        "secret\njarhand/")
                .endsWith("/belay/state");
        assertThat(mode(directory.resolve("state"))).isEqualTo("rwx------");
        assertThat(mode(directory.resolve("state/room/token"))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--probe", "--trial"})
    void a_runner_that_is_to_be_looked_at_needs_no_controller(String word) throws Exception {
        Path lib = Files.createDirectory(directory.resolve("lib"));
        Path hand = Files.writeString(directory.resolve("hand.pl"), "hand");

        Launched ran = Launched.run(command(
                launcher,
                "--state",
                directory.resolve("state"),
                "--slots",
                "2",
                "--lib",
                lib,
                "--java",
                javaHome("echo \"$@\""),
                "--hand",
                hand,
                word));

        assertThat(ran.output()).endsWith("dev.belay.runner.Runner " + word);
    }

    @Test
    void docker_is_told_and_where_the_state_is_for_it() throws Exception {
        Path socket = directory.resolve("docker.sock");

        Launched ran = docker(socket, "echo $BELAY_DOCKER $BELAY_ROOM_HOST_STATE [$BELAY_ROOM_VIEWS]");

        assertThat(ran.output()).isEqualTo("unix://" + socket + " " + directory.resolve("state/room") + " []");
    }

    @Test
    void of_roots_groups_the_one_of_dockers_socket_is_kept_and_only_that() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        Path socket = directory.resolve("docker.sock");
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(socket));
            Files.setAttribute(socket, "unix:gid", 4242);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));

            assertThat(docker(socket, "test -w " + socket + " && grep Groups /proc/self/status")
                            .output()
                            .strip())
                    .isEqualTo("Groups:\t65534");
            assertThat(run("test -w " + socket + " || grep Groups /proc/self/status")
                            .output()
                            .strip())
                    .isEqualTo("Groups:");
        }
    }

    @Test
    void a_socket_of_roots_own_group_is_refused() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        Path socket = directory.resolve("docker.sock");
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(socket));

            Launched ran = docker(socket, "true");

            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.errors()).contains("belongs to the group of root", "chgrp docker " + socket);
        }
    }

    private Launched docker(Path socket, String script) throws IOException, InterruptedException {
        return Launched.run(command(
                launcher,
                "--docker",
                "unix://" + socket,
                "--state",
                directory.resolve("state"),
                "--java",
                javaHome(script),
                "--"));
    }

    @Test
    void an_install_that_only_root_can_reach_works_too() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Path java = Launched.javaHome(closed, "cat $0 > /dev/null && cat " + closed + "/shown && echo reached");
        Files.writeString(closed.resolve("shown"), "x");
        Files.setPosixFilePermissions(closed.resolve("shown"), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

        Launched hidden = Launched.run(command(launcher, "--state", closed.resolve("state"), "--java", java, "--"));
        Launched shown = Launched.run(command(
                launcher, "--state", closed.resolve("state"), "--java", java, "--see", closed.resolve("shown"), "--"));

        assertThat(hidden.code()).isNotZero();
        assertThat(shown.output()).isEqualTo("xreached");
    }

    @Test
    void without_idmapped_mounts_every_slot_has_one_uid_that_is_not_the_runners() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);

        Launched ran = run("echo \"$BELAY_ROOM_FIRST_UID [$BELAY_ROOM_VIEWS]\"", "--views", "no");

        assertThat(ran.output()).isEqualTo("1000 []");
    }

    @Test
    void a_person_gets_a_room_with_that_persons_uid_only() throws Exception {
        assumeTrue(Launched.ROOT, "a person's run is this one already");
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.setAttribute(home, "unix:uid", 65534);
        Path java = javaHome(
                "tr -s ' ' < /proc/self/uid_map; ls -d $BELAY_ROOM_STATE/checkouts; echo \"[$BELAY_ROOM_FIRST_UID]\"; exit 3");

        Launched ran = Launched.run(command(
                "setpriv",
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                launcher,
                "--state",
                home.resolve("deep/state"),
                "--java",
                java,
                "--"));

        assertThat(ran.errors()).isEmpty();
        assertThat(ran.output().lines().map(String::strip))
                .containsExactly("0 65534 1", "/mnt/belay/state/checkouts", "[]");
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void cgroups_of_runners_that_are_gone_are_removed() throws Exception {
        List<Path> delegated = delegated();
        assumeTrue(!delegated.isEmpty(), "no cgroup is delegated here");
        List<Path> stale = new ArrayList<>();
        for (Path path : delegated) {
            stale.add(Files.createDirectories(path.resolve("4194304-1/inner")).getParent());
        }

        run("true");

        assertThat(stale).allMatch(path -> !Files.exists(path));
    }

    record Wrong(String code, int exit, List<String> arguments) {}

    static Stream<Wrong> wrong() {
        return Stream.of(
                new Wrong("E_USAGE", 2, List.of()),
                new Wrong("E_USAGE", 2, List.of("--nonsense", "x")),
                new Wrong("E_USAGE", 2, List.of("--state")),
                new Wrong("E_USAGE", 2, List.of("--state", "STATE", "--java", "JAVA")),
                new Wrong("E_USAGE", 2, List.of("--state", "STATE", "--java", "JAVA", "--slots", "0", "--")),
                new Wrong("E_USAGE", 2, List.of("--state", "STATE", "--java", "JAVA", "--heap", "lots", "--")),
                new Wrong("E_USAGE", 2, List.of("--state", "STATE", "--java", "JAVA", "--hand", "/nowhere", "--")),
                new Wrong("E_USAGE", 2, List.of("--state", "STATE", "--java", "JAVA", "--lib", "/nowhere", "--")),
                new Wrong("E_JDK_TOO_OLD", 2, List.of("--state", "STATE", "--java", "/nowhere", "--")),
                new Wrong(
                        "E_SIGNED_OUT",
                        4,
                        List.of("--state", "STATE", "--java", "JAVA", "--token-file", "/nowhere", "--")));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void wrong_arguments_are_a_named_error_before_anything_is_made(Wrong wrong) throws Exception {
        List<String> all = new ArrayList<>(List.of(launcher.toString()));
        Path java = javaHome("true");
        wrong.arguments()
                .forEach(word -> all.add(
                        word.equals("STATE")
                                ? directory.resolve("state").toString()
                                : word.equals("JAVA") ? java.toString() : word));

        Launched ran = Launched.run(all);

        assertThat(ran.code()).isEqualTo(wrong.exit());
        assertThat(ran.errors())
                .startsWith("error[" + wrong.code() + "] ")
                .contains("\n  why: ", "\n  work: nothing was changed\n", "\n  next: ");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void a_machine_without_bubblewrap_is_told_how_to_get_it() throws Exception {
        Launched ran = Launched.run(command(
                "bwrap",
                "--dev-bind",
                "/",
                "/",
                "--ro-bind",
                "/dev/null",
                "/usr/bin/bwrap",
                launcher,
                "--state",
                directory.resolve("state"),
                "--java",
                javaHome("true"),
                "--"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors()).startsWith("error[E_NO_BUBBLEWRAP]").contains("apt-get install bubblewrap");
    }

    @Test
    void a_machine_without_user_namespaces_is_told_the_setting() throws Exception {
        Launched ran = Launched.run(command(
                "unshare",
                "-Ur",
                "sh",
                "-c",
                "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"",
                "x",
                launcher,
                "--state",
                directory.resolve("state"),
                "--java",
                javaHome("true"),
                "--"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors())
                .startsWith("error[E_NO_USER_NAMESPACES]")
                .contains("user.max_user_namespaces is 0", "sudo sysctl -w user.max_user_namespaces=");
    }

    @Test
    void the_state_of_another_user_is_not_touched() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.setAttribute(other, "unix:uid", 12345);

        Launched ran = Launched.run(command(launcher, "--state", other, "--java", javaHome("true"), "--"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors()).contains("belongs to uid 12345");
        assertThat(Files.getAttribute(other, "unix:uid")).isEqualTo(12345);
    }

    /** Whoever was taken over may give the state to any uid of its range; all others begin no range. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 65535})
    void a_state_that_was_handed_to_another_uid_of_its_range_is_refused_and_begins_no_new_one(int above)
            throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        Path state = directory.resolve("state");
        run("true");
        int handed = (int) Files.getAttribute(state, "unix:uid") + above;
        Files.setAttribute(state, "unix:uid", handed);

        Launched ran = Launched.run(command(launcher, "--state", state, "--java", javaHome("echo never"), "--"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.output()).isEmpty();
        assertThat(ran.errors()).contains(state + " belongs to uid " + handed);
        assertThat(Files.getAttribute(state, "unix:uid")).isEqualTo(handed);
    }

    @Test
    void each_state_has_a_range_of_uids_of_its_own_and_keeps_it() throws Exception {
        assumeTrue(Launched.ROOT, ROOT_ONLY);
        List<String> bases = new ArrayList<>();
        for (String state : List.of("one", "two", "three", "one", "two", "three")) {
            Launched ran = Launched.run(command(
                    launcher, "--state", directory.resolve(state), "--java", javaHome("cat /proc/self/uid_map"), "--"));
            bases.add(ran.output().strip().split(" +")[1]);
        }

        assertThat(bases.subList(0, 3)).doesNotHaveDuplicates().isEqualTo(bases.subList(3, 6));
    }

    /** A process that an earlier runner has left may have put it there; the launcher is real root while it prepares the state. */
    @ParameterizedTest
    @ValueSource(strings = {"room", "room/checkouts", "room/tmp"})
    void a_link_in_place_of_a_directory_of_the_state_is_not_followed(String name) throws Exception {
        run("true");
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxr-x---"));
        Path link = directory.resolve("state").resolve(name);
        Files.move(link, directory.resolve("aside"));
        Files.createSymbolicLink(link, elsewhere);

        Launched ran = Launched.run(
                command(launcher, "--state", directory.resolve("state"), "--java", javaHome("true"), "--"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors())
                .contains("cannot make " + directory.resolve("state").resolve(name));
        assertThat(mode(elsewhere)).isEqualTo("rwxr-x---");
        assertThat(Files.getOwner(elsewhere)).isEqualTo(Files.getOwner(directory));
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void a_link_in_place_of_the_new_token_is_not_written_through() throws Exception {
        run("true");
        Path victim = Files.writeString(directory.resolve("victim"), "mine\n");
        Files.createSymbolicLink(directory.resolve("state/room/token.new"), victim);
        Path token = Files.writeString(directory.resolve("token"), "secret\n");

        Launched ran = run("cat $BELAY_RUNNER_TOKEN_FILE", "--token-file", token.toString());

        assertThat(ran.output()).isEqualTo("secret");
        assertThat(victim).hasContent("mine\n");
        assertThat(Files.getOwner(victim)).isEqualTo(Files.getOwner(directory));
    }

    private Launched run(String script, String... options) throws IOException, InterruptedException {
        List<String> all = command(launcher, "--state", directory.resolve("state"), "--java", javaHome(script));
        all.addAll(List.of(options));
        all.add("--");
        Launched ran = Launched.run(all);
        assertThat(ran.errors()).isEmpty();
        return ran;
    }

    private Path javaHome(String script) throws IOException {
        return Launched.javaHome(directory, script);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** The directories, one per controller, below which root's launcher makes its own. */
    private static List<Path> delegated() throws IOException {
        List<Path> all = new ArrayList<>();
        if (Launched.ROOT) {
            try (var controllers = Files.newDirectoryStream(Path.of("/sys/fs/cgroup"))) {
                for (Path controller : controllers) {
                    if (Files.isDirectory(controller.resolve("belay")) && !Files.isSymbolicLink(controller)) {
                        all.add(controller.resolve("belay"));
                    }
                }
            }
            if (Files.exists(Path.of("/sys/fs/cgroup/belay/cgroup.procs"))) {
                all.add(Path.of("/sys/fs/cgroup/belay"));
            }
        }
        return all;
    }

    private static List<Path> cgroupsOf(long pid) throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path path : delegated()) {
            try (var own = Files.newDirectoryStream(path, pid + "-*")) {
                own.forEach(all::add);
            }
        }
        return all;
    }
}
