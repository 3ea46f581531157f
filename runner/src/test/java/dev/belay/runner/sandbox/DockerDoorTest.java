package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.hands.ChannelHand;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.room.Room;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The way of a connection out of a container: the relay inside, the unix socket, the network of the runner's own. */
@EnabledIfEnvironmentVariable(named = TestDocker.SOCKET, matches = "unix://.+")
class DockerDoorTest {
    private static final Path HAND = Path.of("src/main/dist/share/hand.pl");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Sends what it is told, says that this was all, and prints what comes back. */
    private static final String CLIENT = "perl -MSocket -e 'socket S, 2, 1, 0;"
            + " connect(S, pack_sockaddr_in(3128, inet_aton(q(127.0.0.1)))) or die;"
            + " select S; $| = 1; print S q(a) x $ARGV[0]; shutdown S, 1; select STDOUT;"
            + " my ($n, $last) = (0, q()); while (sysread S, my $b, 65536) { $n += length $b; $last = substr $b, -1 }"
            + " print qq($n $last\\n)' ";

    private final Room room = Room.fromEnvironment(System.getenv());
    private Path workspace;
    private @Nullable Sandbox started;

    @BeforeEach
    void make_a_workspace() throws IOException {
        workspace = Files.createDirectory(
                room.state().resolve("door-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet()));
        Files.setPosixFilePermissions(workspace, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(workspace, "unix:uid", room.uid(0));
        Files.setAttribute(workspace, "unix:gid", room.uid(0));
    }

    @AfterEach
    void close() throws IOException {
        if (started != null) {
            started.close();
        }
        Files.delete(workspace);
    }

    @Test
    void a_megabyte_goes_both_ways_after_the_end_of_the_first() throws Exception {
        Shell shell = new Shell(start(SandboxContract.program(room, "stand-in-hand.pl")));
        try (ServerSocket server = listener()) {
            serve(server);

            assertThat(shell.output(CLIENT + (1 << 20))).isEqualTo((1 << 20) + 1 + " .");
        }
    }

    @Test
    void many_connections_at_once_are_each_their_own() throws Exception {
        Shell shell = new Shell(start(SandboxContract.program(room, "stand-in-hand.pl")));
        try (ServerSocket server = listener()) {
            serve(server);

            String said = shell.output("for i in 1 2 3 4 5 6 7 8; do " + CLIENT + "${i}0000 & done; wait");

            assertThat(said.lines().sorted())
                    .containsExactly(
                            "10001 .", "20001 .", "30001 .", "40001 .", "50001 .", "60001 .", "70001 .", "80001 .");
        }
    }

    @Test
    void where_no_gateway_listens_a_connection_ends_at_once() throws Exception {
        Shell shell = new Shell(start(SandboxContract.program(room, "stand-in-hand.pl")));

        assertThat(shell.output(CLIENT + "10")).isIn("0", "0 ");
    }

    @Test
    void a_command_that_ends_the_relay_has_no_way_out_any_more() throws Exception {
        Shell shell = new Shell(start(SandboxContract.program(room, "stand-in-hand.pl")));
        try (ServerSocket server = listener()) {
            serve(server);

            assertThat(shell.output("perl -e 'kill 9, -1'; " + CLIENT + "10")).isEmpty();
            assertThat(shell.run(CLIENT + "10").code()).isNotZero();
            assertThat(shell.output("echo there")).isEqualTo("there");
        }
    }

    /** A supervisor that is killed makes the hand kill whatever belongs to no command. */
    @Test
    void the_relay_outlives_the_hands_search_for_left_overs() throws Exception {
        Sandbox sandbox = start(HAND);
        try (ServerSocket server = listener();
                ChannelHand hand = new ChannelHand(sandbox.fromHand(), sandbox.toHand())) {
            serve(server);
            assertThat(sh(hand, "(setsid sleep 1000 &) ; kill -9 $PPID; sleep 5")
                            .code())
                    .isEqualTo(128 + 9);

            assertThat(sh(hand, CLIENT + "10").output()).isEqualTo("11 .\n");
            assertThat(sandbox.processes()).as("the hand and the relay").hasSize(2);
        }
    }

    @Test
    void tools_that_need_perl_work_in_an_image_that_has_none() throws Exception {
        try (OtherImage image = OtherImage.without("/usr/bin/perl")) {
            Sandbox sandbox = start(image.name(), HAND);
            try (ChannelHand hand = new ChannelHand(sandbox.fromHand(), sandbox.toHand())) {
                assertThat(sh(hand, "perl -e 1").code()).isEqualTo(127);
                assertThat(run(hand, Hand.Command.of("/usr/bin/perl", "-e", "use strict; print 6 * 7"))
                                .output())
                        .isEqualTo("42");
            } finally {
                sandbox.close();
            }
        }
    }

    private record Ran(int code, String output) {}

    private static Ran sh(Hand hand, String command) throws Exception {
        return run(hand, Hand.Command.of("/bin/sh", "-c", command));
    }

    private static Ran run(Hand hand, Hand.Command command) throws Exception {
        StringBuilder said = new StringBuilder();
        Hand.Exit exit = hand.run(command, new Hand.Sink() {
                    @Override
                    public void stdout(byte[] bytes) {
                        said.append(new String(bytes, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void stderr(byte[] bytes) {}
                })
                .await(Duration.ofSeconds(20));
        return new Ran(exit.code(), said.toString());
    }

    private Sandbox start(Path program) throws IOException {
        return start(TestDocker.image(), program);
    }

    private Sandbox start(String image, Path program) throws IOException {
        Sandbox sandbox = TestDocker.engine(room, image, program)
                .start(new SandboxSpec(
                        "door-" + ProcessHandle.current().pid() + "-" + NUMBER.get(),
                        0,
                        workspace,
                        Limits.STANDARD,
                        Map.of()));
        started = sandbox;
        return sandbox;
    }

    private ServerSocket listener() throws Exception {
        return Objects.requireNonNull(started).inNetwork(() -> {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 3128), 64);
            return socket;
        });
    }

    /** Takes everything up to its end, and says it back with a point. */
    private static void serve(ServerSocket server) {
        Thread.ofPlatform().daemon().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> answer(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private static void answer(Socket socket) {
        try (socket) {
            byte[] all = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(all);
            socket.getOutputStream().write('.');
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
