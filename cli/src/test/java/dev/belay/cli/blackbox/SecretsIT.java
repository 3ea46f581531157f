package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A secret is used by a task and never seen by it: real programs, a real host that says back whatever it hears. */
class SecretsIT {
    private static final String VALUE = "s3cr3t/Value+canary-9d20e1";
    private static final String OTHER = "an0ther/Value+canary-77ab02";

    private static final String SEALING = "5ea1".repeat(16);

    private static final Belay FRESH = Belay.fresh();
    private static final GuardedServer HOST =
            new GuardedServer("127.0.0.2", "api.example", FRESH.work().resolve("api"), VALUE);
    private static final PackageServer ELSEWHERE =
            PackageServer.plain("127.0.0.3", "elsewhere.example", FRESH.work().resolve("elsewhere"));
    private static final Repository SHOP = FRESH.repository("shop");
    private static Belay belay = FRESH;

    private static final String API = "https://api.example:" + HOST.port();
    private static final String BEARER = "-H \"Authorization: Bearer $API_TOKEN\" ";

    @BeforeAll
    static void a_project_whose_policy_names_a_secret() throws IOException {
        Path hosts = Files.writeString(
                FRESH.work().resolve("hosts"), "127.0.0.2 api.example\n127.0.0.3 elsewhere.example\n");
        belay = FRESH.with("BELAY_REACHABLE", "127.0.0.2,127.0.0.3")
                .with("BELAY_SECRETS_KEY", "env:SEALING_KEY")
                .with("SEALING_KEY", SEALING);
        belay.with(
                        "JDK_JAVA_OPTIONS",
                        "-Djdk.net.hosts.file=" + hosts + " -Djavax.net.ssl.trustStore="
                                + FRESH.work().resolve("api/trusted.p12") + " -Djavax.net.ssl.trustStorePassword="
                                + PackageServer.PASSWORD)
                .run("up")
                .well();
        SHOP.write(".belay/policy.yaml", """
                policy: belay/1
                network:
                  allow:
                    - api.example:%1$d
                    - elsewhere.example:%2$d
                secrets:
                  - name: API_TOKEN
                    hosts: ["api.example:%1$d"]
                """.formatted(HOST.port(), ELSEWHERE.port()));
    }

    @AfterAll
    static void all_of_it_ends() {
        HOST.close();
        ELSEWHERE.close();
        FRESH.close();
    }

    @BeforeEach
    void it_is_set() {
        HOST.nowWants(VALUE);
        set(VALUE);
    }

    private static void set(String value) {
        belay.fed(value + "\n")
                .run("secret", "set", "API_TOKEN", "--host", "api.example:" + HOST.port())
                .well();
    }

    @Test
    void a_task_signs_in_with_what_it_never_holds() {
        TaskLog events = run(
                "curl -sS " + BEARER + API + "/whoami", "curl -sS -u \"x-access-token:$API_TOKEN\" " + API + "/whoami");

        assertThat(events.said()).containsSubsequence(GuardedServer.GREETING, GuardedServer.GREETING);
        assertThat(events.denied()).isEmpty();
    }

    @Test
    void what_the_host_says_back_of_it_does_not_come_in() {
        TaskLog events = run("curl -sSi " + BEARER + API + "/echo");

        assertThat(events.said()).contains(GuardedServer.GREETING).contains("*****");
        assertNothingOfItIsIn(events.said());
    }

    @Test
    void it_is_nowhere_inside_and_in_nothing_that_belay_writes() {
        String look = "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n';"
                + " grep -rl canary /home /tmp /etc /workspace 2>/dev/null";
        TaskLog events = run("curl -sS " + BEARER + API + "/echo > heard; cat heard", look);

        assertThat(events.said()).contains("API_TOKEN=belay-secret-API-TOKEN-");
        assertNothingOfItIsIn(events.printed());
        for (String spelling : List.of(VALUE, VALUE.replace("/", "\\/"), base64())) {
            assertThat(StateSearch.filesHolding(belay.state(), spelling))
                    .as("sessions, logs, spools, packs, the database's own files")
                    .isEmpty();
        }
        assertThat(Sh.run("sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"))
                .doesNotContain(VALUE);
    }

