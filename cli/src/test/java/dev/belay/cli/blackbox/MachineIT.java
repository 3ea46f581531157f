package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A machine, or a server, that is not as Belay needs it. Nothing here changes the machine. */
class MachineIT {
    @Test
    void a_server_of_another_version_is_refused_by_name_and_nothing_is_sent_to_it() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        StringBuilder asked = new StringBuilder();
        server.createContext("/", exchange -> {
            synchronized (asked) {
                asked.append(exchange.getRequestURI()).append('\n');
            }
            byte[] answer = "{\"version\":\"9.3.0\",\"api\":9}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            Belay client = belay.with("BELAY_SERVER", address).with("BELAY_TOKEN", "token");

            Result result = client.at(shop)
                    .run("run", "--model", new Script().in(belay), "x")
                    .refused("E_SERVER_VERSION", 9);

            assertThat(result.err()).contains(address + " is Belay 9.3.0, this client is ", "Try: install belay 9.3.0");
            assertThat(asked.toString().lines()).containsOnly("/v1/version");
            client.run("ps").refused("E_SERVER_VERSION", 9);
            assertThat(belay.state().resolve("drafts")).isEmptyDirectory();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_server_that_is_not_there_keeps_the_request_and_says_how_to_send_it_again() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            Belay away = belay.with("BELAY_SERVER", "http://127.0.0.1:" + free).with("BELAY_TOKEN", "token");

            Result result = away.at(shop)
                    .run("run", "-d", "--model", new Script().in(belay), "kept")
                    .refused("E_UNREACHABLE", 9);

            assertThat(result.err()).contains("your request is kept: belay retry (d-");
            String draft = result.err().replaceFirst("(?s).*belay retry \\((d-\\w+)\\).*", "$1");
            String task =
                    belay.at(shop).run("run", "-d", "--draft", draft).well().said();
            assertThat(belay.run("show", "--json", task).well().json().text("prompt"))
                    .isEqualTo("kept");
            belay.run("wait", task).well();
            belay.with("BELAY_SERVER", "http://127.0.0.1:" + free).run("ps").refused("E_SIGNED_OUT", 4);
        }
    }

    @Test
    void a_wrong_token_is_signed_out() throws IOException {
        Belay belay = Belay.started();
        String address = "http://127.0.0.1:"
                + belay.run("status").well().out().replaceFirst("(?s).*127\\.0\\.0\\.1:(\\d+).*", "$1");

        belay.with("BELAY_SERVER", address)
                .with("BELAY_TOKEN", "wrong")
                .run("ps")
                .refused("E_SIGNED_OUT", 4);
    }

    @ParameterizedTest
    @CsvSource({"BELAY_HTTP_PORT", "BELAY_GRPC_PORT"})
    void a_port_in_use_is_named_and_nothing_is_left_running(String variable) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");

            Result result = belay.with(variable, Integer.toString(taken.getLocalPort()))
                    .at(shop)
                    .run("run", "--model", new Script().in(belay), "x")
                    .refused("E_PORT_IN_USE", 9);

