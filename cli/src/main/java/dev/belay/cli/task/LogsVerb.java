package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.transcript.EventLine;
import dev.belay.cli.transcript.Kinds;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A task's events as they were recorded. Looking does not touch the task, and its end is no error here. */
public final class LogsVerb extends Verb {
    /** Enough for a few words, and for grep; --json gives all. */
    private static final int WIDEST = 300;

    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the task ends; Ctrl-C leaves it alone (130).")
    private boolean follow;

    @Option(names = "--from-seq", paramLabel = "N", description = "Begin with event N.")
    private long from = 1;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            split = ",",
            description = "Only events of this kind, tool.call for instance (repeatable).")
    private List<String> kinds = List.of();

    @Override
    public int run(Cli cli) throws InterruptedException {
        if (from < 1) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--from-seq must be 1 or more",
                    "it was " + from + " (layer: client)",
                    "--from-seq 1");
        }
        for (String kind : kinds) {
            Kinds.checked("--kind", kind);
        }
        Server server = ServerAccess.open(cli);
        Json task = server.task(TaskReference.task(cli, reference));
        long recorded = task.number("last_seq");
        boolean live = follow && !task.flag("terminal");
        if (!live && from > recorded) {
            cli.screen().note(task.text("short_id") + " has " + recorded + " events");
            return ErrorCode.Exit.DONE;
        }
        // A number that is still to come is waited for from here on, since the task may end before it.
        long after = Math.min(from - 1, recorded);
        try (Watch watch = live
                        ? new Watch(server, task.text("id"), after, cli.pause())
                        : Watch.recorded(server, task.text("id"), after, recorded, cli.pause());
                Interrupts.Held _ = cli.interrupts().whenInterrupted(watch::close)) {
            if (watch.follow(event -> print(cli.screen(), event))) {
                return ErrorCode.Exit.DONE;
            }
            cli.screen()
                    .note("left at event " + watch.last() + "; the task goes on.  belay logs -f --from-seq "
                            + (watch.last() + 1) + " " + task.text("short_id"));
            return ErrorCode.Exit.DETACHED;
        }
    }

    /** False when nobody reads any longer. */
    private boolean print(Screen screen, Json event) {
        if (event.number("seq") >= from && (kinds.isEmpty() || kinds.contains(event.text("kind")))) {
            if (json) {
                screen.machine(event.print());
            } else {
                Line line = EventLine.of(event);
                screen.line(line.fit(screen.live() ? screen.width() : WIDEST));
            }
        }
        return !screen.out().checkError();
    }
}
