package dev.belay.runner.sandbox.shared;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the probe inside a sandbox found, one "name value" a line, and which cells of the report follow from it. */
public record Said(Map<String, String> words) {
    private static final int PROBE_SECONDS = 5;

    static Said by(InputStream from) throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Map<String, String>> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            Map<String, String> all = new HashMap<>();
            try {
                var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8), 1);
                for (String line = reader.readLine();
                        line != null && !line.startsWith("end");
                        line = reader.readLine()) {
                    int space = line.indexOf(' ');
                    all.put(space < 0 ? line : line.substring(0, space), space < 0 ? "" : line.substring(space + 1));
                }
                result.complete(all);
            } catch (IOException broken) {
                result.completeExceptionally(broken);
            }
        });
        return new Said(result.get(PROBE_SECONDS, TimeUnit.SECONDS));
    }

    public String word(String name) {
        return words.getOrDefault(name, "?");
    }

    public void identity(Findings findings) {
        boolean none = List.of("CapEff", "CapPrm", "CapBnd").stream()
                .allMatch(name -> word(name).matches("0+"));
        findings.add("capabilities", none, "none, and none can be gained", "");
        findings.add("no-new-privileges", word("NoNewPrivs").equals("1"), "no_new_privs is set", "");
        findings.add(
                "seccomp",
                word("Seccomp").equals("2") && refused("mount", "io_uring", "bpf", "userfaultfd", "keyctl"),
                "filter; mount, io_uring, bpf, userfaultfd and keyctl answer EPERM",
                "");
        findings.add(
                "socket-families",
                refused("vsock", "packet", "netfilter"),
                "INET, INET6, UNIX and NETLINK_ROUTE only",
                "");
        findings.add("user-namespaces", refused("userns"), "no further user namespace can be made", "");
    }

    /** @param ownProcesses what the engine itself has inside, the probe among them */
    public void surroundings(Findings findings, int ownProcesses) {
        findings.add(
                "kernel-settings",
                word("writable").isEmpty(),
                "/proc/sys and the file tree are read-only, /sys is absent",
                "");
        List<String> pids = List.of(word("pids").split(","));
        findings.add(
                "host-processes",
                pids.contains("1") && pids.size() == ownProcesses,
                "own pid namespace: sees only itself",
                "");
        findings.add(
                "host-files", word("canary").equals("absent"), "own mount namespace: a canary file is not there", "");
        findings.add("host-sockets", word("sockets").isEmpty(), "no unix socket of the host is reachable", "");
        findings.add("descriptors", word("fds").equals("0,1,2"), "only 0, 1 and 2 are inherited", "");
        boolean clean = System.getenv().keySet().stream()
                .filter(name -> name.startsWith("BELAY_"))
                .noneMatch(name -> List.of(word("environment").split(",")).contains(name));
        findings.add("environment", clean, "cleared and set anew", "");
    }

    public void network(Findings findings) {
        boolean loopbackOnly = word("routes").equals("0") && word("devices").equals("lo");
        findings.add("network", loopbackOnly, "own network namespace: lo only, no route", "");
        findings.add("host-loopback", refused("loopback"), "a listener on the host's loopback is not reached", "");
        findings.add("metadata", refused("metadata"), "169.254.169.254 is not reached", "");
    }

    public void files(Findings findings) {
        findings.add(
                "file-size-cap",
                word("file-size").equals(Long.toString(Trials.LIMITS.fileSizeBytes())),
                "RLIMIT_FSIZE",
                "");
        findings.add("core-dumps", word("core-file-size").equals("0"), "RLIMIT_CORE is 0", "");
    }

    private boolean refused(String... names) {
        return List.of(names).stream().allMatch(name -> word(name).matches("[1-9][0-9]*|silent"));
    }
}
