package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person speaks with what an agent started: real servers in real sandboxes, by the client as it is given to people. */
class PortsIT {
    /** Says back all it hears, and something more when its visitor has said all. */
    static final String ECHO = """
            use IO::Socket::INET;
            $SIG{CHLD} = 'IGNORE';
            my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 64, ReuseAddr => 1)
                or die "cannot listen: $!";
            while (my $visitor = $server->accept) {
                next if fork;
                while (sysread $visitor, my $bytes, 65536) { print $visitor $bytes; $visitor->flush }
                print $visitor 'and that is all';
                exit;
            }
            """;

    private static Belay belay;
    private static Repository shop;

    @BeforeAll
    static void a_system_runs() {
        belay = Belay.started();
        shop = belay.repository("ports");
    }

    /** A task whose agent waits for a server in its sandbox. */
    private static String serving(int port) {
        return belay.handOver(shop, new Script().write("echo.pl", ECHO).bash("perl echo.pl " + port));
    }

    static int address(Running ports) {
        String said = ports.untilItSays("Ctrl-C ends it").so().out();
        return Integer.parseInt(said.replaceFirst("(?s).*127\\.0\\.0\\.1:(\\d+) is port.*", "$1"));
    }

    static Socket visit(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** What is said to it and then listened for: all of it, and what comes after one's own end. */
    static byte[] said(Socket socket, byte[] bytes) throws IOException {
        Thread.ofVirtual().start(() -> {
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            } catch (IOException seenByTheReader) {
                Assertions.fail(seenByTheReader);
            }
        });
        return socket.getInputStream().readAllBytes();
    }

    /** A server that is killed may have its end sent for it by the kernel. */
    private static boolean hasEnded(Socket visitor) throws IOException {
        try {
            return visitor.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void what_is_said_goes_in_whole_and_comes_back_whole() throws IOException {
        String task = serving(8099);
        byte[] much = new byte[32 << 20];
        new Random(7).nextBytes(much);
        try (Running ports = belay.start("ports", task, "0:8099", "--wait")) {
            int port = address(ports);

            try (Socket one = visit(port);
                    Socket other = visit(port)) {
                one.getOutputStream().write("first".getBytes(StandardCharsets.UTF_8));
                assertThat(new String(said(other, "second".getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                        .isEqualTo("secondand that is all");
                assertThat(one.getInputStream().readNBytes(5)).asString().isEqualTo("first");
            }
            try (Socket large = visit(port)) {
                byte[] back = said(large, much);

                assertThat(back.length).isEqualTo(much.length + "and that is all".length());
                assertThat(Arrays.mismatch(back, 0, much.length, much, 0, much.length))
                        .isEqualTo(-1);
            }
            assertThat(belay.run("ports", task).well().out().lines())
                    .containsExactly("8099  belay ports " + task + " 8099");
            assertThat(belay.run("ports", "--json", task).well().out().strip()).isEqualTo("{\"listening\":[8099]}");
        }
        belay.run("cancel", task).well();
    }

    @Test
    void where_nothing_listens_it_is_said_at_once_and_what_does_instead() {
        String task = serving(8102);
        try (Running ports = belay.start("ports", task, "0:8102", "--wait")) {
            address(ports);

            Result refused = belay.run("ports", task, "8103").ended(8);

            assertThat(refused.err())
                    .contains("error[E_NOT_FOUND]", "nothing listens on port 8103", "[8102]", "--wait");
            assertThat(belay.run("ports", task, "0:3128").ended(8).err())
                    .as("the gateway is nobody's but the sandbox's")
                    .contains("nothing listens on port 3128");
        }
        belay.run("cancel", task).well();
    }

    @Test
    void a_port_of_this_machine_that_is_taken_is_refused_before_anything_else() throws IOException {
        String task = serving(8104);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Result refused = belay.run("ports", task, taken.getLocalPort() + ":8104", "--wait")
                    .ended(9);

            assertThat(refused.err()).contains("error[E_PORT_IN_USE]", "belay ports " + task + " 0:8104");
        }
        belay.run("cancel", task).well();
    }

    @Test
    void it_ends_with_the_sandbox_and_so_does_who_still_speaks() throws IOException {
        String task = serving(8105);
        try (Running ports = belay.start("ports", task, "0:8105", "--wait");
                Socket visitor = visit(address(ports))) {
            visitor.getOutputStream().write('x');
            assertThat(visitor.getInputStream().read()).isEqualTo('x');

            belay.run("cancel", task).well();

            assertThat(hasEnded(visitor)).isTrue();
            assertThat(ports.end().well().err()).contains("it ends here");
        }
    }

    @Test
    void of_a_task_that_has_ended_it_reaches_what_a_persons_command_runs() throws IOException {
        String task = belay.task(shop, new Script().write("echo.pl", ECHO));
        assertThat(belay.run("ports", task).ended(7).err()).contains("error[E_TASK_ENDED]", "belay exec");

        try (Running exec = belay.start(
                "exec", task, "--timeout", "60s", "--", "sh", "-c", "echo it runs; exec perl echo.pl 8106")) {
            exec.untilItSays("it runs");
            try (Running ports = belay.start("ports", task, "0:8106", "--wait")) {
                int port = address(ports);
                try (Socket visitor = visit(port)) {
                    assertThat(said(visitor, "hello".getBytes(StandardCharsets.UTF_8)))
                            .asString()
                            .isEqualTo("helloand that is all");
                }
            }
            exec.interrupt();
        }
    }

    @Test
    void a_server_that_resets_is_a_reset_and_not_an_end() throws IOException {
        String reset = """
                use IO::Socket::INET; use Socket;
                my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8107, Listen => 5) or die $!;
                my $visitor = $server->accept; sysread $visitor, my $bytes, 1;
                setsockopt $visitor, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0); close $visitor;
                sleep 3600;
                """;
        String task = belay.handOver(shop, new Script().write("reset.pl", reset).bash("perl reset.pl"));
        try (Running ports = belay.start("ports", task, "0:8107", "--wait");
                Socket visitor = visit(address(ports))) {
            visitor.getOutputStream().write('x');

            assertThatThrownBy(() -> {
                        int c = visitor.getInputStream().read();
                        throw new IOException("it ended with " + c);
                    })
                    .isInstanceOf(SocketException.class);
        }
        belay.run("cancel", task).well();
    }
}
