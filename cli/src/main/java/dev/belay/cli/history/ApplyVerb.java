package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.policy.TaskRights;
import dev.belay.cli.project.Delivery;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.seam.ResultTarget;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.policies.Policy;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stages a task's result in the person's work tree, all of it or nothing, and commits nothing. */
public final class ApplyVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "A task, or TASK@sN for its state then.")
    private String reference = "";

    @Option(names = "--check", description = "Say whether it would apply, and change nothing.")
    private boolean check;

    @Option(
            names = "--agree",
            paramLabel = "FILE",
            description =
                    "Let in a protected file, or a folder of them: a hook, a CI workflow, an agent's or an editor's"
                            + " settings; or a file that the policy does not let the task change. You have looked at it: belay diff TASK -- FILE.")
    private List<String> agreed = List.of();

    @Option(names = "--leave-protected", description = "Apply the rest, and leave protected files as they are here.")
    private boolean leaveProtected;

    @Option(names = "-C", paramLabel = "DIR", description = "As if started in DIR.")
    private String folder = "";

    @Option(names = "--path", paramLabel = "DIR", description = "The folder of the project that the task was given.")
    private String scope = "";

    @Override
    public int run(Cli cli) throws IOException {
        TaskReference named = TaskReference.parse(cli, reference);
        ProjectSource.Project project = cli.bindings()
                .projects()
                .open(cli.cwd().resolve(folder), scope.isEmpty() ? Optional.empty() : Optional.of(Path.of(scope)));
        Server server = ServerAccess.open(cli);
        Json task = server.task(named.id());
        Screen people = json ? cli.screen().withResultsOnStderr() : cli.screen();
        if (!task.text("project_name").equals(project.name())) {
            people.note(new Line()
                    .add(Look.YELLOW, "! ")
                    .add("the task worked on " + task.text("project_name") + ", this folder is " + project.name()));
        }
        if (!task.flag("terminal")) {
            people.note(new Line()
                    .add(Look.YELLOW, "! ")
                    .add("the task is still " + task.text("state") + "; this is its state at " + task.text("head")));
        }
        // The named state is pinned first: the head may move between the two requests.
        String to = named.snapshot().isEmpty() ? task.text("head") : named.snapshot();
        if (to.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_NO_SUCH_SNAPSHOT,
                    task.text("short_id") + " has no result yet",
                    "it has no snapshot (layer: controller)",
                    "belay attach " + task.text("short_id"));
        }
        Policy policy = TaskRights.of(server, named.id());
        Json changes = server.changes(named.id(), "base", to);
        if (changes.get("entries").items().isEmpty()) {
            return tell(cli, people, task, to, new ResultTarget.Applied(List.of(), false, "", List.of()));
        }
        Path temporary = Files.createTempDirectory(cli.state().make(), "apply-");
        Path pack = temporary.resolve("result.pack");
        try {
            server.fetchPack(named.id(), "base", to, pack);
            return tell(
                    cli,
                    people,
                    task,
                    to,
                    cli.bindings()
                            .results()
                            .apply(
                                    project,
                                    changes,
                                    pack,
                                    new Delivery(reference, check, agreed, leaveProtected, policy)));
        } finally {
            Files.deleteIfExists(pack);
            Files.deleteIfExists(temporary);
        }
    }

    private int tell(Cli cli, Screen people, Json task, String to, ResultTarget.Applied applied) {
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put("task", task.text("id"))
                            .put("snapshot", to)
                            .put("check", check)
                            .put("staged", applied.staged() && !check)
                            .put("files", Json.array(applied.files()))
                            .put("notes", Json.array(applied.notes()))
                            .build()
                            .print());
            return ErrorCode.Exit.DONE;
        }
        applied.notes().forEach(note -> people.note(new Line().add("   ").dim(note)));
        int files = applied.files().size();
        String from = task.text("short_id") + "@" + to;
        if (files == 0) {
            people.line(from + " changes no file; nothing to apply");
        } else if (check) {
            people.line(from + " would apply: " + Words.count(files, "file") + "; nothing was changed");
        } else {
            people.line(from + " applied: " + Words.count(files, "file")
                    + (applied.staged() ? " staged, nothing committed" : " written"));
            if (!applied.undo().isEmpty()) {
                people.line(new Line().dim("undo: " + applied.undo()));
            }
        }
        return ErrorCode.Exit.DONE;
    }
}
