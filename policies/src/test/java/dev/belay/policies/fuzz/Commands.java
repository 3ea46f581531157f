package dev.belay.policies.fuzz;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Command lines: each is judged, and what is allowed does not hide what is denied behind it. */
public final class Commands {
    private static final Policy PUSHING = policy("restricted: [\"Bash(git push *)\"]");
    private static final Policy LISTED =
            policy("allowed: [\"Bash(npm test)\", \"Bash(echo *)\"]\ncommands: {others: deny}");
    private static final String DENIED = "\ngit push origin main";

    private Commands() {}

    private static Policy policy(String rules) {
        return PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", "policy: belay/1\n" + rules + "\n")))
                .policy();
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String line = new String(input, StandardCharsets.UTF_8);
        boolean allowed = PUSHING.command(line).allowed();
        boolean goesOn = goesOn(line);
        if (allowed && !goesOn && PUSHING.command(line + DENIED).allowed()) {
            throw new AssertionError("a line further down is not seen: " + line);
        }
        if (LISTED.command(line).allowed()
                && !goesOn
                && LISTED.command(line + DENIED).allowed()) {
            throw new AssertionError("a command that is not listed is let through: " + line);
        }
        if (PUSHING.command("git push " + line.replaceAll("[^a-z/:+ -]", "")).allowed()) {
            throw new AssertionError("a push is let through: " + line);
        }
    }

    /** What follows may be no command any more, or another one by the same name. */
    private static boolean goesOn(String line) {
        return line.endsWith("\\") || Stream.of("<<", "(", "function", "alias").anyMatch(line::contains);
    }
}
