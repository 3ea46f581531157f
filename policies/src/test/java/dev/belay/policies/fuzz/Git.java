package dev.belay.policies.fuzz;

import dev.belay.policies.git.PushRules;
import dev.belay.policies.git.PushedFile;
import dev.belay.policies.git.Remote;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.secrets.SecretPattern;
import java.nio.charset.StandardCharsets;

/** Refs, repositories and ways of secrets: what is read says the same when it is written again. */
public final class Git {
    private Git() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        if (PushRules.judge("t-7fq2", text).allowed()
                && !text.matches("refs/heads/belay/t-7fq2/[A-Za-z0-9][A-Za-z0-9._/+-]*")) {
            throw new AssertionError("a ref that is not the task's own: " + text);
        }
        try {
            Remote remote = Remote.parse(text);
            if (!Remote.parse(remote.toString()).equals(remote)) {
                throw new AssertionError("read differently the second time: " + text);
            }
        } catch (PatternException refused) {
            // Most of them are.
        }
        try {
            SecretPattern way = SecretPattern.parse(text);
            if (!SecretPattern.parse(way.toString()).equals(way)) {
                throw new AssertionError("read differently the second time: " + text);
            }
        } catch (PatternException refused) {
            // Most of them are.
        }
        try {
            if (!PushedFile.parse(text).toString().equals(text)) {
                throw new AssertionError("read differently: " + text);
            }
        } catch (PatternException refused) {
            // Most of them are.
        }
    }
}
