package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bringing a result home: staged and not committed, all of it or nothing, and nothing of the repository's is run. */
class ApplyIT {
    private static Belay belay;

    @BeforeAll
    static void a_system_runs() {
        belay = Belay.started();
    }

    private static Script changes() {
        return new Script()
                .write("new file.txt", "new\n")
                .bash(
                        "printf 'one\\n2\\nthree\\n' > src/app.txt; rm README.md; chmod 644 bin/run.sh; ln -sfn README latest");
    }

    @Test
    void apply_stages_the_result_and_commits_nothing() throws IOException {
        Repository mine = belay.repository("apply");
        String head = mine.git("rev-parse", "HEAD");
        String task = belay.task(mine, changes());

        Result applied = belay.at(mine).run("apply", task).well();

        assertThat(applied.out())
                .contains("5 files staged, nothing committed", "undo: git ", " restore --staged --worktree -- ");
        assertThat(mine.git("rev-parse", "HEAD")).isEqualTo(head);
        assertThat(mine.git("diff", "--cached", "--name-status").lines())
                .containsExactlyInAnyOrder(
                        "D\tREADME.md", "M\tbin/run.sh", "M\tlatest", "A\tnew file.txt", "M\tsrc/app.txt");
        assertThat(mine.git("diff", "--name-only"))
                .as("work tree and index agree")
                .isEmpty();
        assertThat(mine.read("src/app.txt")).isEqualTo("one\n2\nthree\n");
        assertThat(Files.readSymbolicLink(mine.root().resolve("latest"))).isEqualTo(Path.of("README"));
        assertThat(belay.at(mine).run("apply", task).well().out()).isNotBlank();
    }

    @Test
    void a_check_says_what_would_be_and_changes_nothing() {
        Repository mine = belay.repository("apply-check");
        String task = belay.task(mine, changes());
        Map<String, String> before = mine.fingerprint();

        assertThat(belay.at(mine).run("apply", "--check", task).well().out()).contains("would apply: 5 files");

        assertThat(mine.changedSince(before)).isEmpty();
    }

    @Test
    void an_earlier_state_can_be_applied() {
        Repository mine = belay.repository("apply-earlier");
        String task = belay.task(mine, changes());

        belay.at(mine).run("apply", task + "@s1").well();

        assertThat(mine.git("diff", "--cached", "--name-status")).isEqualTo("A\tnew file.txt");
    }

    @Test
    void a_conflict_with_the_persons_own_change_is_exit_7_and_changes_nothing() {
        Repository mine = belay.repository("apply-conflict");
        String task = belay.task(mine, changes());
        mine.write("src/app.txt", "mine\n");
        Map<String, String> before = mine.fingerprint();

        Result refused = belay.at(mine).run("apply", task).refused("E_CONFLICT", 7);

        assertThat(refused.err()).contains("src/app.txt");
        assertThat(mine.changedSince(before)).isEmpty();
        belay.at(mine).run("apply", "--check", task).refused("E_CONFLICT", 7);
    }