    @Test
    void what_it_is_sealed_with_is_the_controllers_alone() {
        String runner = "" + LocalSystem.of(belay).pid("runner");

        assertThat(Sh.run(
                        "sh",
                        "-c",
                        "pgrep -P " + runner + " | while read p; do tr '\\0' '\\n' < /proc/$p/environ; done;"
                                + " tr '\\0' '\\n' < /proc/" + runner + "/environ"))
                .contains("BELAY_")
                .doesNotContain(SEALING);
        assertThat(StateSearch.filesHolding(belay.state(), SEALING)).isEmpty();
        assertThat(belay.run("secret", "list").well().toString()).contains("env:SEALING_KEY");
    }

    @Test
    void it_goes_to_no_other_host_not_in_clear_and_into_no_address() {
        String elsewhere = "http://elsewhere.example:" + ELSEWHERE.port();
        int before = HOST.requests().size();

        TaskLog events = run(
                "curl -sS " + BEARER + elsewhere + "/plain",
                "curl -sS -u \"me:$API_TOKEN\" " + elsewhere + "/plain",
                "curl -sS \"" + API + "/whoami?token=$API_TOKEN\"");

        assertThat(ELSEWHERE.requests()).isEmpty();
        assertThat(HOST.requests()).hasSize(before);
        assertThat(events.said()).contains("API_TOKEN goes only to", "Do not retry");
        assertThat(events.denied()).contains("elsewhere.example:" + ELSEWHERE.port(), "api.example:" + HOST.port());
    }

    @Test
    void nobody_fetches_a_fresh_key_with_it() {
        int before = HOST.requests().size();

        TaskLog events = run("curl -sS -X POST " + BEARER + API + "/oauth/token");

        assertThat(HOST.requests()).hasSize(before);
        assertThat(events.said()).contains("token");
        assertThat(events.denied()).contains("api.example:" + HOST.port());
    }

    @Test
    void a_value_that_is_set_anew_or_taken_back_holds_for_the_next_command() {
        String task = belay.at(SHOP)
                .run(
                        "run",
                        "-d",
                        "--accept-policy",
                        belay.policyHash(SHOP),
                        "--model",
                        Script.of("true").in(belay),
                        "do it")
                .well()
                .said();
        belay.run("wait", task).well();
        String ask = "curl -sS " + BEARER + API + "/whoami";

        HOST.nowWants(OTHER);
        set(OTHER);
        Result renewed = belay.run("exec", task, "--", "sh", "-c", ask).well();
        belay.run("secret", "remove", "API_TOKEN").well();
        Result removed = belay.run("exec", task, "--", "sh", "-c", ask);

        assertThat(renewed.out()).contains(GuardedServer.GREETING);
        assertThat(removed.out()).contains("API_TOKEN").doesNotContain(GuardedServer.GREETING);
    }

    @Test
    void a_fork_signs_in_as_its_parent_did() {
        String parent = belay.at(SHOP)
                .run(
                        "run",
                        "-d",
                        "--accept-policy",
                        belay.policyHash(SHOP),
                        "--model",
                        Script.of("true").in(belay),
                        "do it")
                .well()
                .said();
        belay.run("wait", parent).well();
        String ask = Script.of("curl -sS " + BEARER + API + "/whoami").in(belay);

        String fork = belay.run("fork", "-d", "--model", ask, parent + "@s1", "and now sign in")
                .well()
                .said();
        belay.run("wait", fork).well();

        assertThat(belay.run("logs", "--json", fork).well().out()).contains(GuardedServer.GREETING);
    }

