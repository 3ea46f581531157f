package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        TaskLog events = run(SHOP, "git fetch -q origin && git log --format=%s origin/main", "env; git remote -v");

        assertThat(events.said()).contains("the beginning", "git.example").doesNotContain(VALUE);
        assertThat(events.denied()).isEmpty();
    }

    @Test
    void a_branch_that_is_pushed_by_its_name_arrives_among_the_branches_of_the_task() {
        String main = refs("refs/heads/main");

        TaskLog events = run(
                SHOP,
                "echo more > more.txt && git add more.txt && git commit -q -m more && git push origin main",
                "git push origin HEAD:refs/heads/belay/$BELAY_TASK/second");

        String task = events.events().getFirst().text("task");
        String shortId = belay.run("show", "--json", task).well().json().text("short_id");
        assertThat(HOST.refs()).contains("refs/heads/belay/" + shortId + "/main", "/" + shortId + "/second");
        assertThat(refs("refs/heads/main")).isEqualTo(main);
        assertThat(events.denied()).isEmpty();
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

        TaskLog events = run(
                SHOP,
                "git -c user.name=a -c user.email=a@example commit -q --allow-empty -m more",
                push.replace("PORT", "" + HOST.port()));

        assertThat(HOST.refs()).isEqualTo(before);
        assertThat(events.said()).contains("Do not try it again", "belay/");
        assertThat(events.denied()).contains("git.example:" + HOST.port());
    }

    @Test
    void what_others_run_or_the_policy_keeps_from_change_is_not_pushed_not_even_in_the_middle() {
        String before = HOST.refs();

        TaskLog events = run(
                SHOP,
                "mkdir -p .github/workflows && echo 'on: push' > .github/workflows/x.yml && git add -A"
                        + " && git commit -q -m 'a workflow' && git push origin HEAD:refs/heads/belay/$BELAY_TASK/ci",
                "git rm -q -r .github && git commit -q -m 'and away' && git push origin main",
                "git reset -q --hard HEAD~2 && mkdir db && echo drop > db/1.sql && git add -A"
                        + " && git commit -q -m 'a table' && git push origin main");

        assertThat(HOST.refs()).isEqualTo(before);
        assertThat(events.said()).contains(".github/workflows/x.yml", "db/1.sql", "belay policy allow");
        assertThat(events.denied()).contains("git.example:" + HOST.port());
    }

    @Test
    void a_person_lets_one_content_of_a_protected_file_through_while_the_task_works() {
        String push = "git push origin HEAD:refs/heads/belay/$BELAY_TASK/agreed";
        String task = belay.at(SHOP)
                .run(
                        "run",
                        "-d",
                        "--accept-policy",
                        belay.policyHash(SHOP),
                        "--model",
                        new Script()
                                .bash("echo 'use flake' > .envrc && git add .envrc && git commit -q -m environment; "
                                        + push + "; sleep 5")
                                .told("can push")
                                .bash(push)
                                .bash("echo 'rm -rf /' > .envrc && git commit -q -a -m other; " + push)
                                .in(belay),
                        "do it")
                .well()
                .said();
        belay.run("wait", "--for", "event=policy.denied", task).well();
        Matcher named = Pattern.compile("--push `(\\.envrc@[0-9a-f]{12})`")
                .matcher(belay.run("logs", "--json", task).well().out());
        assertThat(named.find()).isTrue();

        belay.run("policy", "allow", task, "--push", ".envrc@HEAD").refused("E_POLICY", 2);
        belay.run("policy", "allow", task, "--push", named.group(1)).well();

        belay.run("wait", task).well();
        String shortId = belay.run("show", "--json", task).well().json().text("short_id");
        assertThat(HOST.refs()).contains("refs/heads/belay/" + shortId + "/agreed");
        assertThat(HOST.show("refs/heads/belay/" + shortId + "/agreed:.envrc")).isEqualTo("use flake");
    }

    @Test
    void a_task_that_may_only_fetch_pushes_nowhere() {
        String before = HOST.refs();

        TaskLog events = run(READER, "git push origin HEAD:refs/heads/belay/$BELAY_TASK/x");

        assertThat(HOST.refs()).isEqualTo(before);
        assertThat(events.denied()).contains("git.example:" + HOST.port());
    }

    private static String refs(String name) {
        return HOST.refs().lines().filter(line -> line.startsWith(name)).collect(Collectors.joining());
    }

    private static TaskLog run(Repository project, String... commands) {
        return belay.granted(project, Script.of(commands));
    }
}