    /** With a hook that runs where it is let in: else this would show nothing. */
    @Test
    void a_protected_file_comes_in_only_when_a_person_agrees_to_it() throws IOException {
        Repository mine = belay.repository("apply-protected");
        Path proof = belay.work().resolve("a-delivered-hook-ran");
        String task = belay.task(
                mine,
                new Script()
                        .write("src/new.txt", "new\n")
                        .write("sub/.GitHub/workflows/ci.yml", "on: push\n")
                        .bash("mkdir .githooks; printf '#!/bin/sh\\ntouch %s\\n' '" + proof
                                + "' >.githooks/pre-commit; chmod 755 .githooks/pre-commit"));
        mine.git("config", "core.hooksPath", ".githooks");
        Map<String, String> before = mine.fingerprint();

        Result refused = belay.at(mine).run("apply", task).refused("E_PROTECTED", 6);
        belay.at(mine).run("apply", "--check", task).refused("E_PROTECTED", 6);
        belay.at(mine).run("apply", task, "--agree", "src").refused("E_USAGE", 2);

        assertThat(refused.err())
                .contains(
                        ".githooks/pre-commit: it is run on your machine",
                        "sub/.GitHub/workflows/ci.yml: your CI",
                        "belay apply " + task + " --agree .githooks/pre-commit");
        assertThat(mine.changedSince(before)).isEmpty();

        assertThat(belay.at(mine).run("apply", task, "--leave-protected").well().err())
                .contains("left out, protected: .githooks/pre-commit, sub/.GitHub/workflows/ci.yml");
        assertThat(mine.git("status", "--porcelain").lines()).containsExactly("A  src/new.txt");
        mine.git("-c", "user.name=p", "-c", "user.email=p@example.org", "commit", "-qm", "the rest");
        assertThat(proof).doesNotExist();

        belay.at(mine)
                .run("apply", task, "--agree", ".githooks", "--agree", "sub/.GitHub/workflows/ci.yml")
                .well();
        mine.git("-c", "user.name=p", "-c", "user.email=p@example.org", "commit", "-qm", "agreed");
        assertThat(proof).exists();
        belay.at(mine).run("apply", task).well();
    }

    @Test
    void a_change_of_the_persons_elsewhere_is_no_conflict_and_stays() {
        Repository mine = belay.repository("apply-elsewhere");
        String task = belay.task(mine, new Script().write("new.txt", "new\n"));
        mine.write("src/app.txt", "mine\n");

        belay.at(mine).run("apply", task).well();

        assertThat(mine.read("src/app.txt")).isEqualTo("mine\n");
        assertThat(mine.git("status", "--porcelain").lines()).containsExactlyInAnyOrder("A  new.txt", " M src/app.txt");
    }

    @Test
    void no_hook_and_no_filter_of_the_repository_runs() throws IOException {
        Repository mine = belay.repository("apply-hooks");
        String task = belay.task(mine, changes());
        Path proof = belay.work().resolve("apply-ran-a-hook");
        for (String hook : new String[] {"pre-commit", "post-checkout", "post-index-change", "pre-applypatch"}) {
            Path file =
                    Files.writeString(mine.root().resolve(".git/hooks/" + hook), "#!/bin/sh\ntouch '" + proof + "'\n");
            Sh.run("chmod", "755", file.toString());
        }
        mine.git("config", "core.fsmonitor", "touch '" + proof + "'");
        mine.git("config", "filter.bad.smudge", "touch '" + proof + "'; cat");
        mine.git("config", "filter.bad.clean", "touch '" + proof + "'; cat");
        Files.writeString(mine.root().resolve(".git/info/attributes"), "*.txt filter=bad\n");

        belay.at(mine).run("apply", task);

        assertThat(proof).doesNotExist();
    }

    @Test
    void a_folder_that_is_no_repository_gets_the_files() throws IOException {
        Path plain = Files.createDirectories(belay.work().resolve("apply-plain"));
        Files.writeString(plain.resolve("a.txt"), "1\n");
        String task = belay.task(new Repository(plain), Script.of("echo 2 > a.txt; echo b > b.txt"));

        assertThat(belay.at(plain).run("apply", task).well().out()).contains("2 files written");

        assertThat(Files.readString(plain.resolve("a.txt"))).isEqualTo("2\n");
        assertThat(Files.readString(plain.resolve("b.txt"))).isEqualTo("b\n");
    }

    @Test
    void nothing_to_apply_is_said() {
        Repository mine = belay.repository("apply-nothing");
        String task = belay.task(mine, new Script());
        Map<String, String> before = mine.fingerprint();

        assertThat(belay.at(mine).run("apply", task).well().out()).contains("nothing to apply");

        assertThat(mine.changedSince(before)).isEmpty();
    }
}
