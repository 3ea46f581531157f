package dev.belay.policies.fuzz;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Paths of requests: what is allowed stays below what is named when a plain reader decodes and straightens it. */
public final class Requests {
    private static final Policy POLICY = PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", """
                    policy: belay/1
                    network:
                      allow:
                        - host: api.example
                          methods: [GET]
                          paths: ["/repos/acme/**"]
                        - open.example
                      deny:
                        - {host: open.example, paths: ["/admin/**"]}
                    secrets:
                      - {name: API_TOKEN, hosts: [open.example]}
                    """)))
            .policy();

    private Requests() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String target = new String(input, StandardCharsets.ISO_8859_1);
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (POLICY.request("api.example", 443, "GET", target).allowed()
                && !(straight(path) + "/").startsWith("/repos/acme/")) {
            throw new AssertionError("beside what is allowed: " + target);
        }
        if (POLICY.request("open.example", 443, "GET", target).allowed()) {
            String straight = (straight(path) + "/").toLowerCase(Locale.ROOT);
            if (straight.startsWith("/admin/") || straight.equals("/oauth/token/")) {
                throw new AssertionError("denied, and let through: " + target);
            }
        }
        if (POLICY.request("api.example", 443, target, "/repos/acme/x").allowed() && !target.equals("GET")) {
            throw new AssertionError("not the method that is named: " + target);
        }
    }

    /** As the library of the platform reads it, and not one of ours; it refuses some characters that mean nothing. */
    private static String straight(String path) {
        return URI.create("http://x" + path.replaceAll("[\"<>^`{|}\\[\\]]", "x"))
                .normalize()
                .getPath();
    }
}