    @Test
    void a_task_whose_runner_died_goes_on_signing_in() {
        String task = belay.at(SHOP)
                .run(
                        "run",
                        "-d",
                        "--accept-policy",
                        belay.policyHash(SHOP),
                        "--model",
                        Script.of(
                                        "echo $API_TOKEN > kept",
                                        "sleep 3; echo two > b",
                                        "curl -sS -H \"Authorization: Bearer" + " $(cat kept)\" " + API + "/whoami")
                                .in(belay),
                        "do it")
                .well()
                .said();
        belay.run("wait", "--for", "snapshot=s1", task).well();
        Sh.run("kill", "-KILL", "" + LocalSystem.of(belay).pid("runner"));

        belay.run("wait", task).well();

        assertThat(belay.run("logs", "--json", task).well().out()).contains(GuardedServer.GREETING);
    }

    @Test
    void a_policy_that_names_a_secret_that_nobody_set_or_sends_it_elsewhere_begins_nothing() {
        belay.run("secret", "remove", "API_TOKEN").well();
        Result unset = tried();
        belay.fed(VALUE)
                .run("secret", "set", "API_TOKEN", "--host", "other.example")
                .well();
        Result elsewhere = tried();

        assertThat(unset.refused("E_POLICY", 2).err())
                .contains(".belay/policy.yaml:8", "API_TOKEN", "belay secret set API_TOKEN");
        assertThat(elsewhere.refused("E_POLICY", 2).err()).contains("API_TOKEN", "other.example");
    }

    @Test
    void a_project_asks_for_a_secret_and_a_person_grants_it() {
        Repository fresh = FRESH.repository("fresh").write(".belay/policy.yaml", SHOP.read(".belay/policy.yaml"));

        Result asked = belay.at(fresh).run("run", "--model", Script.of("true").in(belay), "do it");

        assertThat(asked.refused("E_POLICY_NOT_ACCEPTED", 6).err()).contains("API_TOKEN to api.example");
    }

    @Test
    void a_secret_is_listed_without_its_value_and_never_taken_from_the_command_line() {
        Result listed = belay.run("secret", "list").well();
        Result json = belay.run("secret", "list", "--json").well();
        Result given = belay.run("secret", "set", "API_TOKEN", VALUE, "--host", "api.example");
        Result assigned = belay.run("secret", "set", "API_TOKEN=" + VALUE, "--host", "api.example");
        Result shortOne = belay.fed("short").run("secret", "set", "API_TOKEN", "--host", "api.example");
        Result nowhere = belay.fed(VALUE).run("secret", "set", "API_TOKEN");
        Result everywhere = belay.fed(VALUE).run("secret", "set", "API_TOKEN", "--host", "*");
        Result unknown = belay.run("secret", "remove", "NO_SUCH");

        assertThat(listed.out()).contains("API_TOKEN", "api.example:" + HOST.port());
        assertThat(json.json().get("secrets").items().getFirst().text("name")).isEqualTo("API_TOKEN");
        assertThat(listed.toString() + json + given.err() + assigned.err() + shortOne.err())
                .doesNotContain(VALUE);
        given.refused("E_USAGE", 2);
        assigned.refused("E_USAGE", 2);
        shortOne.refused("E_USAGE", 2);
        nowhere.refused("E_USAGE", 2);
        everywhere.refused("E_BAD_REQUEST", 2);
        unknown.refused("E_NOT_FOUND", 8);
    }

    private static Result tried() {
        return belay.at(SHOP)
                .run(
                        "run",
                        "--accept-policy",
                        belay.policyHash(SHOP),
                        "--model",
                        Script.of("true").in(belay),
                        "do it");
    }

    private static String base64() {
        String whole = Base64.getEncoder().encodeToString(VALUE.getBytes(StandardCharsets.UTF_8));
        return whole.substring(0, whole.length() - 4);
    }

    private static void assertNothingOfItIsIn(String text) {
        assertThat(text)
                .doesNotContain(VALUE)
                .doesNotContain(VALUE.replace("/", "\\/"))
                .doesNotContain(base64())
                .doesNotContain(VALUE.substring(0, 16));
    }

    private static TaskLog run(String... commands) {
        return belay.granted(SHOP, Script.of(commands));
    }
}
