package dev.belay.cli.prompt;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.transcript.EventLog;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a task's model was sent with a turn. Looking does not touch the task. */
@Command(
        footer = {
            "",
            "In the order in which it was sent: what the model is told first, its tools, then the conversation.",
            "Shares are by characters, so that together they are the tokens that the turn read."
        })
public final class PromptVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Option(names = "--turn", paramLabel = "N", description = "What turn N was sent; the newest that began otherwise.")
    private @Nullable Long turn;

    @Option(names = "--full", description = "Every text whole, instead of its beginning.")
    private boolean full;

    @Override
    public int run(Cli cli) throws InterruptedException {
        Server server = ServerAccess.open(cli);
        Json task = server.task(TaskReference.task(cli, reference));
        List<Json> log = EventLog.of(server, task, Sent.KINDS, cli.pause());
        Sent sent = Sent.of(task, log, turn == null ? OptionalLong.empty() : OptionalLong.of(turn));
        if (json) {
            cli.screen().machine(sent.document().print());
        } else {
            new SentText(cli.screen(), sent, task.text("short_id")).print(full);
        }
        return ErrorCode.Exit.DONE;
    }
}
