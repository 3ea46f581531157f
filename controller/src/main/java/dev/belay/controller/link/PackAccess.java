package dev.belay.controller.link;

import dev.belay.controller.packs.Scope;
import dev.belay.controller.runners.Commands;
import dev.belay.controller.tasks.Stage;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** What a runner may send and fetch: packs, words and secrets of the tasks that it was given. */
@Singleton
final class PackAccess {
    private final Jdbi jdbi;
    private final Commands commands;

    PackAccess(Jdbi jdbi, Commands commands) {
        this.jdbi = jdbi;
        this.commands = commands;
    }

    record Held(String tenant, String project, String state, int epoch, String runner) {
        Stage stage() {
            return Stage.of(state);
        }
    }

    /**
     * @param runner empty when it did not say who it is
     * @throws BelayException E_STALE_EPOCH
     */
    Scope mayStore(String runner, String task, int epoch) {
        Held held = find(task).orElseThrow(() -> stale(task));
        boolean live = held.stage().live() && held.epoch() == epoch && is(runner, held.runner());
        boolean asked = epoch == 0 && held.stage().atRest() && commands.open(task, runner);
        if (!live && !asked) {
            throw stale(task);
        }
        return Scope.task(held.tenant(), held.project(), task);
    }

    /** @throws BelayException E_NO_SUCH_PACK */
    Scope mayFetch(String runner, String task) {
        return find(task)
                .filter(held -> (held.epoch() > 0 && is(runner, held.runner())) || commands.open(task, runner))
                .map(held -> Scope.task(held.tenant(), held.project(), task))
                .orElseThrow(() -> BelayException.of(
                        ErrorCode.E_NO_SUCH_PACK,
                        "there is no such pack for this runner",
                        "the controller gives a runner the packs of its own tasks",
                        ""));
    }

    /**
     * The tenant of a task that the runner goes on with.
     *
     * @throws BelayException E_STALE_EPOCH
     */
    String mayContinue(String runner, String task, int epoch) {
        return find(task)
                .filter(held -> held.stage().live() && held.epoch() == epoch && is(runner, held.runner()))
                .map(Held::tenant)
                .orElseThrow(() -> stale(task));
    }

    /**
     * The tenant whose secrets the runner may be given for a task. One that does not say who it is gets none.
     *
     * @throws BelayException E_STALE_EPOCH
     */
    String mayUseSecrets(String runner, String task, int epoch) {
        return find(task)
                .filter(held -> !runner.isEmpty()
                        && (held.stage().live() && held.epoch() == epoch && runner.equals(held.runner())
                                || epoch == 0 && held.stage().atRest() && commands.open(task, runner)))
                .map(Held::tenant)
                .orElseThrow(() -> stale(task));
    }

    private static boolean is(String runner, String holder) {
        return runner.isEmpty() || runner.equals(holder);
    }

    private Optional<Held> find(String task) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select tenant, project, state, epoch, runner from task where id = :task")
                        .bind("task", task)
                        .mapTo(Held.class)
                        .findOne());
    }

    private static BelayException stale(String task) {
        return BelayException.of(
                ErrorCode.E_STALE_EPOCH,
                "the runner does not hold " + task.replaceAll("[^a-z0-9-]", "?"),
                "the controller takes from the present holder of a task, and gives to it, alone",
                "");
    }
}
