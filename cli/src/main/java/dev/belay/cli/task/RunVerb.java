package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.cli.transcript.Attachment;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hands a task over: everything is checked before anything is started, and written down before it is sent. */
public final class RunVerb extends Verb {
    private static final List<String> MODES = List.of("approve", "edits", "auto", "full");

    @Option(
            names = {"-d", "--detach"},
            description = "Print only the task's id, and return.")
    private boolean detach;

    @Option(names = "-C", paramLabel = "DIR", description = "As if started in DIR.")
    private String folder = "";

    @Option(names = "--path", paramLabel = "DIR", description = "Only this folder of the project goes along.")
    private String scope = "";

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "script:FILE plays a written conversation (or BELAY_MODEL).")
    private String model = "";

    @Option(names = "--mode", paramLabel = "MODE", description = "approve, edits, auto or full.")
    private String mode = "";

    @Option(names = "--max-turns", paramLabel = "N", description = "Stop after N turns.")
    private int maxTurns;

    @Option(names = "--timeout", paramLabel = "TIME", description = "Stop the task after this time: 1h, 90s.")
    private String timeout = "";

    @Option(names = "--accept-weaker", description = "Run although this machine isolates less than the table says.")
    private boolean acceptWeaker;

    @Option(names = "--max-file", paramLabel = "SIZE", description = "Files up to this size go along: 200M.")
    private String maxFile = "";

    @Option(
            names = "--name",
            paramLabel = "TEXT",
            description = "What to call the project; its folder's name otherwise.")
    private String name = "";

    @Option(
            names = "--draft",
            paramLabel = "D",
            description = "Send a saved request again (with its own prompt and options).")
    private String draftName = "";

    @Parameters(
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "What is to be done; - reads it from standard input.")
    private List<String> words = List.of();

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        Path start = cli.cwd().resolve(folder);
        Optional<Long> mostBytes =
                maxFile.isEmpty() ? Optional.empty() : Optional.of(Amounts.bytes("--max-file", maxFile));
        Screen people = json || detach ? cli.screen().withResultsOnStderr() : cli.screen();
        Draft draft = null;
        Json.Obj wish = null;
        if (draftName.isEmpty()) {
            wish = wish(cli, start);
        } else {
            draft = Draft.open(cli.state(), draftName);
        }
        ProjectSource.Project project =
                cli.bindings().projects().open(start, scope.isEmpty() ? Optional.empty() : Optional.of(Path.of(scope)));
        if (draft == null && wish != null) {
            draft = Draft.begin(cli.state(), wish);
        }
        if (draft == null) {
            throw new IllegalStateException("there must be a draft");
        }
        Json task;
        Server server;
        try {
            people.note(heading(project));
            server = server(cli, people);
            task = draft.ready()
                    ? server.submit(draft.request())
                    : send(cli, server, project, draft, mostBytes, people);
        } catch (BelayException failed) {
            throw withDraft(failed, draft);
        }
        draft.discard();
        cli.state().rememberTask(task.text("id"));
        if (detach) {
            cli.screen().machine(json ? task.print() : task.text("id"));
            return ErrorCode.Exit.DONE;
        }
        return new Attachment(cli, server, json).follow(task, 0);
    }

    /** A SubmitTask without key and project; whatever is wrong with it is said here. */
    private Json.Obj wish(Cli cli, Path start) throws IOException {
        if (!mode.isEmpty() && !MODES.contains(mode)) {
            throw BelayException.of(
                    ErrorCode.E_UNKNOWN_MODE,
                    "there is no mode " + mode + Nearest.hint(mode, MODES),
                    "modes are " + String.join(", ", MODES) + " (layer: client)",
                    "belay run --mode full \"…\"");
        }
        if (maxTurns < 0) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--max-turns must be 1 or more",
                    "it was " + maxTurns + " (layer: client)",
                    "--max-turns 40");
        }
        long seconds =
                timeout.isEmpty() ? 0 : Amounts.duration("--timeout", timeout).toSeconds();
        ModelChoice chosen = ModelChoice.of(
                model.isEmpty() ? cli.env("BELAY_MODEL") : model,
                start,
                cli.bindings().scripts());
        String prompt = Prompt.of(cli, words);
        return Json.object()
                .put("prompt", prompt)
                .put("mode", mode.isEmpty() ? Json.NULL : Json.of(mode))
                .put("model", chosen.model())
                .put("script", chosen.script())
                .put("script_name", chosen.scriptName())
                .put(
                        "limits",
                        Json.object()
                                .put("max_turns", maxTurns)
                                .put("timeout_seconds", seconds)
                                .put("memory_mib", 0)
                                .put("processes", 0)
                                .build())
                .put("accept_weaker", acceptWeaker)
                .build();
    }

    private static Line heading(ProjectSource.Project project) {
        Line line = new Line().bold(project.name());
        String commit = project.headCommit();
        if (!commit.isEmpty()) {
            line.add("  " + (project.branch().isEmpty() ? "" : project.branch() + " @ ")
                    + commit.substring(0, Math.min(7, commit.length())));
        }
        return line;
    }

    private static Server server(Cli cli, Screen people) throws InterruptedException {
        if (ServerAccess.isNamed(cli)) {
            return ServerAccess.open(cli);
        }
        return new LocalServer(cli, people).orStart();
    }

    private Json send(
            Cli cli, Server server, ProjectSource.Project project, Draft draft, Optional<Long> mostBytes, Screen people)
            throws IOException {
        project.notes().forEach(note -> people.note(new Line().add("   ").dim(note)));
        Json registered = server.register(project.key(), name.isEmpty() ? project.name() : name, project.commits());
        List<String> have =
                registered.get("have").items().stream().map(Json::text).toList();
        Path temporary = Files.createTempDirectory(cli.state().make(), "pack-");
        ProjectSource.Packed packed;
        try {
            packed = project.pack(have, temporary, mostBytes);
            packed.notes().forEach(note -> people.note(new Line().add("   ").dim(note)));
            if (packed.pack().isPresent()) {
                server.sendPack(registered.text("id"), packed.pack().get());
                people.note(new Line()
                        .dim("   sent " + Words.count(packed.files(), "file") + ", " + Words.bytes(packed.bytes())));
            }
        } finally {
            deleteAll(temporary);
        }
        Json.ObjectBuilder complete = Json.object();
        if (draft.request() instanceof Json.Obj(var members)) {
            members.forEach(complete::put);
        }
        complete.put("project", registered.text("id"))
                .put("base_commit", packed.baseCommit())
                .put("head_commit", project.headCommit())
                .put("branch", project.branch());
        return server.submit(draft.completed(complete.build()).request());
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
        }
        Files.deleteIfExists(folder);
    }

    /** What the server refused is mended by another command; what did not arrive is sent again as it was. */
    private static BelayException withDraft(BelayException failed, Draft draft) {
        if (failed.code().exitCode() != ErrorCode.Exit.UNREACHABLE || failed.code() == ErrorCode.E_SERVER_VERSION) {
            draft.discard();
            return failed;
        }
        String again = "belay run --draft " + draft.name();
        return BelayException.of(
                        failed.code(),
                        failed.what(),
                        failed.why(),
                        "the request is saved as " + draft.name(),
                        failed.next().isEmpty() ? again : failed.next() + "   then   " + again)
                .causedBy(failed);
    }
}
