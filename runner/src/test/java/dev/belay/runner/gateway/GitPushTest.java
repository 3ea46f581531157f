package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real git pushes to a real git server; only branches of the task may be pushed. */
class GitPushTest {
    private static final String OWN = "refs/heads/belay/t-1/";

    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private Outside outside;
    private Path work;

    enum Way {
        PLAIN,
        INSIDE_OF_TLS
    }

    /** The work is one commit before the server's, of some size, with a tag, a signer and a raw client. */
    @BeforeAll
    static void prepare() throws Exception {
        Assumptions.assumeTrue(Program.exists("curl") && Program.exists("git"), "curl and git are not both installed");
        Assumptions.assumeTrue(
                Git.shell(template, "test -x \"$(git --exec-path)/git-http-backend\"", Map.of())
                                .exit()
                        == 0,
                "git serves no HTTP here");
        Git.mustRun(template, """
                set -e
                git init -q -b main seed
                cd seed
                git config user.name a
                git config user.email a@b.c
                echo one > file
                git add file
                git commit -qm first
                git branch belay/t-1/old
                cd ..
                git clone -q --bare seed served.git
                cd served.git
                git config http.receivepack true
                git config receive.denyDeleteCurrent ignore
                git config receive.advertisePushOptions true
                git config receive.certNonceSeed seed
                git config uploadpack.allowFilter true
                cd ..
                git clone -q served.git work
                cd work
                git config user.name a
                git config user.email a@b.c
                git config alias.up 'push origin main'
                git config gpg.program "$PWD/../signer"
                git config gc.auto 0
                head -c 200000 /dev/urandom > file
                git commit -qam second
                git tag -a -m tagged v1
                git branch other
                git branch belay/t-1/new
                """);
        Files.writeString(template.resolve("signer"), """
                #!/bin/sh
                cat > /dev/null
                echo '[GNUPG:] SIG_CREATED ' >&2
                printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
                """);
        Files.writeString(template.resolve("raw"), """
                set -e
                old=$(git rev-parse origin/main)
                new=$(git rev-parse main)
                {
                    printf '%04x%s %s %s\\0 %s' $((4 + 40 + 1 + 40 + 1 + ${#REF} + 2 + 13)) $old $new $REF report-status
                    printf 0000
                    printf '%s\\n^%s\\n' $new $old | git pack-objects -q --stdout --revs
                } > body
                test -z "$GZIP_IT" || { gzip < body > packed; mv packed body; }
                curl -sS -i ${PROXY:+-x} $PROXY --cacert authority.pem --data-binary @body "$@"
                """);
        Git.mustRun(template, "chmod +x signer");
    }

