package dev.belay.policies.fuzz;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Names of hosts: what is allowed is, to the plainest reader, one of those that are named. */
public final class Hosts {
    private static final Policy POLICY = PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", """
                    policy: belay/1
                    network:
                      allow: [api.example, "*.cdn.example:443", "[2001:db8::1]:443"]
                      deny: [bad.cdn.example]
                    """)))
            .policy();

    private Hosts() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String said = new String(input, StandardCharsets.ISO_8859_1);
        if (!POLICY.network(said, 443).allowed()) {
            return;
        }
        String plain = said.toLowerCase(Locale.ROOT).strip();
        String name = plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
        boolean address = name.indexOf(':') >= 0;
        boolean listed = name.equals("api.example")
                || name.endsWith(".cdn.example") && !name.equals("bad.cdn.example")
                || address && name.replaceAll("[\\[\\]0:]", "").equals("21db81");
        if (!listed || !address && name.chars().anyMatch(c -> c <= ' ' || "/\\@%?#:[]\u007f".indexOf(c) >= 0)) {
            throw new AssertionError("nobody named this host: " + said);
        }
    }
}
