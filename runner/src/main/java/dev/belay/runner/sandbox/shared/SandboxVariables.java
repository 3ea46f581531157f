package dev.belay.runner.sandbox.shared;

import dev.belay.runner.sandbox.Inside;
import dev.belay.runner.sandbox.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The environment of a sandbox: a few variables of Belay's, and what the spec adds. Nothing of the runner's. */
public final class SandboxVariables {
    private static final String GATEWAY = "http://127.0.0.1:3128";

    private SandboxVariables() {}

    public static Map<String, String> of(SandboxSpec spec) {
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
