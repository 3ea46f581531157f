package dev.belay.policies.git;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Quoted;

/** Where a task's pushes may go, whoever sends them and however they are spelled: judged on what the server would be told. */
public final class PushRules {
    private static final String RULE = "RESTRICTED git push (default)";
    private static final int LONGEST = 200;

    private PushRules() {}

    /** Below which a task's branches are: {@code refs/heads/belay/t-7fq2/}. */
    public static String room(String task) {
        return "refs/heads/belay/" + task + "/";
    }

    /** @param ref as the server would be told it, whole: {@code refs/heads/main} */
    public static Verdict judge(String task, String ref) {
        String name = ref.startsWith(room(task)) ? ref.substring(room(task).length()) : "";
        if (isBranch(name)) {
            return new Verdict.Allowed("ALLOWED git push of " + room(task) + "*");
        }
        return new Verdict.Denied(
                "gateway",
                RULE,
                "default",
                "a push to " + Quoted.of(ref) + " is not let through: a task pushes to branches of its own",
                "push to belay/" + task + "/NAME, a person merges it: git push origin HEAD:" + room(task) + "NAME");
    }

    /** Stricter than git itself: nothing that any server could read as another name. */
    private static boolean isBranch(String name) {
        return name.matches("[A-Za-z0-9][A-Za-z0-9._/+-]{0," + (LONGEST - 1) + "}")
                && !name.contains("..")
                && !name.contains("//")
                && !name.contains("/.")
                && !name.endsWith("/")
                && !name.endsWith(".")
                && !name.endsWith(".lock")
                && !name.contains(".lock/");
    }
}
