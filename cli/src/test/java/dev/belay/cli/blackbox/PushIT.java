package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** git as it is, in a real sandbox, against git's own server behind a token: it fetches, and pushes to its own branches. */
class PushIT {
    private static final String VALUE = "git-canary-token-40fe12";

    private static final Belay FRESH = Belay.fresh();
    private static final GuardedServer HOST =
            new GuardedServer("127.0.0.2", "git.example", FRESH.work().resolve("git"), VALUE);
    private static final Repository SHOP = FRESH.repository("shop");
    private static final Repository READER = FRESH.repository("reader");
    private static Belay belay = FRESH;

    @BeforeAll
    static void a_project_with_a_repository_elsewhere() throws IOException {
        Path hosts = Files.writeString(FRESH.work().resolve("hosts"), "127.0.0.2 git.example\n");
        belay = FRESH.with("BELAY_REACHABLE", "127.0.0.2");
        belay.with(
                        "JDK_JAVA_OPTIONS",
                        "-Djdk.net.hosts.file=" + hosts + " -Djavax.net.ssl.trustStore="
                                + FRESH.work().resolve("git/trusted.p12") + " -Djavax.net.ssl.trustStorePassword="
                                + PackageServer.PASSWORD)
                .run("up")
                .well();
        belay.fed(VALUE)
                .run("secret", "set", "GIT_TOKEN", "--host", "git.example:" + HOST.port())
                .well();
        SHOP.write(".belay/policy.yaml", policy("    push: true\nrestricted: [Edit(./db/**)]\n"));
        READER.write(".belay/policy.yaml", policy(""));
        HOST.begin(SHOP);
    }

    private static String policy(String push) {
        return """
                policy: belay/1
                git:
                  - remote: https://git.example:%d/git/shop.git
                    secret: GIT_TOKEN
                """.formatted(HOST.port()) + push;
    }

    @AfterAll
    static void all_of_it_ends() {
        HOST.close();
        FRESH.close();
    }

    @Test
    void a_task_fetches_what_only_the_runner_may_read() {
        List<Json> events = run(SHOP, "git fetch -q origin && git log --format=%s origin/main", "env; git remote -v");

        assertThat(said(events)).contains("the beginning", "git.example").doesNotContain(VALUE);
        assertThat(denied(events)).isEmpty();
    }

    @Test
    void a_branch_that_is_pushed_by_its_name_arrives_among_the_branches_of_the_task() {
        String main = refs("refs/heads/main");

        List<Json> events = run(
                SHOP,
                "echo more > more.txt && git add more.txt && git commit -q -m more && git push origin main",
                "git push origin HEAD:refs/heads/belay/$BELAY_TASK/second");

        String task = events.getFirst().text("task");
        String shortId = belay.run("show", "--json", task).well().json().text("short_id");
        assertThat(HOST.refs()).contains("refs/heads/belay/" + shortId + "/main", "/" + shortId + "/second");
        assertThat(refs("refs/heads/main")).isEqualTo(main);
        assertThat(denied(events)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git push origin HEAD:main",
                "git -C . push origin HEAD:refs/heads/main",
                "git -c alias.p=push p origin +HEAD:refs/heads/main",
                "bash -lc 'git push --force origin HEAD:main'",
                "git push origin :main",
                "git push --mirror origin",
                "git push origin HEAD:refs/heads/belay/somebody-elses/branch",
                "git push origin HEAD:refs/tags/v1",
                "git -c http.postBuffer=1 push origin HEAD:main",
                "git -c http.proxy=http://127.0.0.1:3128 push https://git.example:PORT/git/shop HEAD:main",
                "git init -q /tmp/x && cd /tmp/x && git pull -q https://git.example:PORT/git/shop.git main"
                        + " && git -c user.name=a -c user.email=a@example commit -q --allow-empty -m x && git push https://git.example:PORT/git/shop.git HEAD:main",
            })
    void a_push_to_main_changes_nothing_there_however_it_is_spelled(String push) {
        String before = HOST.refs();

        List<Json> events = run(
                SHOP,
                "git -c user.name=a -c user.email=a@example commit -q --allow-empty -m more",
                push.replace("PORT", "" + HOST.port()));

        assertThat(HOST.refs()).isEqualTo(before);
        assertThat(said(events)).contains("Do not try it again", "belay/");
        assertThat(denied(events)).contains("git.example:" + HOST.port());
    }

    @Test
    void what_others_run_or_the_policy_keeps_from_change_is_not_pushed_not_even_in_the_middle() {
        String before = HOST.refs();

        List<Json> events = run(
                SHOP,
                "mkdir -p .github/workflows && echo 'on: push' > .github/workflows/x.yml && git add -A"
                        + " && git commit -q -m 'a workflow' && git push origin HEAD:refs/heads/belay/$BELAY_TASK/ci",
                "git rm -q -r .github && git commit -q -m 'and away' && git push origin main",
                "git reset -q --hard HEAD~2 && mkdir db && echo drop > db/1.sql && git add -A"
                        + " && git commit -q -m 'a table' && git push origin main");

        assertThat(HOST.refs()).isEqualTo(before);
        assertThat(said(events)).contains(".github/workflows/x.yml", "db/1.sql", "belay apply");
        assertThat(denied(events)).contains("git.example:" + HOST.port());
    }

    @Test
    void a_task_that_may_only_fetch_pushes_nowhere() {
        String before = HOST.refs();

        List<Json> events = run(READER, "git push origin HEAD:refs/heads/belay/$BELAY_TASK/x");

        assertThat(HOST.refs()).isEqualTo(before);
        assertThat(denied(events)).contains("git.example:" + HOST.port());
    }

    private static String refs(String name) {
        return HOST.refs().lines().filter(line -> line.startsWith(name)).collect(Collectors.joining());
    }

    private static List<Json> run(Repository project, String... commands) {
        String hash =
                belay.at(project).run("policy", "show", "--json").well().json().text("hash");
        return belay.at(project)
                .run(
                        "run",
                        "--json",
                        "--accept-policy",
                        hash,
                        "--model",
                        Script.of(commands).in(belay),
                        "do it")
                .well()
                .lines();
    }

    private static String said(List<Json> events) {
        return events.stream()
                .filter(event -> event.text("kind").equals("tool.result"))
                .map(event -> event.get("tool_result").print())
                .collect(Collectors.joining());
    }

    private static List<String> denied(List<Json> events) {
        return events.stream()
                .filter(event -> event.text("kind").equals("policy.denied"))
                .map(event -> event.get("policy_denied").text("target"))
                .distinct()
                .toList();
    }
}
