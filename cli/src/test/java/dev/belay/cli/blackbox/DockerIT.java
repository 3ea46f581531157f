package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Whole tasks in containers: the same promises behind another wall. The engine is the one that the script of all tests starts. */
@EnabledIfEnvironmentVariable(named = "BELAY_TEST_DOCKER", matches = "unix:/.+")
class DockerIT {
    private static Belay belay;

    @BeforeAll
    static void a_system_runs_on_docker() throws IOException {
        Belay fresh = onDocker(Belay.fresh());
        Path hosts = Files.writeString(fresh.work().resolve("hosts"), """
                127.0.0.2 packages.example
                127.0.0.2 forbidden.example
                """);
        belay = fresh.with("BELAY_REACHABLE", "127.0.0.2");
        belay.with("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts)
                .run("up")
                .well();
    }

    @AfterAll
    static void nothing_of_it_is_left() {
        belay.close();
        assertThat(containers(belay)).isEmpty();
        assertThat(docker("volume", "ls", "-q", "--filter", "label=dev.belay.runner"))
                .isEmpty();
    }

    private static Belay onDocker(Belay belay) {
        return belay.with("BELAY_ENGINE", "docker")
                .with("BELAY_DOCKER", System.getenv("BELAY_TEST_DOCKER"))
                .with("BELAY_IMAGE", Objects.requireNonNullElse(System.getenv("BELAY_TEST_IMAGE"), "belay/base"))
                .acceptingWeaker();
    }

    private static String docker(String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "docker";
        command[1] = "-H";
        command[2] = System.getenv("BELAY_TEST_DOCKER");
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        return Sh.run(command).strip();
    }

    /** Those of this system's runner: its state is in what they are bound to. */
    private static List<String> containers(Belay belay) {
        return docker("ps", "-aq", "--filter", "label=dev.belay.sandbox")
                .lines()
                .filter(id -> docker("inspect", id).contains(belay.state().toString()))
                .toList();
    }

    @Test
    void a_task_works_in_a_container_that_holds_only_the_project() {
        Repository shop = belay.repository("contained");

        String task = belay.task(
                shop,
                Script.of("ls -A /workspace; cat /etc/debian_version; ls " + belay.state() + " || echo absent; id -u")
                        .read("src/app.txt")
                        .edit("src/app.txt", "one", "first"));
        TaskLog log = TaskLog.of(belay.run("attach", "--json", task).well().lines());

        assertThat(log.said()).contains("README.md", "12.", "absent");
        assertThat(log.printed()).contains("\"docker\"", "own-uid");
        belay.at(shop).run("apply", task).well();
        assertThat(shop.root().resolve("src/app.txt")).content().startsWith("first\n");
    }

    @Test
    void a_person_reaches_what_listens_in_a_container() throws IOException {
        String task = belay.handOver(
                belay.repository("ports"),
                new Script().write("echo.pl", PortsIT.ECHO).bash("perl echo.pl 8099"));
        try (Running ports = belay.start("ports", task, "0:8099", "--wait");
                Socket visitor = PortsIT.visit(PortsIT.address(ports))) {
            assertThat(PortsIT.said(visitor, "hello".getBytes(StandardCharsets.UTF_8)))
                    .asString()
                    .isEqualTo("helloand that is all");
        }
        belay.run("cancel", task).well();
    }

    @Test
    void every_step_comes_back_and_goes_again() {
        Repository shop = belay.repository("steps");
        String task = belay.task(
                shop,
                Script.of(
                        "printf 'a\\0b' > 'with space ü.bin'; mkdir -p deep/er; ln -s ../README.md deep/er/link; rm src/app.txt",
                        "chmod 600 bin/run.sh; git add -A; git -c user.name=x -c user.email=x@y commit -qm one",
                        "rm -rf deep src; echo a > deep",
                        "rm -f deep *.bin; mkdir deep; echo end > deep/end"));
        String look =
                "find . -path ./.git -prune -o -printf '%p %y %m %l\\n' | sort; git log --oneline | wc -l; git status --porcelain";
        String last = belay.run("exec", task, "--", "sh", "-c", look).well().out();

        belay.run("rollback", task, "s1").well();
        String first = belay.run("exec", task, "--", "sh", "-c", look).well().out();
        belay.run("undo", task).well();

        assertThat(first)
                .contains("./deep/er/link l 777 ../README.md", "./with space ü.bin f")
                .doesNotContain("./src/app.txt f");
        assertThat(belay.run("exec", task, "--", "sh", "-c", look).well().out()).isEqualTo(last);
    }

    @Test
    void one_step_is_undone_and_later_ones_stay_while_the_task_works() {
        Repository shop = belay.repository("reverted");
        String task = belay.handOver(
                shop,
                new Script()
                        .write("one", "1\n")
                        .write("two", "2\n")
                        .bash("sleep 3; ls")
                        .bash("ls"));
        belay.run("wait", task, "--for", "snapshot=s2").well();

        belay.run("revert", task + "@s1").well();
        belay.run("wait", task).well();

        assertThat(belay.run("exec", task, "--", "ls").well().out())
                .contains("two")
                .doesNotContain("one");
    }

    @Test
    void what_is_allowed_is_reached_by_the_gateway_and_nothing_else() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.2", 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "from outside\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        int port = server.getAddress().getPort();
        try {
            Repository shop = belay.repository("gateway");
            shop.write(
                    ".belay/policy.yaml", "policy: belay/1\nnetwork:\n  allow: [\"packages.example:" + port + "\"]\n");

            TaskLog log = belay.granted(
                    shop,
                    Script.of(
                            "curl -sS -m 10 http://packages.example:" + port + "/",
                            "curl -sS -m 10 -o /dev/null -w '%{http_code}' http://forbidden.example:" + port + "/",
                            "curl -sS -m 5 --noproxy '*' http://127.0.0.2:" + port + "/"));

            assertThat(log.said()).contains("from outside", "403", "curl: (7)");
            assertThat(log.denied()).anyMatch(line -> line.contains("forbidden.example:" + port));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void the_death_of_the_runner_costs_the_call_it_was_in() {
        Repository shop = belay.repository("death");
        String task = belay.handOver(
                shop,
                new Script()
                        .write("before", "1\n")
                        .bash("sleep 3; echo over > during")
                        .write("after", "2\n"));
        belay.run("wait", task, "--for", "snapshot=s1").well();
        LocalSystem.of(belay).kill("runner");

        belay.run("wait", "--timeout", "80s", task).well();

        assertThat(belay.run("exec", task, "--", "cat", "before", "after")
                        .well()
                        .out())
                .isEqualTo("1\n2\n");
    }

    @Test
    void what_is_weaker_there_is_named_and_needs_a_word() {
        Repository shop = belay.repository("weaker");

        Result refused = belay.acceptingNothingWeaker()
                .at(shop)
                .run("run", "--model", Script.of("true").in(belay), "do it");

        assertThat(refused.exit()).isNotZero();
        assertThat(refused.out() + refused.err())
                .contains("E_WEAKER_ISOLATION", "own-uid", "runner-privilege", "--accept-weaker");
    }

    @Test
    void doctor_tries_it_whole_where_it_is_chosen_and_tells_of_it_in_a_line_elsewhere() {
        Json chosen = belay.run("doctor", "--json").well().json();
        assertThat(chosen.get("checks").items())
                .extracting(check -> check.text("name"))
                .contains("seccomp", "capabilities", "memory-cap", "runner-privilege");

        // The same image for the other engine.
        Result other = belay.without("BELAY_ENGINE")
                .with("BELAY_IMAGES", Objects.requireNonNullElse(System.getenv("BELAY_TEST_IMAGES"), ""))
                .run("doctor");
        assertThat(other.out()).contains("✓ docker").contains("can be used (BELAY_ENGINE=docker)", "own-uid");
    }

    @Test
    void an_engine_or_an_image_that_is_not_there_is_named_before_anything_runs() {
        try (Belay dead = onDocker(Belay.fresh()).with("BELAY_DOCKER", "unix:///run/nowhere.sock")) {
            assertThat(dead.run("up").ended(1).err()).contains("/run/nowhere.sock");
        }
        try (Belay imageless = onDocker(Belay.fresh()).with("BELAY_IMAGE", "belay/none")) {
            assertThat(imageless.run("up").ended(1).err()).contains("belay/none", "sandbox-images/build");
        }
        try (Belay remote = onDocker(Belay.fresh()).with("BELAY_DOCKER", "tcp://192.0.2.1:2375")) {
            assertThat(remote.run("up").ended(2).err()).contains("tcp://192.0.2.1:2375", "unix:///");
        }
        try (Belay unknown = onDocker(Belay.fresh()).with("BELAY_ENGINE", "cardboard")) {
            assertThat(unknown.run("up").ended(2).err()).contains("there is no engine cardboard", "namespace, docker");
        }
    }
}
