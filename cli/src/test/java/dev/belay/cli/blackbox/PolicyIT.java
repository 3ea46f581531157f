package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a project says that an agent may do, tried by real programs in real sandboxes. */
class PolicyIT {
    private static final String OUTSIDE = "a word from outside";

    /** On an address of this machine that whoever runs the runner has opened, by names that nobody else knows. */
    private static final HttpServer SERVER = server();

    private static final int PORT = SERVER.getAddress().getPort();
    private static final Belay FRESH = Belay.fresh();
    private static final Repository PROSE = FRESH.repository("prose");
    private static final Repository RULES = FRESH.repository("rules");
    private static Belay belay = FRESH;

    private static HttpServer server() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.2", 0), 64);
            server.createContext("/", exchange -> {
                String path = exchange.getRequestURI().getPath();
                byte[] body = (OUTSIDE + " " + path + "\n").getBytes(StandardCharsets.UTF_8);
                if (path.equals("/elsewhere")) {
                    exchange.getResponseHeaders()
                            .add(
                                    "Location",
                                    "http://forbidden.example:"
                                            + exchange.getLocalAddress().getPort() + "/x");
                    exchange.sendResponseHeaders(302, -1);
                } else {
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                }
                exchange.close();
            });
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @BeforeAll
    static void a_runner_may_reach_one_address() throws IOException {
        Path hosts = Files.writeString(FRESH.work().resolve("hosts"), """
                127.0.0.2 packages.example
                127.0.0.2 forbidden.example
                127.0.0.1 loop.example
                169.254.169.254 metadata.example
                """);
        belay = FRESH.with("BELAY_REACHABLE", "127.0.0.2");
        belay.with("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts)
                .run("up")
                .well();
        PROSE.write("CLAUDE.md", """
                # Shop

                ## Permissions
                ALLOWED: Read/write within ./src, ./tests · Run npm scripts: test, build
                RESTRICTED: NO network calls to external APIs unless listed below · NO file operations outside project root · NO git push to origin/main
                Allowed hosts: packages.example:%1$d, loop.example:%1$d, metadata.example:80
                """.formatted(PORT));
        PROSE.write("src/shop.sh", "echo shop\n").write("docs/guide.md", "A guide.\n");
        RULES.write(".belay/policy.yaml", """
                policy: belay/1
                restricted:
                  - rule: Bash(make deploy *)
                    reason: a person deploys
                    match: ["make deploy", "make deploy ENV=prod"]
                    not_match: ["make test"]
                  - Edit(./migrations/**)
                  - Read(./private/**)
                tools:
                  disallowed: [Grep]
                limits:
                  max_turns: 4
                """);
        RULES.write("migrations/1.sql", "select 1;\n")
                .write("private/key", "k\n")
                .write("src/a.txt", "a\n");
    }

    @AfterAll
    static void all_of_it_ends() {
        SERVER.stop(0);
        FRESH.close();
    }

    private static Result run(Repository project, Script script) {
        return belay.at(project)
                .run(
                        "run",
                        "--accept-policy",
                        belay.policyHash(project).substring(0, 12),
                        "--model",
                        script.in(belay),
                        "do it");
    }

    private static Result prose(String... commands) {
        return run(PROSE, Script.of(commands));
    }

    private static List<Json> denials() {
        return belay.run("logs", "--json", "-").well().lines().stream()
                .filter(event -> event.text("kind").equals("policy.denied"))
                .map(event -> event.get("policy_denied"))
                .toList();
    }

    private static List<String> denied() {
        return denials().stream()
                .map(one -> one.text("layer") + " " + one.text("target") + " by " + one.text("place"))
                .toList();
    }

    @Test
    void a_policy_written_only_as_prose_stops_each_thing_that_it_forbids() {
        Script script = new Script()
                .bash("curl -sS -m 9 http://forbidden.example:" + PORT + "/")
                .bash("git -C . push origin main")
                .write("docs/guide.md", "Another guide.\n")
                .write("src/new.sh", "echo new\n")
                .bash("echo sneaked > docs/sneaked.md; mkdir -p tests; echo ok > tests/new.txt");

        Result result = run(PROSE, script);

        assertThat(result.well().out()).contains("✗ DENIED").doesNotContain(OUTSIDE);
        assertThat(denied())
                .containsExactly(
                        "gateway forbidden.example:" + PORT + " by default",
                        "tool git -C . push origin main by CLAUDE.md:5",
                        "tool docs/guide.md by CLAUDE.md:4");
        Result applied = belay.at(PROSE).run("apply", "-").well();
        assertThat(applied.err()).contains("left out", "docs/sneaked.md", "CLAUDE.md:4");
        assertThat(PROSE.git("diff", "--cached", "--name-only").lines())
                .containsExactlyInAnyOrder("src/new.sh", "tests/new.txt");
        PROSE.git("reset", "-q", "--hard");
    }

    @Test
    void an_allowed_host_simply_works_for_programs_that_know_nothing_of_belay() {
        String address = "http://packages.example:" + PORT;

        Result result = prose(
                "curl -sS -m 9 " + address + "/curl",
                "perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(\"127.0.0.1:3128\"); print $s \"GET " + address
                        + "/perl HTTP/1.1\\r\\nHost: packages.example:" + PORT
                        + "\\r\\nConnection: close\\r\\n\\r\\n\"; print <$s>'",
                "curl -sS -m 9 --socks5-hostname 127.0.0.1:3128 " + address + "/socks",
                "curl -sS -m 9 --proxytunnel " + address + "/tunnel");

        assertThat(result.well().out())
                .contains(OUTSIDE + " /curl", OUTSIDE + " /perl", OUTSIDE + " /socks", OUTSIDE + " /tunnel");
        assertThat(denied()).isEmpty();
    }

    @Test
    void a_redirect_and_a_name_that_leads_inside_are_refused_although_the_first_host_is_allowed() {
        Result result = prose(
                "curl -sS -m 9 -L http://packages.example:" + PORT + "/elsewhere",
                "curl -sS -m 9 http://loop.example:" + PORT + "/",
                "curl -sS -m 9 http://metadata.example/latest/meta-data/",
                "curl -sS -m 9 http://packages.example:" + (PORT == 65_535 ? 1 : PORT + 1) + "/",
                "curl -sS -m 9 --noproxy '*' http://127.0.0.2:" + PORT + "/");

        assertThat(result.well().out()).doesNotContain(OUTSIDE + " /\n");
        assertThat(denials().stream().map(one -> one.text("target")))
                .containsExactly(
                        "forbidden.example:" + PORT,
                        "loop.example:" + PORT,
                        "metadata.example:80",
                        "packages.example:" + (PORT == 65_535 ? 1 : PORT + 1));
        assertThat(denials().get(1).text("reason")).contains("127.0.0.1");
        assertThat(denials().get(2).text("reason")).contains("169.254.169.254");
    }

    @Test
    void what_a_project_asks_for_needs_a_persons_word_and_nothing_starts_before_it() {
        Repository asking = FRESH.repository("asking");
        asking.write(".belay/policy.yaml", "policy: belay/1\nnetwork:\n  allow: [\"packages.example:443\"]\n");
        int before = tasks();

        Result refused =
                belay.at(asking).run("run", "--model", Script.of("true").in(belay), "do it");
        Result wrong = belay.at(asking)
                .run(
                        "run",
                        "--accept-policy",
                        "0123456789ab",
                        "--model",
                        Script.of("true").in(belay),
                        "x");
        belay.at(asking)
                .run(
                        "run",
                        "--accept-policy",
                        belay.policyHash(asking).substring(0, 12),
                        "--model",
                        Script.of("true").in(belay),
                        "x")
                .well();
        Result again = belay.at(asking).run("run", "--model", Script.of("true").in(belay), "do it");

        assertThat(refused.refused("E_POLICY_NOT_ACCEPTED", 6).err())
                .contains(
                        "packages.example:443",
                        ".belay/policy.yaml:3",
                        belay.policyHash(asking).substring(0, 12));
        wrong.refused("E_POLICY_NOT_ACCEPTED", 6);
        again.well();
        assertThat(tasks()).isEqualTo(before + 2);
    }

    private static int tasks() {
        return belay.run("ps", "--all", "--json")
                .well()
                .json()
                .get("tasks")
                .items()
                .size();
    }

    @Test
    void a_task_cannot_give_itself_rights_and_neither_can_its_fork() {
        String wide = "policy: belay/1\\nnetwork:\\n  allow: [\"forbidden.example:" + PORT + "\"]\\n";
        Script script = Script.of(
                "mkdir -p .belay src; printf '" + wide
                        + "' > .belay/policy.yaml; printf 'Allowed hosts: forbidden.example:" + PORT
                        + "\\n' >> CLAUDE.md",
                "curl -sS -m 9 http://forbidden.example:" + PORT + "/");

        Result result = run(PROSE, script);
        String task = belay.run("show", "--json", "-").well().json().text("id");
        Result forked = belay.at(PROSE)
                .run(
                        "fork",
                        task + "@s1",
                        "--model",
                        Script.of("curl -sS -m 9 http://forbidden.example:" + PORT + "/")
                                .in(belay),
                        "again");

        assertThat(result.well().out()).doesNotContain(OUTSIDE);
        assertThat(forked.well().out()).doesNotContain(OUTSIDE).contains("✗ DENIED egress");
        assertThat(belay.at(PROSE).run("apply", "--check", task).well().err())
                .contains(".belay/policy.yaml", "CLAUDE.md", "left out");
    }

    @Test
    void rules_of_the_projects_own_file_hold_for_commands_files_tools_and_limits() {
        Script script = new Script()
                .bash("echo one && make -C . deploy")
                .edit("migrations/1.sql", "select 1", "select 2")
                .read("private/key")
                .edit("src/a.txt", "a", "b");

        Result result = run(RULES, script);
        Result more = belay.at(RULES)
                .run("run", "--max-turns", "9", "--model", Script.of("true").in(belay), "more than it may");
        Result tool = belay.at(RULES)
                .run(
                        "run",
                        "--allowed-tools",
                        "Grep",
                        "--model",
                        Script.of("true").in(belay),
                        "more than it may");

        assertThat(result.ended(3).out()).contains("4 turns");
        assertThat(denied())
                .containsExactly(
                        "tool echo one && make -C . deploy by .belay/policy.yaml:3",
                        "tool migrations/1.sql by .belay/policy.yaml:7",
                        "tool private/key by .belay/policy.yaml:8");
        assertThat(more.refused("E_DENIED", 6).err()).contains("max_turns", "4");
        assertThat(tool.refused("E_DENIED", 6).err()).contains("Grep");
    }

    @Test
    void a_person_lets_a_task_at_work_reach_a_host_and_its_runner_lets_it_through_at_once() {
        Repository lonely = FRESH.repository("lonely");
        String host = "packages.example:" + PORT;
        String ask = "curl -sS -m 9 http://" + host + "/now";
        String task = belay.handOver(
                lonely,
                new Script()
                        .bash(ask)
                        .bash("until " + ask + " | grep word >got; do sleep 0.2; done; cat got")
                        .told("this task can reach `" + host + "`")
                        .bash(ask));
        belay.run("wait", "--for", "event=policy.denied", task).well();

        Result allowed = belay.run("policy", "allow", task, "--host", host).well();

        belay.run("wait", task).well();
        assertThat(allowed.out()).contains("can reach " + host);
        assertThat(belay.run("logs", "--json", task).well().out()).contains(OUTSIDE + " /now");
        assertThat(belay.run("policy", "show", task).well().out()).contains("allowed", host, "belay policy allow");
        belay.run("policy", "allow", task, "--host", host).refused("E_TASK_ENDED", 7);
    }

    @Test
    void what_a_rule_denies_a_person_cannot_allow_one_task_by_the_way() {
        Repository closed = FRESH.repository("closed");
        closed.write(".belay/policy.yaml", "policy: belay/1\nnetwork:\n  deny: [\"*.example\"]\n");
        String task = belay.handOver(closed, Script.of("sleep 20"));

        Result denied = belay.run("policy", "allow", task, "--host", "packages.example");
        Result none = belay.run("policy", "allow", task, "--host", "not a host");

        assertThat(denied.refused("E_DENIED", 6).err()).contains(".belay/policy.yaml:3");
        none.refused("E_POLICY", 2);
        assertThat(belay.run("show", "--json", task).well().json().number("unread"))
                .isZero();
        belay.run("cancel", task).well();
    }

    @Test
    void a_policy_that_is_not_understood_starts_nothing_and_says_where() {
        Repository broken = FRESH.repository("broken");
        broken.write(".belay/policy.yaml", "policy: belay/1\nnetwrok:\n  allow: []\n");

        Result refused =
                belay.at(broken).run("run", "--model", Script.of("true").in(belay), "do it");

        assertThat(refused.refused("E_POLICY", 2).err()).contains(".belay/policy.yaml:2:1", "network");
        assertThat(belay.at(broken).run("policy", "lint").ended(2).out()).contains(".belay/policy.yaml:2:1");
    }

    @Test
    void a_line_that_nothing_enforces_is_said_and_strict_starts_nothing_with_it() {
        Repository careful = FRESH.repository("careful");
        careful.write("CLAUDE.md", "## Permissions\nRESTRICTED:\n- NO git push\n- NO breaking changes of the API\n");

        Result plain = belay.at(careful).run("run", "--model", Script.of("true").in(belay), "do it");
        Result strict = belay.at(careful)
                .run("run", "--strict", "--model", Script.of("true").in(belay), "do it");

        assertThat(plain.well().err()).contains("not enforced: NO breaking changes of the API", "CLAUDE.md:4");
        strict.refused("E_NOT_ENFORCED", 6);
        Result explained = belay.at(careful).run("policy", "explain").well();
        assertThat(explained.out()).contains("→ restricted command git push", "! not enforced");
    }
}
