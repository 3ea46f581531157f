package dev.belay.policies.git;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Quoted;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where a task's pushes may go, whoever sends them and however they are spelled: judged on what the server would be told. */
public final class PushRules {
    private static final String RULE = "RESTRICTED git push (default)";
    private static final int LONGEST = 200;
    /** Of one that is anything else the room would be another's, too. */
    private static final Pattern TASK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]*");

    private PushRules() {}

    /** Below which a task's branches are: {@code refs/heads/belay/t-7fq2/}. */
    public static String room(String task) {
        return "refs/heads/belay/" + task + "/";
    }

    /** @param ref as the server would be told it, whole: {@code refs/heads/main} */
    public static Verdict judge(String task, String ref) {
        String room = room(task);
        if (TASK.matcher(task).matches() && ref.startsWith(room) && isBranch(ref.substring(room.length()))) {
            return new Verdict.Allowed("ALLOWED git push of " + room + "*");
        }
        return new Verdict.Denied(
                "gateway",
                RULE,
                "default",
                "a push to " + Quoted.of(ref) + " is not let through: a task pushes to branches of its own",
                "push to belay/" + task + "/NAME, a person merges it: git push origin HEAD:" + room + "NAME");
    }

    /** Whatever else lets requests to its host through. */
    public static Verdict fetched(Remote remote) {
        return new Verdict.Denied(
                "gateway",
                RULE,
                "default",
                remote.url() + " was given to fetch from, and not to push to",
                "a person allows it by push: true under git in .belay/policy.yaml and starting the task again");
    }

    /**
     * @param why half a sentence
     * @param task as a person names it
     */
    public static Verdict unclear(String why, String task) {
        return new Verdict.Denied(
                "gateway",
                RULE,
                "default",
                "what this push brings cannot be looked through: " + why,
                "push commits that are made on the project as the task was given it; a person takes over the rest:"
                        + " belay apply " + task);
    }

    /** Stricter than git itself: nothing that any server could read as another name, or cannot keep as a file. */
    private static boolean isBranch(String name) {
        return name.length() <= LONGEST
                && NAME.matcher(name).matches()
                && !name.contains("..")
                && !name.contains("//")
                && !name.endsWith("/")
                && !hasOddEnd(name.toLowerCase(Locale.ROOT) + "/");
    }

    /** @param parts each with a slash behind it */
    private static boolean hasOddEnd(String parts) {
        return parts.contains("/.") || parts.contains("./") || parts.contains(".lock/");
    }
}
