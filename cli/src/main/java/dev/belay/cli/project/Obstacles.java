package dev.belay.cli.project;

import dev.belay.cli.project.Comparison.Conflict;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** What stands in the way of a result, in a person's words. */
final class Obstacles {
    private Obstacles() {}

    static BelayException conflict(List<Conflict> conflicts) {
        return BelayException.of(
                ErrorCode.E_CONFLICT,
                named(conflicts) + " of the result",
                "the result was made from other files than those that are here now: " + told(conflicts)
                        + " (layer: client)",
                "git stash -u, then the same command, then git stash pop");
    }

    /** What stands in the way is committed, all of it. */
    static BelayException moved(List<Conflict> conflicts, int all) {
        return BelayException.of(
                ErrorCode.E_BASE_MOVED,
                "HEAD is not what this task began with; " + conflicts.size() + " of " + all
                        + (all == 1 ? " file " : " files ") + (conflicts.size() == 1 ? "overlaps: " : "overlap: ")
                        + paths(conflicts),
                "what is committed here differs from the task's base: " + told(conflicts) + " (layer: client)",
                "belay diff TASK | git apply --3way");
    }

    private static String named(List<Conflict> conflicts) {
        return paths(conflicts) + (conflicts.size() == 1 ? " stands" : " stand") + " in the way";
    }

    private static String paths(List<Conflict> conflicts) {
        return Shown.paths(
                conflicts.stream().map(conflict -> conflict.change().path()).toList());
    }

    private static String told(List<Conflict> conflicts) {
        List<String> told = new ArrayList<>();
        conflicts.stream()
                .limit(3)
                .forEach(each -> told.add(Shown.path(each.change().path()) + " " + each.why()));
        return String.join(", ", told) + (conflicts.size() > 3 ? ", …" : "");
    }
}
