package dev.belay.controller.exec;

import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.KnownRunner;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a task's files are: with the runner that holds it, or held it last. No other runner is asked, since none builds
 * a workspace again that it does not have.
 */
@Singleton
final class Whereabouts {
    private static final int NAMES = 5;

    private final Fleet fleet;
    private final Elsewhere elsewhere;

    Whereabouts(Fleet fleet, Elsewhere elsewhere) {
        this.fleet = fleet;
        this.elsewhere = elsewhere;
    }

    /**
     * The runner to ask.
     *
     * @throws BelayException E_BUSY, E_TASK_ENDED or E_NO_RUNNER, each with what can be done instead
     */
    String of(TaskRow task) {
        if (task.stage() == Stage.QUEUED) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    task.shortId() + " has no sandbox yet",
                    "the controller has it queued",
                    "belay attach " + task.shortId());
        }
        if (task.stage().terminal() && task.headStep() == null) {
            throw BelayException.of(
                    ErrorCode.E_TASK_ENDED,
                    task.shortId() + " ended before it had a workspace",
                    "the controller has no snapshot of it, so there are no files to run a command on",
                    "belay show " + task.shortId());
        }
        if (fleet.find(task.runner()).isEmpty() && elsewhere.find(task.runner()).isEmpty()) {
            throw away(task);
        }
        return task.runner();
    }

    private BelayException away(TaskRow task) {
        List<KnownRunner> others = elsewhere.andHere();
        String why = others.isEmpty()
                ? "the controller has no runner connected at all"
                : "this version builds a workspace on no other runner, and connected are only " + names(others);
        return BelayException.of(
                ErrorCode.E_NO_RUNNER,
                "the workspace of " + task.shortId() + " is on runner " + task.runner() + ", which is not connected",
                why,
                task.headStep() == null
                        ? "no snapshot was taken yet"
                        : "everything up to " + TaskRow.snapshotId(task.lastSnapshot())
                                + " is safe at the controller; belay diff and belay apply need no runner",
                others.isEmpty() ? "belay up" : "start " + task.runner() + " again, or: belay diff " + task.shortId());
    }

    private static String names(List<KnownRunner> runners) {
        return runners.stream().map(KnownRunner::name).sorted().limit(NAMES).collect(Collectors.joining(", "))
                + (runners.size() > NAMES ? ", …" : "");
    }
}
