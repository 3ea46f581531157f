package dev.belay.controller.exec;

import dev.belay.controller.runners.Admission;
import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.KnownRunner;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a person's command on a task runs: with the runner that holds the task, or held it last; with another that
 * isolates as the task asks where that one is away from a task that has ended, because any builds it again.
 */
@Singleton
final class Whereabouts {
    private static final int NAMES = 5;

    private final Fleet fleet;
    private final Elsewhere elsewhere;
    private final Admission admission;

    Whereabouts(Fleet fleet, Elsewhere elsewhere, Admission admission) {
        this.fleet = fleet;
        this.elsewhere = elsewhere;
        this.admission = admission;
    }

    /**
     * The runner to ask.
     *
     * @throws BelayException E_BUSY, E_TASK_ENDED or E_NO_RUNNER, each with what can be done instead
     */
    String of(TaskRow task) {
        boolean unborn = task.stage().parked() && task.headStep() == null;
        if (task.stage() == Stage.QUEUED || unborn) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    task.shortId() + " has no sandbox yet",
                    "the controller has it as " + task.state(),
                    "belay " + (unborn ? "resume " : "attach ") + task.shortId());
        }
        if (task.stage().terminal() && task.headStep() == null) {
            throw BelayException.of(
                    ErrorCode.E_TASK_ENDED,
                    task.shortId() + " ended before it had a workspace",
                    "the controller has no snapshot of it, so there are no files to run a command on",
                    "belay show " + task.shortId());
        }
        if (fleet.find(task.runner()).isPresent()
                || elsewhere.find(task.runner()).isPresent()) {
            return task.runner();
        }
        if (!task.stage().atRest()) {
            throw away(task);
        }
        // A person's command asks no model.
        return admission.suitable("", task.acceptWeaker()).stream()
                .max(Comparator.comparingInt(KnownRunner::slots).thenComparing(KnownRunner::name))
                .map(KnownRunner::name)
                .orElseThrow(() -> away(task));
    }

    private BelayException away(TaskRow task) {
        List<KnownRunner> others = elsewhere.andHere();
        String why;
        if (others.isEmpty()) {
            why = "the controller has no runner connected at all";
        } else if (task.stage().atRest()) {
            why = "no connected runner isolates as the policy asks; connected are only " + names(others);
        } else {
            why = "the task is live, and moves to another only when its lease ends; connected are only "
                    + names(others);
        }
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
