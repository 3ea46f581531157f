package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.git.PushRules;
import dev.belay.policies.git.Remote;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HandException;
import dev.belay.runner.sandbox.Inside;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What git in a sandbox knows of the task's repositories. A convenience: whoever changes it there reaches and pushes to
 * nothing else, because the gateway judges what is asked of it.
 */
final class OriginInside {
    /** Of who works there and not of the project: nothing of it is captured or delivered. */
    private static final String FILE = Inside.HOME + "/.config/git/config";

    private OriginInside() {}

    static void write(Hand hand, Policy policy, String task) throws HandException {
        List<Remote> remotes = policy.remotes();
        if (!remotes.isEmpty()) {
            hand.write(FILE, config(remotes, task).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A branch that is pushed by its name alone goes to the task's own room. */
    static String config(List<Remote> remotes, String task) {
        StringBuilder text = new StringBuilder();
        for (Remote remote : remotes) {
            String name = remotes.indexOf(remote) == 0 ? "origin" : "origin" + (remotes.indexOf(remote) + 1);
            text.append("[remote \"")
                    .append(name)
                    .append("\"]\n\turl = ")
                    .append(remote.url())
                    .append("\n\tfetch = +refs/heads/*:refs/remotes/")
                    .append(name)
                    .append("/*\n");
            if (remote.push()) {
                text.append("\tpush = refs/heads/*:")
                        .append(PushRules.room(task))
                        .append("*\n");
            }
        }
        return text.toString();
    }
}
