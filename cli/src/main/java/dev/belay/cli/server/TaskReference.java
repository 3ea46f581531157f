package dev.belay.cli.server;

import dev.belay.cli.Cli;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/**
 * How a person names a task: any unique prefix of its id, `-` for the last one, and a snapshot behind an `@`.
 *
 * @param id a prefix of the id, for the server to resolve
 * @param snapshot {@code s4}, or empty
 */
public record TaskReference(String id, String snapshot) {
    private static final int LONGEST_ID = 40;

    public static TaskReference parse(Cli cli, String text) {
        int at = text.indexOf('@');
        String id = at < 0 ? text : text.substring(0, at);
        String snapshot = at < 0 ? "" : snapshot(text.substring(at + 1));
        if (id.equals("-")) {
            id = cli.state()
                    .lastTask()
                    .orElseThrow(() -> BelayException.of(
                            ErrorCode.E_NO_SUCH_TASK,
                            "there is no last task",
                            "nothing was run from this state folder yet (layer: client)",
                            "belay ps -a"));
        }
        if (id.isEmpty() || id.length() > LONGEST_ID || !plain(id)) {
            throw BelayException.of(
                    ErrorCode.E_NO_SUCH_TASK,
                    "no task is called " + text,
                    "an id looks like t-7fq2 (layer: client)",
                    "belay ps -a");
        }
        return new TaskReference(id, snapshot);
    }

    /** A reference where only a task is meant. */
    public static String task(Cli cli, String text) {
        TaskReference reference = parse(cli, text);
        if (!reference.snapshot.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    text + " names a snapshot, and this verb takes a task",
                    "what follows the @ has no meaning here (layer: client)",
                    "leave out @" + reference.snapshot);
        }
        return reference.id;
    }

    /** `s4`, or `4` for those who type less; `head` and `base` too. */
    public static String snapshot(String text) {
        if (text.equals("head") || text.equals("base")) {
            return text;
        }
        String digits = text.startsWith("s") ? text.substring(1) : text;
        boolean number = !digits.isEmpty() && digits.length() <= 9;
        for (int i = 0; i < digits.length(); i++) {
            number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!number) {
            throw BelayException.of(
                    ErrorCode.E_NO_SUCH_SNAPSHOT,
                    "no snapshot is called " + text,
                    "a snapshot looks like s4 (layer: client)",
                    "belay snapshots T lists them");
        }
        return "s" + Integer.parseInt(digits);
    }

    private static boolean plain(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
                return false;
            }
        }
        return true;
    }
}
