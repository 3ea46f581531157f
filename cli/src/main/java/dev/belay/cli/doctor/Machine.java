package dev.belay.cli.doctor;

import dev.belay.cli.Cli;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.BelayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Belay needs of the machine before any sandbox: each is tried, and each problem names the distribution's fix. */
final class Machine {
    private static final long ENOUGH_DISK = 2L << 30;

    private Machine() {}

    static Check java() {
        String version = System.getProperty("java.version", "?");
        return Runtime.version().feature() >= 25
                ? Check.ok("java", "JDK " + version)
                : Check.problem("java", "JDK " + version + " is too old, 25 is needed", "apt install temurin-25-jdk");
    }

    static Check bubblewrap() throws InterruptedException {
        Trial trial = Trial.of("bwrap", "--version");
        return trial.well()
                ? Check.ok("bubblewrap", trial.said())
                : Check.problem("bubblewrap", "bwrap is not installed", "apt install bubblewrap");
    }

    static Check userNamespaces() throws InterruptedException {
        Trial trial = Trial.of("unshare", "--user", "--map-root-user", "true");
        if (trial.well()) {
            return Check.ok("namespaces", "user namespaces can be made");
        }
        return Check.problem("namespaces", "user namespaces cannot be made: " + trial.said(), namespacesFix());
    }

    private static String namespacesFix() {
        if (is("/proc/sys/kernel/unprivileged_userns_clone", "0")) {
            return "sudo sysctl -w kernel.unprivileged_userns_clone=1";
        }
        if (is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")) {
            return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
        }
        if (is("/proc/sys/user/max_user_namespaces", "0")) {
            return "sudo sysctl -w user.max_user_namespaces=15000";
        }
        return "in a container: let it make user namespaces (docker run --security-opt seccomp=unconfined, or a host runner)";
    }

    private static boolean is(String file, String value) {
        try {
            return Files.readString(Path.of(file)).strip().equals(value);
        } catch (IOException absent) {
            return false;
        }
    }

    static Check git(Cli cli) throws InterruptedException {
        String here = cli.cwd().toString();
        if (Trial.of("git", "--version").exit() == Trial.NOT_STARTED) {
            return Check.note("git", "no git here; Belay itself needs none", "apt install git");
        }
        Trial branch = Trial.of("git", "-C", here, "rev-parse", "--abbrev-ref", "HEAD");
        if (!branch.well()) {
            return Check.note("git", "this folder is no git repository (or has no commit); its files are the base", "");
        }
        Trial commit = Trial.of("git", "-C", here, "rev-parse", "--short", "HEAD");
        // Neither a hook nor a monitor of the repository is started by looking at it.
        Trial changes = Trial.of(
                "git",
                "-C",
                here,
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.hooksPath=/dev/null",
                "status",
                "--porcelain",
                "--untracked-files=normal");
        long changed = changes.output().isEmpty() ? 0 : changes.output().lines().count();
        return Check.ok(
                "git",
                (changed == 0 ? "clean work tree on " : Words.count(changed, "uncommitted change") + " on ")
                        + branch.said() + " @ " + commit.said());
    }

    static Check state(Cli cli) {
        Path root = cli.state().root();
        try {
            cli.state().make();
            Path probe = Files.createTempFile(root, ".doctor-", "");
            Files.delete(probe);
            return Check.ok("state", root + " is writable");
        } catch (IOException | BelayException failed) {
            return Check.problem(
                    "state", root + " cannot be written", "export BELAY_STATE=DIR with a folder of your own");
        }
    }

    static Check disk(Cli cli) {
        Path existing = cli.state().root();
        for (Path above = existing; above != null && !Files.exists(existing); above = above.getParent()) {
            existing = above;
        }
        try {
            long free = Files.getFileStore(existing).getUsableSpace();
            return free >= ENOUGH_DISK
                    ? Check.ok(
                            "disk",
                            Words.bytes(free) + " free for " + cli.state().root())
                    : Check.problem(
                            "disk",
                            "only " + Words.bytes(free) + " free for "
                                    + cli.state().root(),
                            "free some, or export BELAY_STATE=DIR elsewhere");
        } catch (IOException unknown) {
            return Check.note("disk", "free space of " + existing + " is not known", "");
        }
    }
}
