package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.sandbox.Inside;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The arguments of bubblewrap: what a sandbox sees, and what it may be. The order is that of the mounts. */
final class BubblewrapArguments {
    static final int INSIDE_UID = 1000;
    private static final String GATEWAY = "http://127.0.0.1:3128";
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

    BubblewrapArguments(EngineFiles files) throws IOException {
        List<String> all = new ArrayList<>();
        addHostTree(all);
        all.addAll(List.of("--ro-bind", files.etc().toString(), "/etc"));
        all.addAll(List.of("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"));
        all.addAll(List.of("--dir", "/run/belay", "--ro-bind", files.program().toString(), "/run/belay/hand.pl"));
        all.addAll(List.of("--dir", "/var", "--symlink", "../tmp", "/var/tmp", "--symlink", "../run", "/var/run"));
        toolchain = List.copyOf(all);
    }

    List<String> of(SandboxSpec spec) {
        List<String> all = new ArrayList<>(CONFINEMENT);
        environment(spec).forEach((name, value) -> all.addAll(List.of("--setenv", name, value)));
        all.addAll(toolchain);
        Limits limits = spec.limits();
        String half = Long.toString((limits.memoryMib() * (1L << 20)) / 2);
        String quarter = Long.toString((limits.memoryMib() * (1L << 20)) / 4);
        all.addAll(List.of("--dev", "/dev", "--perms", "1777", "--size", quarter, "--tmpfs", "/dev/shm"));
        all.addAll(List.of("--remount-ro", "/dev"));
        all.addAll(List.of("--perms", "1777", "--size", half, "--tmpfs", "/tmp"));
        all.addAll(List.of("--perms", "0700", "--size", half, "--tmpfs", Inside.HOME));
        all.addAll(List.of("--bind", spec.workspace().toString(), "/workspace", "--remount-ro", "/"));
        all.addAll(List.of("--chdir", "/workspace", "--", "/usr/bin/perl", "/run/belay/hand.pl"));
        return all;
    }

    private static void addHostTree(List<String> all) throws IOException {
        all.addAll(List.of("--ro-bind", "/usr", "/usr"));
        for (String name : List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32")) {
            Path path = Path.of("/", name);
            if (Files.isSymbolicLink(path)) {
                all.addAll(List.of("--symlink", Files.readSymbolicLink(path).toString(), path.toString()));
            } else if (Files.isDirectory(path)) {
                all.addAll(List.of("--ro-bind", path.toString(), path.toString()));
            }
        }
    }

    private static Map<String, String> environment(SandboxSpec spec) {
        Map<String, String> all = new TreeMap<>();
        all.put("PATH", "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin");
        all.put("HOME", Inside.HOME);
        all.put("USER", "belay");
        all.put("LOGNAME", "belay");
        all.put("LANG", "C.UTF-8");
        all.put("TERM", "dumb");
        all.put("TMPDIR", "/tmp");
        for (String name :
                List.of("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")) {
            all.put(name, GATEWAY);
        }
        for (String name : List.of("no_proxy", "NO_PROXY")) {
            all.put(name, "localhost,127.0.0.1,::1");
        }
        all.putAll(spec.environment());
        return all;
    }
}
