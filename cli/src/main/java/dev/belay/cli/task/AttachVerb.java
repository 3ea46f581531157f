package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.transcript.Attachment;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Watches a task from its beginning, or from an event on, to its end. */
public final class AttachVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Option(names = "--after", paramLabel = "SEQ", description = "Begin behind this event.")
    private long after;

    @Override
    public int run(Cli cli) throws InterruptedException {
        Server server = ServerAccess.open(cli);
        Json task = server.task(TaskReference.task(cli, reference));
        return new Attachment(cli, server, json).follow(task, Math.max(0, after));
    }
}
