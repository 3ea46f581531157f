package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that people's projects use, as they are, in a real sandbox: an allowed host simply works, another is refused. */
class ClientsIT {
    private static final Belay FRESH = Belay.fresh();
    private static final PackageServer SERVER =
            PackageServer.plain("127.0.0.2", "packages.example", FRESH.work().resolve("packages"));
    private static final PackageServer SECURED =
            PackageServer.secured("127.0.0.3", "secured.example", FRESH.work().resolve("secured"));
    private static final Repository SHOP = FRESH.repository("shop");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static Belay belay = FRESH;

    @BeforeAll
    static void a_project_that_may_reach_one_host() throws IOException {
        Path hosts = Files.writeString(
                FRESH.work().resolve("hosts"),
                "127.0.0.2 packages.example\n127.0.0.2 forbidden.example\n127.0.0.3 secured.example\n");
        belay = FRESH.with("BELAY_REACHABLE", "127.0.0.2,127.0.0.3");
        belay.with(
                        "JDK_JAVA_OPTIONS",
                        "-Djdk.net.hosts.file=" + hosts + " -Djavax.net.ssl.trustStore="
                                + FRESH.work().resolve("secured/trusted.p12") + " -Djavax.net.ssl.trustStorePassword="
                                + PackageServer.PASSWORD)
                .run("up")
                .well();
        SHOP.write(".belay/policy.yaml", """
                policy: belay/1
                network:
                  allow:
                    - packages.example:%d
                    - host: secured.example:%d
                      methods: [GET, HEAD, POST]
                      paths: ["/npm/**", "/simple/**", "/git/**", /plain, /python, /jvm, /node]
                """.formatted(SERVER.port(), SECURED.port()));
        SHOP.write("Old.java", """
                class Old {
                    public static void main(String[] arguments) throws Exception {
                        var connection = java.net.URI.create(arguments[0]).toURL().openConnection();
                        System.out.println(new String(connection.getInputStream().readAllBytes()));
                    }
                }
                """);
        SHOP.write("New.java", """
                import java.net.http.*;
                class New {
                    public static void main(String[] arguments) throws Exception {
                        var request = HttpRequest.newBuilder(java.net.URI.create(arguments[0])).build();
                        try (var client = HttpClient.newHttpClient()) {
                            System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
                        }
                    }
                }
                """);
    }

    @AfterAll
    static void all_of_it_ends() {
        SERVER.close();
        SECURED.close();
        FRESH.close();
    }

    static Stream<Arguments> clients() {
        return Stream.of(
                client("curl", "curl -sS -m 20 @/plain"),
                client("git", "git clone -q @/git/tiny.git cloned && cat cloned/word"),
                client(
                        "npm",
                        "npm install --no-audit --no-fund --fetch-retries 0 --registry @/npm tiny-word"
                                + " && node -e 'console.log(require(\"tiny-word\"))'"),
                client(
                        "pip",
                        "pip3 install -q --retries 0 --disable-pip-version-check --target lib --index-url @/simple"
                                + " --trusted-host $HOST tinyword && PYTHONPATH=lib python3 -c 'import tinyword; print(tinyword.WORD)'"),
                client("python", "python3 -c 'import urllib.request as u; print(u.urlopen(\"@/python\").read())'"),
                client("a JVM, as ever", JAVA + " Old.java @/jvm"),
                client("a JVM, the newer client", JAVA + " New.java @/jvm"),
                client("Node's fetch", "node -e 'fetch(\"@/node\").then(r => r.text()).then(console.log)'"));
    }

    private static Arguments client(String name, String command) {
        return Arguments.of(name, command);
    }

    private static String at(String host, String command) {
        return command.replace("@", "http://" + host + ":" + SERVER.port()).replace("$HOST", host);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void reaches_a_host_that_is_allowed_without_being_told_how(String name, String command) {
        TaskLog events = run(at("packages.example", command));

        assertThat(events.said()).contains(PackageServer.WORD);
        assertThat(events.denied()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void is_refused_any_other_and_the_refusal_is_an_event(String name, String command) {
        TaskLog events = run(at("forbidden.example", command));

        assertThat(events.said()).doesNotContain(PackageServer.WORD);
        assertThat(events.denied()).contains("forbidden.example:" + SERVER.port());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void trusts_the_gateway_where_it_opens_tls_to_judge_each_request(String name, String command) {
        TaskLog events = run(command.replace("@", "https://secured.example:" + SECURED.port())
                .replace("$HOST", "secured.example"));

        assertThat(events.said()).contains(PackageServer.WORD);
        assertThat(events.denied()).isEmpty();
    }

    @Test
    void a_request_that_no_rule_allows_never_reaches_the_host_and_says_why() {
        String host = "https://secured.example:" + SECURED.port();

        TaskLog events = run("curl -sS -X DELETE " + host + "/plain; curl -sS " + host + "/admin/users; curl -sS "
                + host + "/plain/../admin --path-as-is");

        assertThat(SECURED.requests()).noneMatch(request -> request.startsWith("DELETE") || request.contains("admin"));
        assertThat(events.said()).contains("do not try again").doesNotContain(PackageServer.WORD);
        assertThat(events.denied()).contains("secured.example:" + SECURED.port());
    }

    private static TaskLog run(String command) {
        return belay.granted(SHOP, Script.of(command));
    }
}
