package dev.belay.cli.transcript;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import java.util.List;

/** The kinds of events. */
public final class Kinds {
    public static final List<String> ALL = List.of(
            "task.state",
            "setup.start",
            "setup.end",
            "turn.start",
            "turn.end",
            "model.briefed",
            "model.message",
            "model.noted",
            "context.pruned",
            "context.compacted",
            "tool.call",
            "tool.result",
            "policy.denied",
            "snapshot.created",
            "snapshot.failed",
            "operation",
            "warning",
            "person.message",
            "task.fork");

    private Kinds() {}

    /** @param option what asks for it, for the message */
    public static String checked(String option, String kind) {
        if (!ALL.contains(kind)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    option + " knows no kind " + kind + Nearest.hint(kind, ALL),
                    "kinds are " + String.join(", ", ALL) + " (layer: client)",
                    "belay help json says what is in each");
        }
        return kind;
    }
}
