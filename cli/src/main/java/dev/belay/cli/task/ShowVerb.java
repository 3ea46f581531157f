package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.cli.transcript.Outcome;
import dev.belay.cli.transcript.Standing;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.Locale;
import picocli.CommandLine.Parameters;

/** Everything known about one task. */
public final class ShowVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Override
    public int run(Cli cli) {
        Json task = ServerAccess.open(cli).task(TaskReference.task(cli, reference));
        Screen screen = cli.screen();
        if (json) {
            screen.machine(task.print());
            return ErrorCode.Exit.DONE;
        }
        screen.line(new Line().bold(task.text("short_id")).add("  ").add(task.text("name")));
        screen.line(new Line().add("  ").add(Outcome.line(task)));
        field(screen, "id", task.text("id"));
        field(screen, "project", task.text("project_name"));
        String branch = task.text("branch");
        String head = task.text("head_commit");
        field(screen, "base", (branch.isEmpty() ? "" : branch + " @ ") + head.substring(0, Math.min(7, head.length())));
        field(screen, "model", task.text("model") + (task.text("mode").isEmpty() ? "" : ", mode " + task.text("mode")));
        field(screen, "tokens", tokens(task));
        field(
                screen,
                "runner",
                task.text("runner") + (task.text("sandbox").isEmpty() ? "" : ", " + task.text("sandbox") + " sandbox"));
        field(screen, "created", Words.time(task.text("created_at"), cli.clock()) + " by " + task.text("actor"));
        field(screen, "finished", Words.time(task.text("finished_at"), cli.clock()));
        field(
                screen,
                "result",
                task.text("head")
                        + (task.text("head").equals(task.text("last_snapshot"))
                                        || task.text("last_snapshot").isEmpty()
                                ? ""
                                : " (newest snapshot: " + task.text("last_snapshot") + ")"));
        if (!task.get("check").isNull()) {
            Json check = task.get("check");
            field(
                    screen,
                    "check",
                    check.text("command") + ": " + check.text("outcome").replace('_', ' ')
                            + (check.flag("detected") ? " (found in the project)" : ""));
        }
        field(screen, "reason", task.text("stop_reason"));
        if (!task.text("parent").isEmpty()) {
            field(screen, "parent", task.text("parent") + "@" + task.text("parent_snapshot"));
        }
        if (task.number("unread") > 0) {
            field(screen, "unread", Words.count(task.number("unread"), "message"));
        }
        if (Standing.is(task)) {
            field(screen, "go on", Standing.next(task));
        }
        for (Json weaker : task.get("weaker").items()) {
            screen.line(new Line().add("  ").dim("weaker").to(12).add(Look.YELLOW, weaker.text()));
        }
        screen.line("");
        for (String line : task.text("prompt").split("\n", -1)) {
            screen.line(new Line().add("  ").dim("> ").add(line));
        }
        return ErrorCode.Exit.DONE;
    }

    private static String tokens(Json task) {
        long in = task.number("tokens_in");
        long out = task.number("tokens_out");
        String limit = task.decimal("budget_usd") > 0
                ? String.format(Locale.ROOT, ", at most $%.2f", task.decimal("budget_usd"))
                : "";
        return in + out == 0 && limit.isEmpty() ? "" : in + " in, " + out + " out" + limit;
    }

    private static void field(Screen screen, String name, String value) {
        if (!value.isEmpty()) {
            screen.line(new Line().add("  ").dim(name).to(12).add(value));
        }
    }
}
