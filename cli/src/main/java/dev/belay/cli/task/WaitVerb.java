package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.transcript.Outcome;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits until every task has ended or needs a person. The exit code is that of the first that was not well. */
public final class WaitVerb extends Verb {
    @Parameters(arity = "1..*", paramLabel = "TASK", description = "Ids, unique prefixes, or - for the last task.")
    private List<String> references = List.of();

    @Option(names = "--timeout", paramLabel = "TIME", description = "Give up after this time, with exit code 124.")
    private String timeout = "";

    @Override
    public int run(Cli cli) throws InterruptedException {
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
            tasks.add(server.task(id));
        }
        int exit = ErrorCode.Exit.DONE;
        for (Json task : tasks) {
            Json now = settled(task) ? task : await(cli, server, task, deadline);
            if (json) {
                cli.screen().machine(now.print());
            } else {
                Line line =
                        tasks.size() > 1 ? new Line().bold(now.text("short_id")).add("  ") : new Line();
                cli.screen().line(line.add(Outcome.line(now)));
            }
            exit = exit == ErrorCode.Exit.DONE ? Outcome.exitCode(now) : exit;
        }
        return exit;
    }

    private static boolean settled(Json task) {
        return task.flag("terminal") || !task.text("waiting_for").isEmpty();
    }

    private Json await(Cli cli, Server server, Json task, long deadline) throws InterruptedException {
        String id = task.text("id");
        try (Watch watch = new Watch(server, id, task.number("last_seq"), cli.pause())) {
            Thread alarm = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                    watch.close();
                } catch (InterruptedException endedInTime) {
                    Thread.currentThread().interrupt();
                }
            });
            boolean ended = watch.follow(
                    event -> event.get("task_state").text("waiting_for").isEmpty());
            alarm.interrupt();
            if (!ended) {
                throw BelayException.of(
                        ErrorCode.E_TIMEOUT,
                        task.text("short_id") + " did not end in " + timeout,
                        "--timeout elapsed (layer: client)",
                        "the task goes on",
                        "belay attach " + task.text("short_id"));
            }
        }
        return server.task(id);
    }
}
