package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Only the project is inside, for the agent's steps as for exec, live and after; and nothing but apply touches the person's files. */
class PromiseIT {
    private static Belay belay;
    private static Repository shop;
    private static Path inTmp;
    private static ServerSocket listener;
    private static Map<Side, String> seen;

    enum Side {
        STEP,
        EXEC_AFTER
    }

    @BeforeAll
    static void canaries_are_laid_out() throws IOException {
        belay = Belay.started();
        shop = belay.repository("promise");
        inTmp = Files.writeString(Files.createTempFile("belay-canary-", ""), Belay.CANARY);
        Files.writeString(belay.home().resolve("canary"), Belay.CANARY);
        Files.writeString(belay.work().resolve("canary-beside-the-project"), Belay.CANARY);
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

        String look = """
            echo "uid: $(id -u)"; echo "env: $(env | grep -c '%s')"
            for f in '%s' '%s' '%s' '%s' /etc/shadow /etc/machine-id /var/lib/belay /root/.bashrc /var/run/docker.sock; do
              if [ -e "$f" ]; then echo "VISIBLE $f"; else echo "absent $f"; fi; done
            cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c '%s' | sed 's/^/environs: /'
            if (exec 3<>/dev/tcp/127.0.0.1/%d) 2>/dev/null; then echo REACHED the host; else echo host not reached; fi
            if (exec 3<>/dev/tcp/169.254.169.254/80) 2>/dev/null; then echo REACHED the metadata; else echo metadata not reached; fi
            echo "routes: $(tail -n +2 /proc/net/route | wc -l)"
            echo "capabilities: $(sed -n 's/^CapEff:\\s*//p' /proc/self/status)"
            echo "no_new_privs: $(sed -n 's/^NoNewPrivs:\\s*//p' /proc/self/status)"
            if unshare -U true 2>/dev/null; then echo NAMESPACE made; else echo no namespace; fi
            echo "home: $(ls -A "$HOME" | wc -l)"; echo "remotes: $(git remote | wc -l)"
            if touch /usr/canary 2>/dev/null; then echo WROTE; else echo not written; fi
            """.formatted(
                        Belay.CANARY,
                        belay.home().resolve("canary"),
                        inTmp,
                        belay.work().resolve("canary-beside-the-project"),
                        belay.state(),
                        Belay.CANARY,
                        listener.getLocalPort());
        // The same look outside finds every canary: what is absent inside is not absent because the look is blind.
        assertThat(Sh.run("bash", "-c", look)).contains("VISIBLE " + inTmp, "REACHED the host");

        String task = belay.task(shop, Script.of("cat > look.sh <<'END'\n" + look + "END\nbash look.sh"));
        String step = belay.run("attach", "--json", task).well().lines().stream()
                .map(event -> event.get("tool_result").text("output"))
                .collect(Collectors.joining("\n"));
        String after = belay.run("exec", task, "--", "bash", "look.sh").well().out();
        seen = Map.of(Side.STEP, step, Side.EXEC_AFTER, after);
    }

    @AfterAll
    static void canaries_are_removed() throws IOException {
        Files.deleteIfExists(inTmp);
        listener.close();
    }

    @ParameterizedTest
    @EnumSource
    void nothing_of_the_host_is_inside(Side side) {
        assertThat(seen.get(side))
                .contains("uid: 1000", "env: 0", "environs: 0", "routes: 0", "capabilities: 0000000000000000")
                .contains("no_new_privs: 1", "host not reached", "metadata not reached", "no namespace", "not written")
                .contains("home: 0", "remotes: 0")
                .doesNotContain("VISIBLE", "REACHED", "NAMESPACE", "WROTE", Belay.CANARY);
    }

