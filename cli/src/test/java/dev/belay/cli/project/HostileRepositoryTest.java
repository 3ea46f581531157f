package dev.belay.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository in which every setting and every hook that git would run leaves a canary. */
class HostileRepositoryTest {
    private static final List<String> HOOKS = List.of(
            "applypatch-msg",
            "commit-msg",
            "fsmonitor-watchman",
            "post-applypatch",
            "post-checkout",
            "post-commit",
            "post-index-change",
            "post-merge",
            "post-rewrite",
            "pre-applypatch",
            "pre-auto-gc",
            "pre-commit",
            "pre-merge-commit",
            "pre-push",
            "pre-rebase",
            "prepare-commit-msg",
            "reference-transaction");

    @TempDir
    private Path temporary;

    @Test
    void packing_and_applying_run_nothing_that_the_repository_names() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "b.big", "b\n", "c.c", "c\n");
        Path clean = temporary.resolve("clean");
        copy(git.folder(), clean);
        TaskResult result = TaskResult.of(clean, temporary.resolve("scratch"), work -> {
            Files.writeString(work.resolve("a.txt"), "a2\n");
            Files.writeString(work.resolve("b.big"), "b2\n");
            Files.writeString(work.resolve("new.txt"), "new\n");
            Files.delete(work.resolve("c.c"));
        });
        Path canaries = Files.createDirectory(temporary.resolve("canaries"));
        trap(git, canaries);
        Files.setLastModifiedTime(git.at("a.txt"), java.nio.file.attribute.FileTime.fromMillis(0));

        Set<String> started = new HashSet<>();
        AtomicBoolean over = new AtomicBoolean();
        Set<Long> before = children();
        Thread watch = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                ProcessHandle.current()
                        .descendants()
                        .filter(child -> !before.contains(child.pid()))
                        .forEach(child -> started.add(child.info().command().orElse("?")));
                Thread.onSpinWait();
            }
        });
        ApplyReport report;
        try {
            ProjectFolder folder = ProjectFolder.at(git.folder(), Optional.empty());
            folder.commits();
            folder.pack(List.of(), temporary, PackLimits.defaults());
            report = result.apply(git.folder());
        } finally {
            over.set(true);
            join(watch);
        }

        assertThat(names(canaries)).as("nothing was run").isEmpty();
        assertThat(started).as("no process was started").isEmpty();
        assertThat(git.at("a.txt")).hasContent("a2");
        assertThat(git.at("b.big")).hasContent("b2");
        assertThat(report.notes()).anyMatch(note -> note.endsWith("(git add): a.txt, b.big, new.txt"));
    }

    @Test
    void the_same_traps_do_catch_git_itself() throws IOException {
        Git git = Git.with(temporary.resolve("r"), "a.txt", "a\n", "b.big", "b\n");
        Path canaries = Files.createDirectory(temporary.resolve("canaries"));
        trap(git, canaries);
        Files.writeString(git.at(".git/info/attributes"), "*.txt filter=trap\n");
        git.write("a.txt", "a2\n");

        git.run("add", "a.txt");
        git.run("status");

        assertThat(names(canaries)).contains("clean", "fsmonitor", "post-index-change");
    }

    private static void trap(Git git, Path canaries) throws IOException {
        Path hooks = Files.createDirectories(git.at(".git/trap-hooks"));
        Files.createDirectories(git.at(".git/hooks"));
        for (String hook : HOOKS) {
            script(hooks.resolve(hook), canaries.resolve(hook));
            script(git.at(".git/hooks").resolve(hook), canaries.resolve(hook));
        }
        StringBuilder config = new StringBuilder(Files.readString(git.at(".git/config")));
        config.append("[core]\n\thooksPath = ").append(hooks).append('\n');
        for (String key :
                List.of("fsmonitor", "sshCommand", "editor", "pager", "askPass", "gitProxy", "alternateRefsCommand")) {
            config.append('\t')
                    .append(key)
                    .append(" = ")
                    .append(command(git, canaries, key))
                    .append('\n');
        }
        config.append("[filter \"trap\"]\n");
        for (String key : List.of("clean", "smudge")) {
            config.append('\t')
                    .append(key)
                    .append(" = ")
                    .append(command(git, canaries, key))
                    .append('\n');
        }
        config.append("[filter \"long\"]\n\tprocess = ")
                .append(command(git, canaries, "process"))
                .append('\n');
        config.append("[diff]\n\texternal = ")
                .append(command(git, canaries, "diff-external"))
                .append('\n');
        config.append("[diff \"trap\"]\n\ttextconv = ")
                .append(command(git, canaries, "textconv"))
                .append('\n');
        config.append("[merge \"trap\"]\n\tdriver = ")
                .append(command(git, canaries, "driver"))
                .append('\n');
        config.append("[gpg]\n\tprogram = ")
                .append(command(git, canaries, "gpg"))
                .append('\n');
        config.append("[commit]\n\tgpgSign = true\n");
        config.append("[credential]\n\thelper = ")
                .append(command(git, canaries, "credential"))
                .append('\n');
        config.append("[alias]\n\tstatus = !")
                .append(command(git, canaries, "alias"))
                .append('\n');
        config.append("[uploadpack]\n\tpackObjectsHook = ")
                .append(command(git, canaries, "pack-objects"))
                .append('\n');
        Path included = Files.writeString(
                git.at(".git/more"), "[core]\n\tfsmonitor = " + command(git, canaries, "included") + "\n");
        config.append("[include]\n\tpath = ").append(included).append('\n');
        config.append("[includeIf \"gitdir:/\"]\n\tpath = /nonexistent\n");
        // Last of all, so that the control finds it in force.
        config.append("[core]\n\tfsmonitor = ")
                .append(command(git, canaries, "fsmonitor"))
                .append('\n');
        Files.writeString(git.at(".git/config"), config);
        Files.createDirectories(git.at(".git/info"));
        Files.writeString(
                git.at(".git/info/attributes"),
                "*.txt filter=trap diff=trap merge=trap\n*.big filter=long\n*.c ident working-tree-encoding=UTF-16\n");
    }

    private static String command(Git git, Path canaries, String name) throws IOException {
        return script(git.at(".git/trap-" + name), canaries.resolve(name)).toString();
    }

    private static Path script(Path at, Path canary) throws IOException {
        Files.writeString(at, "#!/bin/sh\n: > " + canary + "\ncase $0 in *clean|*smudge) cat ;; esac\nexit 0\n");
        Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
        return at;
    }

    private static List<String> names(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static Set<Long> children() {
        Set<Long> pids = new HashSet<>();
        ProcessHandle.current().descendants().forEach(child -> pids.add(child.pid()));
        return pids;
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(java.time.Duration.ofNanos(TimeUnit.SECONDS.toNanos(20))))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
