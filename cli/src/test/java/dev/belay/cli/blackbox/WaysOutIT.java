package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way out that is tried from a sandbox ends there; and each is shown to be one where nothing holds it. */
class WaysOutIT {
    private static final Belay FRESH = Belay.fresh();
    private static final Repository SHOP = FRESH.repository("shop");
    private static final String ABSTRACT =
            "belay-ways-" + ProcessHandle.current().pid();
    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final Map<String, String> VARIABLES = new HashMap<>();

    private static Map<String, String> inside = Map.of();

    @BeforeAll
    static void all_of_them_are_tried_in_one_sandbox() throws Exception {
        LooseServer server = open(LooseServer.plain("127.0.0.2", false));
        LooseServer other = open(LooseServer.plain("127.0.0.2", true));
        LooseServer away = open(LooseServer.plain("127.0.0.4", true));
        Path keys = FRESH.work().resolve("secured");
        LooseServer secured = open(new LooseServer(
                PackageServer.certified("secured.example", Files.createDirectories(keys))
                        .getServerSocketFactory()
                        .createServerSocket(),
                "127.0.0.3",
                false));
        DatagramSocket datagrams = open(LooseServer.datagrams("127.0.0.2"));
        VARIABLES.putAll(Map.of(
                "P", Integer.toString(server.port()),
                "OTHER", Integer.toString(other.port()),
                "AWAY", Integer.toString(away.port()),
                "TLS", Integer.toString(secured.port()),
                "U", Integer.toString(datagrams.getLocalPort()),
                "ABSTRACT", ABSTRACT));
        abstractSocket();
        Path hosts = Files.writeString(FRESH.work().resolve("hosts"), """
                127.0.0.2 packages.example
                127.0.0.2 forbidden.example
                127.0.0.3 secured.example
                127.0.0.4 away.example
                """);
        Belay belay = FRESH.with("BELAY_REACHABLE", "127.0.0.2,127.0.0.3");
        belay.with(
                        "JDK_JAVA_OPTIONS",
                        "-Djdk.net.hosts.file=" + hosts + " -Djavax.net.ssl.trustStore=" + keys.resolve("trusted.p12")
                                + " -Djavax.net.ssl.trustStorePassword=" + PackageServer.PASSWORD)
                .run("up")
                .well();
        SHOP.write(".belay/policy.yaml", """
                policy: belay/1
                network:
                  allow:
                    - packages.example:%d
                    - away.example:%d
                    - host: secured.example:%d
                      methods: [GET]
                      paths: [/open]
                """.formatted(server.port(), away.port(), secured.port()));
        inside = tried(belay);
    }

    private static <T extends AutoCloseable> T open(T resource) {
        OPEN.add(resource);
        return resource;
    }

    private static void abstractSocket() throws IOException {
        Process server = new ProcessBuilder(
                        "perl",
                        "-MSocket",
                        "-e",
                        "socket S, AF_UNIX, SOCK_STREAM, 0; bind S, pack(q(Sa*), 1, qq(\\0$ARGV[0])) or die; listen S, 5;"
                                + " $| = 1; print qq(ready\\n); while (accept C, S) { syswrite C, $ARGV[1]; close C }",
                        ABSTRACT,
                        LooseServer.WORD)
                .start();
        OPEN.add(server::destroyForcibly);
        assertThat(server.getInputStream().readNBytes(6))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("ready\n");
    }

    @AfterAll
    static void all_of_it_ends() throws Exception {
        for (AutoCloseable resource : OPEN) {
            resource.close();
        }
        FRESH.close();
    }

    /** Each as a file of the project, so that all of them are one command. */
    private static Map<String, String> tried(Belay belay) {
        List<Ways.Way> ways = Ways.ALL;
        for (int i = 0; i < ways.size(); i++) {
            SHOP.write("ways/%02d.sh".formatted(i), script(ways.get(i), "127.0.0.1:3128"));
        }
        String hash =
                belay.at(SHOP).run("policy", "show", "--json").well().json().text("hash");
        Script all = Script.of(
                "for w in ways/*.sh; do echo \"== $w\"; timeout 12 bash $w 2>&1 | tr -d '\\0' | head -c 300; echo; done >tried.txt",
                "curl -sS http://packages.example:" + VARIABLES.get("P") + "/ https://secured.example:"
                        + VARIABLES.get("TLS") + "/open");
        List<Json> events = belay.at(SHOP)
                .run("run", "--json", "--accept-policy", hash, "--model", all.in(belay), "get out")
                .well()
                .lines();
        assertThat(events.stream().map(Json::print))
                .as("what is allowed is reached")
                .anyMatch(event -> event.contains("an open page\\nan open page"));
        belay.at(SHOP).run("apply", "-").well();
        Map<String, String> said = new HashMap<>();
        for (String one : SHOP.read("tried.txt").split("(?m)^== ")) {
            if (!one.isBlank()) {
                int number = Integer.parseInt(one.substring(5, 7));
                said.put(ways.get(number).name(), one);
            }
        }
        return said;
    }

    private static String script(Ways.Way way, String proxy) {
        StringBuilder script = new StringBuilder();
        VARIABLES.forEach((name, value) ->
                script.append("export ").append(name).append('=').append(value).append('\n'));
        script.append("export PROXY=").append(proxy).append('\n');
        script.append("say() { exec 3<>/dev/tcp/${PROXY%:*}/${PROXY#*:}; printf \"$1\" >&3; timeout 3 cat <&3; }\n");
        script.append("port() { printf '\\\\x%02x\\\\x%02x' $((P / 256)) $((P % 256)); }\n");
        return script.append(way.command()).append('\n').toString();
    }

    static Stream<Ways.Way> ways() {
        return Ways.ALL.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void ends_in_the_sandbox(Ways.Way way) {
        assertThat(inside.get(way.name())).as(way.command()).isNotNull().doesNotContain(LooseServer.WORD);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void gets_there_where_nothing_holds_it(Ways.Way way) throws Exception {
        try (OpenProxy proxy = new OpenProxy(Map.of(
                "packages.example", "127.0.0.2",
                "forbidden.example", "127.0.0.2",
                "secured.example", "127.0.0.3",
                "away.example", "127.0.0.4"))) {
            String here = "127.0.0.1:" + proxy.port();
            ProcessBuilder builder = new ProcessBuilder("timeout", "12", "bash", "-c", script(way, here));
            builder.environment().clear();
            builder.environment().putAll(Map.of("PATH", Sh.PATH, "HOME", "/nonexistent"));
            for (String name : List.of("http_proxy", "https_proxy")) {
                builder.environment().put(name, "http://" + here);
            }
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();

            assertThat(said).contains(LooseServer.WORD);
        }
    }
}
