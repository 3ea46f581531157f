package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.sandbox.Inside;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.shared.SandboxVariables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The arguments of bubblewrap: what a sandbox sees, and what it may be. The order is that of the mounts. */
final class BubblewrapArguments {
    static final int INSIDE_UID = 1000;
    private static final String UID = Integer.toString(INSIDE_UID);

    private static final List<String> CONFINEMENT = List.of(
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--die-with-parent",
            "--new-session",
            "--as-pid-1",
            "--uid",
            UID,
            "--gid",
            UID,
            "--cap-drop",
            "ALL",
            "--hostname",
            "belay",
            "--clearenv");

    private final List<String> toolchain;

    BubblewrapArguments(EngineFiles files, Tools tools) throws IOException {
        List<String> all = new ArrayList<>(tools.arguments());
        all.addAll(List.of("--ro-bind", files.etc().toString(), "/etc"));
        all.addAll(List.of("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"));
        all.addAll(List.of("--dir", "/run/belay", "--ro-bind", files.program().toString(), "/run/belay/hand.pl"));
        all.addAll(List.of("--dir", "/var", "--symlink", "../tmp", "/var/tmp", "--symlink", "../run", "/var/run"));
        toolchain = List.copyOf(all);
    }

    List<String> of(SandboxSpec spec, Path merged) {
        List<String> all = new ArrayList<>(CONFINEMENT);
        SandboxVariables.of(spec).forEach((name, value) -> all.addAll(List.of("--setenv", name, value)));
        all.addAll(toolchain);
        Limits limits = spec.limits();
        String half = Long.toString((limits.memoryMib() * (1L << 20)) / 2);
        String quarter = Long.toString((limits.memoryMib() * (1L << 20)) / 4);
        all.addAll(List.of("--dev", "/dev", "--perms", "1777", "--size", quarter, "--tmpfs", "/dev/shm"));
        all.addAll(List.of("--remount-ro", "/dev"));
        all.addAll(List.of("--perms", "1777", "--size", half, "--tmpfs", "/tmp"));
        all.addAll(List.of("--perms", "0700", "--size", half, "--tmpfs", Inside.HOME));
        all.addAll(List.of("--bind", merged.toString(), "/workspace", "--remount-ro", "/"));
        all.addAll(List.of("--chdir", "/workspace", "--", Tools.PERL, "/run/belay/hand.pl"));
        return all;
    }
}
