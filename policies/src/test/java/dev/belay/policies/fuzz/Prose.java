package dev.belay.policies.fuzz;

import dev.belay.policies.Compiled;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** CLAUDE.md and its like: each is read, and a restriction behind it is never lost by what stands before. */
public final class Prose {
    private static final String RESTRICTED = "\n\n## Permissions\n\nRESTRICTED: NO git push\n";

    private Prose() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Compiled compiled = PolicyCompiler.compile(List.of(new Source("CLAUDE.md", text)));
        if (compiled.policy().network("evil.example", 443).allowed()
                && !text.contains("evil.example")
                && !text.contains("*.example")) {
            throw new AssertionError("a host that nobody named: " + text);
        }
        Compiled alone =
                PolicyCompiler.compile(List.of(new Source("AGENTS.md", RESTRICTED), new Source("CLAUDE.md", text)));
        if (alone.problems().isEmpty() && alone.policy().command("git push").allowed()) {
            throw new AssertionError("another file takes a restriction away: " + text);
        }
    }
}