    @BeforeEach
    void open() throws Exception {
        outside = new Outside();
        Git.mustRun(folder, "cp -r " + template + "/. .");
        work = folder.resolve("work");
        Files.writeString(
                work.resolve("authority.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(outside.authority.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        Git.mustRun(work, "git config http.sslCAInfo \"$PWD/authority.pem\"");
    }

    @AfterEach
    void close() throws Exception {
        outside.close();
    }

    private GitServer server(Way way) throws Exception {
        if (way == Way.PLAIN) {
            return outside.closing(GitServer.plain(folder));
        }
        outside.inspectedHosts.addAll(List.of(Outside.HOST, "127.0.0.1"));
        return outside.closing(
                GitServer.tls(folder, outside.worldsAuthority.leaf(Outside.HOST).context()));
    }

    /** Through the gateway. */
    private Git.Said push(Way way, GitServer server, String spelling) throws Exception {
        String root = (way == Way.PLAIN ? "http://" : "https://") + Outside.HOST + ":" + server.port();
        String proxy = "http://127.0.0.1:" + outside.port();
        Git.mustRun(work, "git config http.proxy " + proxy + " && git remote set-url origin " + root + "/served.git");
        return Git.shell(work, spelling, Map.of("ROOT", root, "PORT", String.valueOf(server.port()), "PROXY", proxy));
    }

    private String refs() throws Exception {
        return Git.mustRun(folder.resolve("served.git"), "git for-each-ref");
    }

    static Stream<String> spellings() {
        String raw = "REF=refs/heads/main sh ../raw -H Content-Type:application/x-git-receive-pack-request ";
        return Stream.of(
                "git push origin main",
                "git push origin HEAD:main",
                "git push origin +HEAD:refs/heads/main",
                "git push origin main:main",
                "git push origin HEAD",
                "git push",
                "git push -u origin main",
                "git push --mirror origin",
                "git push --all origin",
                "git push --prune origin 'refs/heads/*:refs/heads/*'",
                "git push origin --delete main",
                "git push origin :main",
                "git -c push.default=matching push origin",
                "git -c push.default=upstream push",
                "git -c remote.origin.push=HEAD:main push origin",
                "git push --force origin other:main",
                "git push --force-with-lease origin main",
                "git push --force-if-includes --force-with-lease=main origin main",
                "git push --atomic origin main belay/t-1/new",
                "git push origin main belay/t-1/new",
                "git push origin belay/t-1/new main :belay/t-1/old",
                "git push --no-thin --no-verify origin main",
                "git push --porcelain --progress origin main",
                "git -c http.postBuffer=1 push origin main",
                "git -c http.extraHeader='Expect: 100-continue' push origin main",
                "git -c http.extraHeader='Expect: 100-continue' -c http.postBuffer=1 push origin main",
                "git -c http.extraHeader='X-HTTP-Method-Override: GET' push origin main",
                "git push --signed=if-asked origin main",
                "git push --signed=yes origin belay/t-1/new",
                "git push --push-option=x origin main",
                "git push --push-option=merge origin belay/t-1/new",
                "git push origin v1",
                "git push --tags origin",
                "git push --follow-tags origin main",
                "git push origin HEAD:refs/for/main",
                "git push origin HEAD:refs/heads/master",
                "git push origin HEAD:refs/heads/belay/t-10",
                "git push origin HEAD:refs/notes/belay/t-1/x",
                "git up",
                "git -c protocol.version=0 push origin main",
                "git -c protocol.version=1 push origin main",
                "git -c protocol.version=2 push origin main",
                "git push $ROOT/served.git/ main",
                "git push $ROOT/served main",
                "git push $ROOT/./served.git main",
                "git push $ROOT/%73erved.git main",
                "git fetch -q --depth=1 origin && git push origin main",
                raw + "$ROOT/served.git/git-receive-pack",
                raw + "-H Transfer-Encoding:chunked $ROOT/served.git/git-receive-pack",
                raw + "-H 'Expect: 100-continue' $ROOT/served.git/git-receive-pack",
                raw + "--no-alpn --http1.0 $ROOT/served.git/git-receive-pack",
                raw + "$ROOT/served.git/git%2Dreceive-pack",
                raw + "$ROOT/served.git/%67it-receive-pac%6B?x=/info/refs",
                raw + "$ROOT/served.git%2Fgit-receive-pack",
                "GZIP_IT=1 " + raw + "-H Content-Encoding:gzip $ROOT/served.git/git-receive-pack",
                "GZIP_IT=1 " + raw + "-H Content-Encoding:x-gzip $ROOT/served.git/git-receive-pack");
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void without_the_gateway_it_changes_what_is_not_the_tasks(String spelling) throws Exception {
        GitServer server = server(Way.PLAIN);
        String root = "http://127.0.0.1:" + server.port();
        Git.mustRun(work, "git remote set-url origin " + root + "/served.git");
        String before = refs();

        Git.Said said = Git.shell(work, spelling, Map.of("ROOT", root));

        assertThat(said.exit()).as(said.text()).isZero();
        assertThat(refs()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void nothing_of_it_arrives(String spelling) throws Exception {
        refused(Way.PLAIN, spelling);
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void nothing_of_it_arrives_inside_of_tls(String spelling) throws Exception {
        refused(Way.INSIDE_OF_TLS, spelling);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.1", "ALLOWED.test", "allowed.test.", "u:p@allowed.test"})
    void nothing_of_it_arrives_by_another_name_of_the_server(String host) throws Exception {
        GitServer server = server(Way.PLAIN);
        String before = refs();

        Git.Said said = push(Way.PLAIN, server, "git push http://" + host + ":$PORT/served.git main");

        assertThat(refs()).as(said.text()).isEqualTo(before);
        assertThat(said.exit()).as(said.text()).isNotZero();
        assertThat(server.pushes).allSatisfy(bytes -> assertThat(bytes).isEqualTo(4));
    }

    private void refused(Way way, String spelling) throws Exception {
        GitServer server = server(way);
        String before = refs();

        Git.Said said = push(way, server, spelling);

        assertThat(refs()).as(said.text()).isEqualTo(before);
        // The probe of git itself at most, which has no command.
        assertThat(server.pushes).allSatisfy(bytes -> assertThat(bytes).isEqualTo(4));
        assertThat(outside.reported).as(said.text()).isNotEmpty();
        if (spelling.startsWith("git ")) {
            assertThat(said.exit()).as(said.text()).isNotZero();
            assertThat(said.text()).contains("remote: Belay: the gateway refused th");
        }
    }

    static Stream<String> ownSpellings() {
        String raw = "REF=" + OWN + "old sh ../raw -H Content-Type:application/x-git-receive-pack-request ";
        String url = "$ROOT/served.git/git-receive-pack";
        return Stream.of(
                "git push origin HEAD:" + OWN + "arrived",
                "git push origin belay/t-1/new",
                "git push --force origin other:belay/t-1/old",
                "git push --delete origin belay/t-1/old",
                "git push origin HEAD:" + OWN + "a HEAD:" + OWN + "b :" + OWN + "old",
                "git push --atomic origin HEAD:" + OWN + "a HEAD:" + OWN + "b",
                "git push $ROOT/served belay/t-1/new",
                "git -c http.postBuffer=1 push origin belay/t-1/new",
                "git -c http.extraHeader='Expect: 100-continue' push origin belay/t-1/new",
                "git -c http.extraHeader='Expect: 100-continue' -c http.postBuffer=1 push origin belay/t-1/new",
                "git -c protocol.version=0 push origin belay/t-1/new",
                "git -c protocol.version=1 push origin belay/t-1/new",
                "git fetch -q --depth=1 origin && git push origin HEAD:" + OWN + "arrived",
                "head -c 5000000 /dev/urandom > file && git commit -qam much && git push origin HEAD:" + OWN
                        + "arrived",
                raw + url,
                raw + "-H Transfer-Encoding:chunked " + url,
                raw + "-H 'Expect: 100-continue' " + url,
                "GZIP_IT=1 " + raw + "-H Content-Encoding:gzip " + url);
    }

    @ParameterizedTest
    @MethodSource("ownSpellings")
    void an_own_branch_arrives(String spelling) throws Exception {
        arrives(Way.PLAIN, spelling);
    }

    @ParameterizedTest
    @MethodSource("ownSpellings")
    void an_own_branch_arrives_inside_of_tls(String spelling) throws Exception {
        arrives(Way.INSIDE_OF_TLS, spelling);
    }

    private void arrives(Way way, String spelling) throws Exception {
        GitServer server = server(way);
        String before = refs();
        String main = main();

        Git.Said said = push(way, server, spelling);

        assertThat(said.exit()).as(said.text()).isZero();
        assertThat(refs()).as(said.text()).isNotEqualTo(before);
        assertThat(main()).isEqualTo(main);
        Git.mustRun(folder.resolve("served.git"), "git fsck --strict");
        assertThat(outside.reported).isEmpty();
    }

    private String main() throws Exception {
        return Git.mustRun(folder.resolve("served.git"), "git rev-parse refs/heads/main");
    }

    @Test
    void a_large_push_begins_with_a_probe_and_goes_on_in_chunks() throws Exception {
        GitServer server = server(Way.PLAIN);

        push(Way.PLAIN, server, "git -c http.postBuffer=1 push origin belay/t-1/new");

        assertThat(server.pushes).hasSize(2).first().isEqualTo(4);
        assertThat(server.pushes.getLast()).isGreaterThan(200_000);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void git_shows_what_was_refused_and_why(Way way) throws Exception {
        GitServer server = server(way);

        Git.Said said = push(way, server, "git push origin main belay/t-1/new");

        assertThat(said.text().lines().map(String::strip))
                .containsSubsequence(
                        "remote: Belay: the gateway refused the push to refs/heads/main: only branches of this task are"
                                + " pushed (rule: RESTRICTED git push (test), policy.yaml:12).",
                        "remote: Nothing of this push was sent. Do not try it again: no other spelling, remote or tool"
                                + " gets it through.",
                        "remote: Instead: push to refs/heads/belay/t-1/.",
                        "To http" + (way == Way.PLAIN ? "" : "s") + "://allowed.test:" + server.port() + "/served.git",
                        "! [remote rejected] main -> main (only branches of this task are pushed)",
                        "! [remote rejected] belay/t-1/new -> belay/t-1/new"
                                + " (not sent, because another ref was refused)",
                        "error: failed to push some refs to 'http" + (way == Way.PLAIN ? "" : "s") + "://allowed.test:"
                                + server.port() + "/served.git'");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void git_hears_the_refusal_of_a_large_push_too(Way way) throws Exception {
        GitServer server = server(way);

        Git.Said said = push(
                way, server, "head -c 12000000 /dev/urandom > file && git commit -qam much && git push origin main");

        assertThat(said.text()).contains("! [remote rejected] main -> main (only branches of this task are pushed)");
    }

    @Test
    void git_hears_of_each_of_very_many_refs() throws Exception {
        GitServer server = server(Way.PLAIN);
        String name = "x".repeat(90);

        Git.Said said = push(Way.PLAIN, server, manyTags(name, 900));

        assertThat(said.text())
                .contains("and that to 895 more refs")
                .contains(" ! [remote rejected] " + name + "1 -> ")
                .contains(" ! [remote rejected] " + name + "900 -> ");
        assertThat(server.pushes).allSatisfy(bytes -> assertThat(bytes).isEqualTo(4));
    }

    @Test
    void git_shows_that_there_are_too_many_refs() throws Exception {
        GitServer server = server(Way.PLAIN);

        Git.Said said = push(Way.PLAIN, server, manyTags("x", PushCommands.MOST + 1));

        assertThat(said.text()).contains("error: remote unpack failed: ").contains("it has more than 1000 commands");
        assertThat(server.pushes).allSatisfy(bytes -> assertThat(bytes).isEqualTo(4));
    }

    private static String manyTags(String name, int count) {
        return "head=$(git rev-parse main); seq " + count + " | sed \"s#.*#create refs/tags/" + name
                + "& $head#\" | git update-ref --stdin && git push origin 'refs/tags/" + name + "*'";
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void git_shows_why_a_push_cannot_be_read(Way way) throws Exception {
        GitServer server = server(way);

        Git.Said said = push(way, server, "git push --signed=yes origin belay/t-1/new");

        assertThat(said.text())
                .contains("remote: Belay: the gateway refused this push: ")
                .contains("error: remote unpack failed: ")
                .contains("it is signed, and a certificate of a push is not read");
    }
}