            assertThat(result.err())
                    .contains("port " + taken.getLocalPort() + " is in use", variable)
                    .doesNotContain("⏎", " ERROR ");
            Leftovers left = Leftovers.afterTheEndOf(belay.state());
            assertThat(left.isEmpty()).as("%s", left).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"17.0.1, the newest JDK here is 17", "'', there is no JDK here"})
    void a_machine_without_a_new_jdk_is_told_how_to_get_one(String version, String said) throws IOException {
        Path machine = Files.createTempDirectory("belay-jdk-");
        Path bin = Files.createDirectories(machine.resolve("old/bin"));
        String path = "/usr/bin:/bin";
        if (!version.isEmpty()) {
            Files.writeString(machine.resolve("old/release"), "JAVA_VERSION=\"" + version + "\"\n");
            Files.writeString(bin.resolve("java"), "#!/bin/sh\nexit 1\n");
            Sh.run("chmod", "755", bin.resolve("java").toString());
            path = bin + ":" + path;
        }
        try (Belay belay = Belay.fresh()) {
            // In a mount namespace of its own the usual places of JDKs are empty.
            Result result = belay.without("BELAY_JAVA_HOME")
                    .with("PATH", path)
                    .through(
                            "unshare",
                            "--user",
                            "--map-root-user",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t tmpfs none /usr/lib/jvm; mount -t tmpfs none /opt; exec \"$@\"",
                            "sh")
                    .run("version");

            assertThat(result.ended(2).err())
                    .startsWith("error[E_JDK_TOO_OLD] " + said)
                    .contains("and Belay needs 25", "nothing was changed", "Try: ", "temurin-25-jdk", "exit 2");
        } finally {
            Sh.run("rm", "-rf", machine.toString());
        }
    }

    @Test
    void a_machine_without_user_namespaces_is_told_its_own_fix_by_run_and_by_doctor() {
        // As an ordinary user, in a user namespace where no further one may be made.
        Belay system = OrdinaryUser.isRoot() ? Belay.ofAnOrdinaryUser() : Belay.fresh();
        try (system) {
            Repository shop = system.repository("shop");
            Belay poor = system.through(
                    "unshare",
                    "--user",
                    "--map-user=" + OrdinaryUser.UID,
                    "--keep-caps",
                    "sh",
                    "-c",
                    "echo 0 > /proc/sys/user/max_user_namespaces"
                            + " && exec setpriv --inh-caps=-all --ambient-caps=-all \"$@\"",
                    "sh");

            Result run = poor.at(shop).run("run", "--model", new Script().in(system), "x");
            Result doctor = poor.at(shop).run("doctor");

            run.refused("E_NO_USER_NAMESPACES", 1);
            assertThat(run.err())
                    .contains("sysctl -w user.max_user_namespaces=")
                    .doesNotContain("⏎");
            assertThat(doctor.ended(1).out()).contains("✗ namespaces", "fix: ", "sysctl -w user.max_user_namespaces=");
            Leftovers left = Leftovers.afterTheEndOf(system.state());
            assertThat(left.isEmpty()).as("%s", left).isTrue();
        }
    }

    /** Walls with a hole, whatever the machine says of itself: the runner tries them, and does not begin. */
    @Test
    void a_machine_whose_sandboxes_reach_its_network_runs_no_task_and_is_told_which_wall_does_not_hold()
            throws IOException {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            Path holed = Files.writeString(belay.state().resolveSibling("bwrap"), """
                    #!/bin/sh
                    for word do
                      shift
                      set -- "$@" "$word"
                      if [ "$word" = --unshare-all ]; then set -- "$@" --share-net; fi
                    done
                    exec /usr/local/bin/bwrap-whole "$@"
                    """);
            Sh.run("chmod", "755", holed.toString());
            String make =
                    "mount -t tmpfs -o mode=755 none /usr/local/bin && cp /usr/bin/bwrap /usr/local/bin/bwrap-whole"
                            + " && mount --bind " + holed + " /usr/bin/bwrap && exec ";
            Belay poor = OrdinaryUser.isRoot()
                    ? belay.through("unshare", "--mount", "sh", "-c", make + "\"$@\"", "sh")
                    : belay.through(
                            "unshare",
                            "--user",
                            "--map-user=" + OrdinaryUser.UID,
                            "--map-group=" + OrdinaryUser.UID,
                            "--keep-caps",
                            "--mount",
                            "sh",
                            "-c",
                            make + "setpriv --inh-caps=-all --ambient-caps=-all \"$@\"",
                            "sh");

            Result run = poor.at(shop).run("run", "--model", new Script().in(belay), "x");

            run.refused("E_SANDBOX", 1);
            assertThat(run.err())
                    .contains("this machine cannot isolate a task", "network: does not hold", "belay doctor")
                    .doesNotContain("⏎");
            Leftovers left = Leftovers.afterTheEndOf(belay.state());
            assertThat(left.isEmpty()).as("%s", left).isTrue();
        }
    }
}
