package dev.belay.runner.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.PackRef;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.room.Uids;
import dev.belay.runner.snapshot.Bench;
import dev.belay.runner.snapshot.Moment;
import dev.belay.runner.snapshot.Settings;
import dev.belay.runner.snapshot.Shell;
import dev.belay.runner.snapshot.SnapshotStore;
import dev.belay.runner.snapshot.Stillness;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits on disk and mounted, looked at with real git as the uid that a sandbox has. */
class CheckoutsTest {
    private static final int SANDBOX = Uids.SEVERAL ? 1001 : 0;
    private static final int OTHER = Uids.SEVERAL ? 1002 : 0;

    private Path root;
    private Path source;
    private ProjectStore projects;
    private Checkouts checkouts;

    @BeforeEach
    void makeProject() throws IOException {
        root = Files.createTempDirectory("belay-checkout-");
        Shell.sh(root, "chmod 755 .");
        source = Files.createDirectory(root.resolve("source"));
        Shell.sh(source, "git init -q -b main .; git config user.name t; git config user.email t@t");
        projects = new ProjectStore(root.resolve("projects"));
        checkouts = new Checkouts(root.resolve("checkouts"), projects);
    }

    @AfterEach
    void removeProject() throws IOException {
        projects.close();
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    private String commit(String script) throws IOException {
        Shell.sh(source, "umask 022; " + script + "; git add -A -f; git commit -q --allow-empty -m c");
        return Shell.sh(source, "git rev-parse HEAD").strip();
    }

    private void send(String... commits) throws IOException {
        Path pack = root.resolve("send.pack");
        Shell.sh(
                source,
                "printf '%s\\n' " + String.join(" ", commits) + " | git pack-objects -q --revs --stdout >" + pack);
        Bench.addPack(projects.project("t", "p"), pack);
    }

    private Workspace mount(Checkout checkout, int uid) throws IOException {
        // What an idmapped view does to a checkout: the sandbox owns it.
        Shell.run(root, "chown", "-R", uid + ":" + uid, checkout.files().toString());
        return Workspace.create(root.resolve("task"), checkout, checkout.files(), uid, uid);
    }

    private String as(int uid, Workspace workspace, String script) throws IOException {
        List<String> command = new ArrayList<>(Uids.as(uid));
        command.addAll(List.of("sh", "-ec", script));
        return Shell.run(workspace.merged(), command.toArray(String[]::new));
    }

    @Test
    void git_works_in_the_merged_view_as_the_sandbox() throws Exception {
        commit("echo old >gone; echo 1 >a");
        String head = commit("rm gone; printf '#!/bin/sh\n' >x; chmod 755 x; ln -s a l; mkdir -p d/e; echo f >d/e/f");
        Shell.sh(
                source,
                "git checkout -q -b secret; echo key >secret; git add -A; git commit -qm secret; git checkout -q main");
        Shell.sh(source, "git rev-list --objects --all | git pack-objects -q --stdout >" + root.resolve("all.pack"));
        Bench.addPack(projects.project("t", "p"), root.resolve("all.pack"));
        Checkout checkout = checkouts.of("t", "p", head, head, "feature/one");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            assertThat(as(SANDBOX, workspace, "git status --porcelain --branch"))
                    .isEqualTo("## feature/one\n");
            assertThat(as(SANDBOX, workspace, "git fsck --full --strict 2>&1")).isEmpty();
            assertThat(as(SANDBOX, workspace, "git log --format=%s")).isEqualTo("c\nc\n");
            assertThat(as(SANDBOX, workspace, "git remote -v; git branch -a --format='%(refname)'; git stash list"))
                    .isEqualTo("refs/heads/feature/one\n");
            String secret = Shell.sh(source, "git rev-parse secret").strip();
            assertThatThrownBy(() -> as(SANDBOX, workspace, "git cat-file -e " + secret))
                    .isInstanceOf(IOException.class);
            as(SANDBOX, workspace, "echo 2 >a; git commit -qam mine; git gc -q --prune=now; git fsck --full --strict");
            assertThat(as(SANDBOX, workspace, "git log -1 --format='%an <%ae>'"))
                    .isEqualTo("Belay agent <agent@belay.invalid>\n");
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(root.toString());
    }

    @Test
    void git_status_shows_exactly_what_the_person_had_not_committed() throws Exception {
        String head = commit("echo 1 >same; echo 1 >edited; echo 1 >deleted");
        String base = Shell.sh(
                        source,
                        "echo 2 >edited; rm deleted; echo n >new; git add -A; t=$(git write-tree);"
                                + " git commit-tree -p HEAD -m work $t")
                .strip();
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, head, "main");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            assertThat(as(SANDBOX, workspace, "git status --porcelain")).isEqualTo(" D deleted\n M edited\n?? new\n");
            assertThat(as(SANDBOX, workspace, "git rev-parse HEAD").strip()).isEqualTo(head);
            assertThatThrownBy(() -> as(SANDBOX, workspace, "git cat-file -e " + base))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_project_without_a_commit_stands_at_its_base_and_a_branch_may_be_missing() throws Exception {
        String base = commit("echo 1 >a");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, "", "");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            assertThat(as(SANDBOX, workspace, "git rev-parse HEAD").strip()).isEqualTo(base);
            assertThat(as(SANDBOX, workspace, "git status --porcelain --branch"))
                    .isEqualTo("## HEAD (no branch)\n");
        }
    }

    @Test
    void a_head_that_did_not_come_along_is_not_asked_for() throws Exception {
        String base = commit("echo 1 >a");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, "1".repeat(40), "main");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            assertThat(as(SANDBOX, workspace, "git rev-parse HEAD").strip()).isEqualTo(base);
            assertThat(as(SANDBOX, workspace, "git status --porcelain")).isEmpty();
        }
    }

    @Test
    void files_that_a_rollback_brings_back_belong_to_the_sandbox() throws Exception {
        String base = commit("mkdir d; echo 1 >d/a; echo 2 >b; ln -s b l");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, base, "main");
        try (Workspace workspace = mount(checkout, SANDBOX);
                SnapshotStore store = SnapshotStore.open(
                        root.resolve("shadow.git"),
                        "t-x",
                        workspace,
                        projects.project("t", "p"),
                        Stillness.nobodyInside(),
                        Settings.standard())) {
            Snapshot s0 = store.capture(Moment.base()).snapshot();
            as(SANDBOX, workspace, "rm -rf d l .git; echo 3 >b");
            store.restore(s0, new Moment(1, 1, "safety", ""), _ -> {});
            assertThat(as(SANDBOX, workspace, "find . ! -uid " + SANDBOX + " -o ! -gid " + SANDBOX))
                    .isEmpty();
            as(SANDBOX, workspace, "echo 4 >d/a; rm l; git status >/dev/null; git commit -qam works");
        }
    }

    @Test
    void a_second_task_on_the_same_commit_costs_nothing_and_the_checkout_is_deterministic() throws Exception {
        String base = commit("echo 1 >a; mkdir d; echo 2 >d/b");
        send(base);
        Checkout first = checkouts.of("t", "p", base, base, "main");
        Object inode = Files.getAttribute(first.files().resolve("a"), "unix:ino");
        Checkout second = new Checkouts(root.resolve("checkouts"), projects).of("t", "p", base, base, "main");
        assertThat(second).isEqualTo(first);
        assertThat(Files.getAttribute(second.files().resolve("a"), "unix:ino")).isEqualTo(inode);
        Checkout elsewhere = new Checkouts(root.resolve("elsewhere"), projects).of("t", "p", base, base, "main");
        assertThat(elsewhere.gitTree()).isEqualTo(first.gitTree());
        assertThat(checkouts.of("t", "p", base, base, "other").files()).isNotEqualTo(first.files());
    }

    @Test
    void bytes_are_raw_whatever_attributes_ask_for() throws Exception {
        Shell.sh(
                source,
                "printf '*.txt text eol=crlf\\n*.id ident\\n' >.gitattributes; printf 'a\\n' >a.txt; printf '$Id$\\n' >v.id");
        String base = commit(":");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, base, "main");
        assertThat(checkout.files().resolve("a.txt")).hasContent("a\n");
        assertThat(checkout.files().resolve("v.id")).hasContent("$Id$\n");
    }

    @Test
    void an_empty_commit_and_an_empty_tree_are_projects_too() throws Exception {
        String base = commit(":");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, "", "main");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            assertThat(as(SANDBOX, workspace, "git status --porcelain; ls")).isEmpty();
        }
    }

    @Test
    void a_pack_that_is_not_what_it_says_is_refused_and_leaves_nothing() throws Exception {
        String base = commit("echo 1 >a");
        Path pack = root.resolve("p.pack");
        Shell.sh(source, "echo " + base + " | git pack-objects -q --revs --stdout >" + pack);
        byte[] bytes = Files.readAllBytes(pack);
        String sha = Bench.sha256(pack);
        ProjectObjects project = projects.project("t", "p");
        byte[] torn = bytes.clone();
        torn[bytes.length / 2] ^= 1;
        Files.write(pack, torn);
        record Wrong(String sha256, long size, byte[] bytes) {}
        var wrongs = java.util.List.of(
                new Wrong(sha, bytes.length - 1, bytes),
                new Wrong(sha, bytes.length + 1, bytes),
                new Wrong("0".repeat(64), bytes.length, bytes),
                new Wrong(Bench.sha256(pack), torn.length, torn));
        for (Wrong wrong : wrongs) {
            PackRef ref = PackRef.newBuilder()
                    .setSha256(wrong.sha256())
                    .setSize(wrong.size())
                    .build();
            assertThatThrownBy(() -> project.add(ref, new ByteArrayInputStream(wrong.bytes())))
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_PACK_REFUSED));
            assertThat(project.holds(wrong.sha256())).isFalse();
        }
        assertThat(Shell.sh(root, "ls projects/t/p.git/objects/pack projects/t/p.git/received | grep -c pack$ || :")
                        .strip())
                .isEqualTo("0");
        Bench.addPack(project, Files.write(pack, bytes));
        assertThat(project.holds(sha)).isTrue();
    }

    @Test
    void a_tree_with_git_or_dots_in_its_names_never_gets_in() throws Exception {
        commit("echo 1 >a");
        for (String name : new String[] {".git", ".GIT", "..", "git~1"}) {
            String tree = Shell.sh(
                            source,
                            "b=$(git hash-object -w a); perl -e 'print \"100644 \" . shift() . \"\\0\" . pack(\"H*\", shift())' '"
                                    + name + "' $b | git hash-object -w -t tree --literally --stdin")
                    .strip();
            String bad = Shell.sh(source, "git commit-tree -m bad " + tree).strip();
            assertThatThrownBy(() -> send(bad))
                    .as(name)
                    .isInstanceOfSatisfying(
                            BelayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_PACK_REFUSED));
        }
    }

    @Test
    void a_commit_whose_packs_are_incomplete_is_a_named_error_and_leaves_no_checkout() throws Exception {
        String base = commit("echo 1 >a");
        Shell.sh(source, "echo " + base + " | git pack-objects -q --stdout >" + root.resolve("thin.pack"));
        Bench.addPack(projects.project("t", "p"), root.resolve("thin.pack"));
        assertThatThrownBy(() -> checkouts.of("t", "p", base, base, "main"))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_BAD_PROJECT));
        assertThat(Shell.sh(root, "ls -A checkouts/t/p")).isEmpty();
    }

    @Test
    void names_that_would_leave_the_store_are_refused() {
        for (String name : new String[] {"..", ".", "", "a/b", "a\0b", ".hidden", "x".repeat(200)}) {
            assertThatThrownBy(() -> projects.project(name, "p")).isInstanceOf(BelayException.class);
            assertThatThrownBy(() -> projects.project("t", name)).isInstanceOf(BelayException.class);
        }
        assertThatThrownBy(() -> checkouts.of("t", "p", "../../etc", "", "main"))
                .isInstanceOf(BelayException.class);
        assertThatThrownBy(() -> checkouts.of("t", "p", "0".repeat(40), "", "../../x"))
                .isInstanceOf(BelayException.class);
    }

    @Test
    void a_workspace_is_given_to_another_uid_when_it_is_opened_again() throws Exception {
        String base = commit("echo 1 >a; echo 2 >b");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, base, "main");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            as(SANDBOX, workspace, "rm a; mkdir d; echo 3 >d/f; chmod 4755 d/f; ln -s x d/l; echo 4 >b");
        }
        Shell.run(root, "chown", "-R", OTHER + ":" + OTHER, checkout.files().toString());
        try (Workspace again = Workspace.open(root.resolve("task"), checkout, checkout.files(), OTHER, OTHER)) {
            assertThat(as(OTHER, again, "find . ! -uid " + OTHER)).isEmpty();
            assertThat(as(OTHER, again, "test ! -e a; stat -c %a d/f; readlink d/l; cat b; echo 5 >>d/f"))
                    .isEqualTo("4755\nx\n4\n");
            again.delete();
        }
        assertThat(root.resolve("task")).doesNotExist();
    }

    @Test
    void a_closed_workspace_holds_no_folder_that_its_owner_may_not_open() throws Exception {
        String base = commit("echo 1 >a");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, base, "main");
        try (Workspace workspace = mount(checkout, SANDBOX)) {
            as(SANDBOX, workspace, "echo 2 >a");
        }

        assertThat(Shell.sh(root, "find task -type d ! -perm -u=rwx")).isEmpty();
    }

    @Test
    void a_held_file_does_not_keep_the_mount() throws Exception {
        String base = commit("echo 1 >a");
        send(base);
        Checkout checkout = checkouts.of("t", "p", base, base, "main");
        Workspace workspace = mount(checkout, 0);
        try (var held = Files.newInputStream(workspace.merged().resolve("a"))) {
            workspace.close();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(root.toString());
            assertThat(held.read()).isEqualTo('1');
        }
        workspace.delete();
    }

    @Test
    void a_tree_of_any_depth_can_be_deleted() throws Exception {
        String base = commit("echo 1 >a");
        send(base);
        Workspace workspace = mount(checkouts.of("t", "p", base, base, "main"), 0);
        as(0, workspace, "perl -e 'for (1..3000) { mkdir \"deep\"; chdir \"deep\" } open F, \">\", \"f\"'");
        try (SnapshotStore store = SnapshotStore.open(
                root.resolve("shadow.git"),
                "t-x",
                workspace,
                projects.project("t", "p"),
                Stillness.nobodyInside(),
                Settings.standard())) {
            Snapshot s0 = store.capture(Moment.base()).snapshot();
            assertThat(s0.getNotCapturedList()).extracting(one -> one.getWhy()).containsExactly("deep");
        }
        workspace.delete();
        assertThat(root.resolve("task")).doesNotExist();
    }
}