    @Test
    void the_kernel_knows_what_runs_inside_by_a_uid_that_is_neither_root_nor_the_callers() {
        String length = "8641" + ProcessHandle.current().pid();
        String task = belay.handOver(shop, Script.of("sleep " + length));
        try (Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep " + length);
            // The words are printed before the process is there; exec behind it would wait for it.
            long pid = Stream.generate(() -> Leftovers.naming("sleep\0" + length))
                    .filter(pids -> !pids.isEmpty())
                    .findFirst()
                    .orElseThrow()
                    .getFirst();

            String status = read(Path.of("/proc/" + pid + "/status"));

            Map<String, String> uids = status.lines()
                    .filter(line -> line.startsWith("Uid:") || line.startsWith("Gid:"))
                    .collect(Collectors.toMap(line -> line.substring(0, 3), Function.identity()));
            String own = read(Path.of("/proc/self/status"))
                    .lines()
                    .filter(line -> line.startsWith("Uid:"))
                    .findFirst()
                    .orElseThrow();
            assertThat(uids.get("Uid")).doesNotContainPattern("\\b0\\b");
            if (OrdinaryUser.isRoot()) {
                assertThat(uids.get("Uid")).isNotEqualTo(own);
            }
            belay.run("cancel", task).well();
            watch.end().ended(1);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void the_persons_repository_is_the_same_after_a_task_that_changed_all_of_it() {
        Repository mine =
                belay.repository("untouched").write("untracked.txt", "u\n").write("src/app.txt", "uncommitted\n");
        Map<String, String> before = mine.fingerprint();

        String task = belay.task(
                mine,
                Script.of(
                        "rm -rf src README.md; git add -A; git -c user.name=x -c user.email=x@y commit -qm gone; git gc -q"));
        belay.run("rollback", task, "s0").well();
        belay.run("undo", task).well();
        belay.at(mine).run("diff", task).well();
        belay.run("exec", task, "--", "sh", "-c", "echo x > y").well();

        assertThat(mine.changedSince(before)).isEmpty();
    }

    @Test
    void what_was_not_committed_goes_along_and_what_git_ignores_does_not() {
        Repository mine = belay.repository("along")
                .write(".gitignore", "ignored.txt\n")
                .write("ignored.txt", Belay.CANARY)
                .write("untracked.txt", "u\n")
                .write("src/app.txt", "uncommitted\n");

        String task = belay.task(mine, new Script());

        assertThat(belay.run(
                                "exec",
                                task,
                                "--",
                                "sh",
                                "-c",
                                "cat untracked.txt src/app.txt; ls -a; git log --oneline | wc -l")
                        .well()
                        .out())
                .startsWith("u\nuncommitted\n")
                .doesNotContain("ignored.txt");
    }

    @Test
    void a_refused_network_call_is_told_with_its_layer_and_its_rule() {
        Result run = belay.at(shop)
                .run(
                        "run",
                        "--model",
                        Script.of("git ls-remote https://git.example/a.git").in(belay),
                        "look");

        assertThat(run.well().out()).contains("✗ DENIED egress  git.example:443", "rule: ", "(layer: gateway)");
    }

    @Test
    void the_hooks_and_filters_of_the_repository_are_never_run_on_the_persons_side() throws IOException {
        Repository mine = belay.repository("hooked");
        Path proof = belay.work().resolve("a-hook-ran");
        for (String hook : new String[] {"pre-commit", "post-checkout", "post-index-change", "reference-transaction"}) {
            Path file =
                    Files.writeString(mine.root().resolve(".git/hooks/" + hook), "#!/bin/sh\ntouch '" + proof + "'\n");
            Sh.run("chmod", "755", file.toString());
        }
        mine.git("config", "core.fsmonitor", "touch '" + proof + "'");
        mine.git("config", "filter.bad.clean", "touch '" + proof + "'; cat");
        Files.writeString(mine.root().resolve(".git/info/attributes"), "* filter=bad\n");
        Files.writeString(mine.root().resolve("src/app.txt"), "changed\n");

        String task = belay.task(mine, new Script().write("n.txt", "n\n"));
        belay.at(mine).run("diff", task).well();

        assertThat(proof).doesNotExist();
    }
}
