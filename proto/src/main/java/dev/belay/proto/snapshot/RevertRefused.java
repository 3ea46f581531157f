package dev.belay.proto.snapshot;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;

/** The errors of a revert that cannot be: the same words whoever finds it out. */
public final class RevertRefused {
    private static final int NAMED = 10;

    private RevertRefused() {}

    /**
     * The outcome, if it is one.
     *
     * @param step {@code s4}
     * @param layer who tried
     * @throws BelayException E_CONFLICT or E_NOTHING_TO_REVERT
     */
    public static StepRevert.Outcome.Done orDone(StepRevert.Outcome outcome, String task, String step, String layer) {
        return switch (outcome) {
            case StepRevert.Outcome.Done done -> done;
            case StepRevert.Outcome.ChangedNothing() ->
                throw nothing(task, step + " changed nothing", layer + ": the states before and after it are the same");
            case StepRevert.Outcome.NotThere() ->
                throw nothing(
                        task,
                        "nothing of " + step + " is left to undo",
                        layer + ": the files are already without what it changed");
            case StepRevert.Outcome.Conflicts(List<Conflict> all) ->
                throw BelayException.of(
                        ErrorCode.E_CONFLICT,
                        step + " cannot be undone alone: " + (all.size() == 1 ? "1 path is" : all.size() + " paths are")
                                + " in the way",
                        layer + ": " + named(all),
                        "look at it: belay diff " + task + " " + step + "..head; or go back with all that came later:"
                                + " belay rollback " + task + " to a step before " + step);
        };
    }

    public static BelayException nothing(String task, String what, String why) {
        return BelayException.of(ErrorCode.E_NOTHING_TO_REVERT, what, why, "belay snapshots " + task);
    }

    private static String named(List<Conflict> all) {
        String first = all.stream()
                .limit(NAMED)
                .map(one -> RawNames.text(one.path()) + " (" + one.why().words() + ")")
                .collect(Collectors.joining("; "));
        return all.size() <= NAMED ? first : first + "; and " + (all.size() - NAMED) + " more";
    }
}
