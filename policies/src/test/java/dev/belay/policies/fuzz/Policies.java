package dev.belay.policies.fuzz;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Files of policies: each is understood or refused with a place, and only its own words let it reach a host. */
public final class Policies {
    private Policies() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        for (String file : List.of(".belay/policy.yaml", ".claude/settings.json")) {
            Compiled compiled = PolicyCompiler.compile(List.of(new Source(file, text)));
            if (!compiled.problems().isEmpty() && compiled.policy() != Policy.standard()) {
                throw new AssertionError("a file with a problem has rights");
            }
            if (compiled.policy().network("evil.example", 443).allowed() && !text.contains("example")) {
                throw new AssertionError("a host that the file does not name: " + text);
            }
            if (compiled.problems().isEmpty()
                    && !compiled.requests().isEmpty()
                    && compiled.hash().isEmpty()) {
                throw new AssertionError("what is asked for has no hash");
            }
            compiled.policy().inWords();
        }
    }
}
