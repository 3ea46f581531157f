package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.transcript.Outcome;
import dev.belay.cli.transcript.Standing;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Waits until every task has ended or needs a person, or for what {@code --for} names. For an end the exit code is that
 * of the first task that was not well.
 */
public final class WaitVerb extends Verb {
    @Parameters(arity = "1..*", paramLabel = "TASK", description = "Ids, unique prefixes, or - for the last task.")
    private List<String> references = List.of();

    @Option(
            names = "--for",
            paramLabel = "WHAT",
            description = "terminal (ended, however), a state (queued, preparing, running, waiting, paused, succeeded, "
                    + "failed, cancelled), step=s4 (its call came back), snapshot=s4, or event=KIND. What is so already "
                    + "returns at once; what can no longer come true is E_TASK_ENDED (7). Without it: ended, or needs "
                    + "a person.")
    private String goal = "";

    @Option(names = "--timeout", paramLabel = "TIME", description = "Give up after this time, with exit code 124.")
    private String timeout = "";

    @Override
    public int run(Cli cli) throws InterruptedException {
        Goal wanted = Goal.parse(goal);
        long deadline = System.nanoTime()
                + (timeout.isEmpty() ? Duration.ofDays(365) : Amounts.duration("--timeout", timeout)).toNanos();
        List<String> ids = new ArrayList<>();
        for (String reference : references) {
            ids.add(TaskReference.task(cli, reference));
        }
        Server server = ServerAccess.open(cli);
        List<Json> tasks = new ArrayList<>();
        // Every name is looked up before the first wait, so that a wrong one is said at once.
        for (String id : ids) {
            tasks.add(first(cli, server, id, deadline));
        }
        int exit = ErrorCode.Exit.DONE;
        for (Json task : tasks) {
            Json now = wanted.metBy(task) ? task : await(cli, server, task, wanted, deadline);
            while (wanted.isEnd() && !wanted.metBy(now)) {
                // It stood for a moment, and goes on again.
                now = await(cli, server, now, wanted, deadline);
            }
            if (json) {
                cli.screen().machine(now.print());
            } else {
                Line line =
                        tasks.size() > 1 ? new Line().bold(now.text("short_id")).add("  ") : new Line();
                cli.screen().line(line.add(Outcome.line(now)));
                if (wanted.isEnd() && Standing.is(now)) {
                    cli.screen().note("go on: " + Standing.next(now));
                }
            }
            exit = exit == ErrorCode.Exit.DONE && wanted.isEnd() ? Outcome.exitCode(now) : exit;
        }
        return exit;
    }

    /** A controller that is there and cannot answer just now is waited for, as later; one that is not there is told at once. */
    private Json first(Cli cli, Server server, String id, long deadline) {
        try {
            return server.task(id);
        } catch (BelayException refused) {
            if (refused.code() != ErrorCode.E_OVERLOADED) {
                throw refused;
            }
        }
        try (Watch watch = new Watch(server, id, 0, cli.pause())) {
            return watch.taskWithin(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))
                    .orElseThrow(() -> late("the server could not say what " + id + " is", id));
        }
    }

    private BelayException late(String what, String id) {
        return BelayException.of(
                ErrorCode.E_TIMEOUT,
                what + " in " + timeout,
                "--timeout elapsed (layer: client)",
                "the task goes on",
                "belay attach " + id);
    }

    private Json await(Cli cli, Server server, Json task, Goal wanted, long deadline) throws InterruptedException {
        String id = task.text("id");
        boolean over = task.flag("terminal");
        if (over && !wanted.ofHistory()) {
            throw never(task, wanted);
        }
        long last = task.number("last_seq");
        boolean[] met = {false};
        Json now;
        try (Watch watch = over
                ? Watch.recorded(server, id, 0, last, cli.pause())
                : new Watch(server, id, wanted.ofHistory() ? 0 : last, cli.pause())) {
            Thread alarm = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                    watch.close();
                } catch (InterruptedException endedInTime) {
                    Thread.currentThread().interrupt();
                }
            });
            boolean ended;
            try {
                ended = watch.follow(event -> {
                    met[0] = wanted.metByEvent(event);
                    return !met[0];
                });
            } finally {
                alarm.interrupt();
            }
            if (!ended) {
                String shortId = task.text("short_id");
                throw late(shortId + " did not " + wanted.words(), shortId);
            }
            now = watch.task();
        }
        if (!met[0]) {
            throw never(now, wanted);
        }
        return now;
    }

    private static BelayException never(Json task, Goal wanted) {
        String id = task.text("short_id");
        return BelayException.of(
                ErrorCode.E_TASK_ENDED,
                id + " will not " + wanted.words() + " any more",
                "the task has ended: " + task.text("state") + " (layer: client)",
                "its snapshots and its log stay",
                "belay logs " + id);
    }
}
