package dev.belay.controller.runners;

import dev.belay.controller.database.Database;
import dev.belay.controller.peers.Hints;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandOutput;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Problem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Carries what one controller asks to a runner whose session another one has, and the answer back, by the database. A
 * runner that changes its controller is asked again there, with the same id, and answers from memory.
 */
@Singleton
public final class Relay {
    private final Fleet fleet;
    private final CommandRows rows;
    private final Hints hints;
    private final boolean shared;
    /** By the id of what was asked: the session that it was passed to. */
    private final Map<String, ConnectedRunner> passed = new ConcurrentHashMap<>();

    Relay(Fleet fleet, CommandRows rows, Hints hints, Database database) {
        this.fleet = fleet;
        this.rows = rows;
        this.hints = hints;
        this.shared = database.shared();
        hints.hear(Hints.About.COMMAND, runner -> {
            if (fleet.find(runner).isPresent()) {
                Thread.ofVirtual().name("relay").start(this::look);
            }
        });
    }

    /** @param listener is given the id of what was asked when the runner said something to it */
    void answers(Consumer<String> listener) {
        hints.hear(Hints.About.ANSWER, listener);
    }

    /** Lets the controller that has the runner know. */
    void ask(String runner) {
        hints.tell(Hints.About.COMMAND, runner);
    }

    /** Passes on what other controllers ask of the runners that are here; to be called again and again. */
    public synchronized void look() {
        List<ConnectedRunner> here = shared ? fleet.all() : List.of();
        if (here.isEmpty()) {
            return;
        }
        List<CommandRows.Asked> asked =
                rows.asked(here.stream().map(ConnectedRunner::name).toList());
        for (CommandRows.Asked one : asked) {
            fleet.find(one.runner()).ifPresent(runner -> pass(one, runner));
        }
        Set<String> open = asked.stream().map(CommandRows.Asked::id).collect(Collectors.toSet());
        passed.keySet().retainAll(open);
    }

    /** What was asked by controllers that are no more. */
    public void sweep() {
        rows.loseOthers();
    }

    private void pass(CommandRows.Asked asked, ConnectedRunner runner) {
        if (!asked.bootId().equals(runner.bootId())) {
            result(
                    runner.name(),
                    CommandResult.newBuilder()
                            .setCommand(asked.id())
                            .setFailed(Problem.newBuilder()
                                    .setCode(ErrorCode.E_UNREACHABLE.name())
                                    .setTitle("runner " + runner.name() + " went away before it answered")
                                    .setDetail("the controller: it was started anew")
                                    .setWork("it is not known whether it was done")
                                    .setNext("belay status"))
                            .build());
        } else if (passed.put(asked.id(), runner) != runner) {
            runner.send(message(asked.body()));
        }
    }

    void output(String runner, CommandOutput output) {
        if (shared && rows.print(runner, output)) {
            hints.tell(Hints.About.ANSWER, output.getCommand());
        }
    }

    void result(String runner, CommandResult result) {
        if (shared && rows.answer(runner, result)) {
            hints.tell(Hints.About.ANSWER, result.getCommand());
        }
    }

    static ControllerMessage message(Command command) {
        return ControllerMessage.newBuilder().setCommand(command).build();
    }
}
