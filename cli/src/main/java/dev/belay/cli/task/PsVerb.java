package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Table;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Option;

/** Lists tasks: those at work and those of the last day, or all. */
public final class PsVerb extends Verb {
    private static final int MOST = 1000;

    @Option(
            names = {"-a", "--all"},
            description = "Also tasks that ended more than a day ago.")
    private boolean all;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only ids.")
    private boolean quiet;

    @Override
    public int run(Cli cli) {
        Server server = ServerAccess.open(cli);
        Json tasks = server.tasks(all, MOST);
        if (json) {
            cli.screen().machine(Json.object().put("tasks", tasks).build().print());
            return ErrorCode.Exit.DONE;
        }
        if (quiet) {
            tasks.items().forEach(task -> cli.screen().line(task.text("id")));
            return ErrorCode.Exit.DONE;
        }
        if (tasks.items().isEmpty()) {
            cli.screen().note(all ? "no tasks" : "no tasks of the last day; -a shows all");
            return ErrorCode.Exit.DONE;
        }
        Table table = new Table(6, "TASK", "STATE", "AGE", "TURNS", "FILES", "PROJECT", "NAME");
        for (Json task : tasks.items()) {
            table.row(
                    Line.of(task.text("short_id")),
                    state(task),
                    Line.of(age(cli.clock().instant(), task)),
                    Line.of(Long.toString(task.number("turns"))),
                    Line.of(Long.toString(task.number("files_changed"))),
                    Line.of(task.text("project_name")),
                    Line.of(task.text("name")));
        }
        table.print(cli.screen());
        return ErrorCode.Exit.DONE;
    }

    static Line state(Json task) {
        String state = task.text("state");
        Look look = switch (state) {
            case "succeeded" -> Look.GREEN;
            case "failed" -> Look.RED;
            case "waiting", "paused", "cancelled" -> Look.YELLOW;
            default -> Look.CYAN;
        };
        String waiting = task.text("waiting_for");
        return new Line().add(look, waiting.isEmpty() ? state : state + ": " + waiting.replace('_', ' '));
    }

    private static String age(Instant now, Json task) {
        Instant created = Words.instant(task.text("created_at"));
        return created.equals(Instant.EPOCH)
                ? ""
                : Words.duration(
                        Duration.ofSeconds(Duration.between(created, now).toSeconds()));
    }
}
