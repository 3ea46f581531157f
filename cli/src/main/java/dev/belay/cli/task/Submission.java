package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Sends a draft to the server in use. The draft goes only when the server has answered with the task; whatever else
 * happens, it is there to be sent again.
 */
final class Submission {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Cli cli;
    private final Screen people;

    Submission(Cli cli, Screen people) {
        this.cli = cli;
        this.people = people;
    }

    /** What was acknowledged, and by whom. */
    record Sent(Server server, Json task) {}

    /** What a draft says of its project, for a later time and another folder. */
    static Json.Obj project(ProjectSource.Project project, Path start, String scope, String name, long maxFile) {
        return Json.object()
                .put("folder", start.toAbsolutePath().normalize().toString())
                .put("path", scope)
                .put("name", name.isEmpty() ? project.name() : name)
                .put("max_file", maxFile)
                .build();
    }

    /** Nothing for a fork, whose project the server has. */
    static Optional<ProjectSource.Project> open(Cli cli, Draft draft) {
        if (!draft.forkOf().isEmpty()) {
            return Optional.empty();
        }
        String scope = draft.project().text("path");
        return Optional.of(cli.bindings()
                .projects()
                .open(
                        Path.of(draft.project().text("folder")),
                        scope.isEmpty() ? Optional.empty() : Optional.of(Path.of(scope))));
    }

    /** Nothing when Ctrl-C came first; then it was said that the request is kept. */
    Optional<Sent> send(Draft draft, Optional<ProjectSource.Project> project) throws IOException, InterruptedException {
        FutureTask<Sent> work = new FutureTask<>(() -> deliver(draft, project));
        // A virtual one, since an interrupt reaches it in the midst of an answer too.
        Thread worker = Thread.ofVirtual().name("send").unstarted(work);
        try (Interrupts.Held _ = cli.interrupts().whenInterrupted(() -> work.cancel(true))) {
            worker.start();
            return Optional.of(work.get());
        } catch (CancellationException interrupted) {
            people.note(new Line()
                    .add("interrupted. ")
                    .bold("your request is kept: belay retry")
                    .dim("   (" + draft.name() + "; belay retry --drop " + draft.name() + " forgets it)"));
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException known -> throw known;
                case InterruptedException known -> throw known;
                case RuntimeException known -> throw known;
                case Error known -> throw known;
                case null, default -> throw new IllegalStateException(failed);
            }
        }
        // What it made for the time being is removed on its way out.
        worker.join(PATIENCE);
        if (!Files.exists(draft.file())) {
            people.note("the server had answered by then: belay ps");
        }
        return Optional.empty();
    }

    private Sent deliver(Draft draft, Optional<ProjectSource.Project> project)
            throws IOException, InterruptedException {
        Server server = ServerAccess.isNamed(cli) ? ServerAccess.open(cli) : new LocalServer(cli, people).orStart();
        // What another server calls this project is no name here.
        boolean complete = project.isEmpty() || (draft.ready() && draft.server().equals(ServerAccess.place(cli)));
        Json.Obj request = complete ? draft.request() : complete(draft, project.get(), server);
        Json task = draft.forkOf().isEmpty() ? server.submit(request) : server.fork(draft.forkOf(), request);
        draft.discard();
        cli.state().rememberTask(task.text("id"));
        return new Sent(server, task);
    }

    private Json.Obj complete(Draft draft, ProjectSource.Project project, Server server) throws IOException {
        project.notes().forEach(note -> people.note(new Line().add("   ").dim(note)));
        Json registered = server.register(project.key(), draft.project().text("name"), project.commits());
        List<String> have =
                registered.get("have").items().stream().map(Json::text).toList();
        long most = draft.project().number("max_file");
        Path temporary = Files.createTempDirectory(cli.state().make(), "pack-");
        ProjectSource.Packed packed;
        try {
            packed = project.pack(have, temporary, most == 0 ? Optional.empty() : Optional.of(most));
            packed.notes().forEach(note -> people.note(new Line().add("   ").dim(note)));
            if (packed.pack().isPresent()) {
                server.sendPack(registered.text("id"), packed.pack().get());
                people.note(new Line()
                        .dim("   sent " + Words.count(packed.files(), "file") + ", " + Words.bytes(packed.bytes())));
            }
        } finally {
            deleteAll(temporary);
        }
        Json.ObjectBuilder request = Json.object();
        draft.request().members().forEach(request::put);
        request.put("project", registered.text("id"))
                .put("base_commit", packed.baseCommit())
                .put("head_commit", project.headCommit())
                .put("branch", project.branch());
        return draft.completed(request.build()).request();
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
        }
        Files.deleteIfExists(folder);
    }

    /** What the server refused is mended by another command; what may not have arrived is sent again as it was. */
    static boolean mayBeSentAgain(BelayException failed) {
        int exit = failed.code().exitCode();
        return (exit == ErrorCode.Exit.UNREACHABLE && failed.code() != ErrorCode.E_SERVER_VERSION)
                || exit == ErrorCode.Exit.SIGNED_OUT
                || failed.code() == ErrorCode.E_QUEUE_FULL
                || failed.code() == ErrorCode.E_INTERNAL;
    }

    static BelayException kept(BelayException failed, Draft draft) {
        String again = "belay retry";
        return BelayException.of(
                        failed.code(),
                        failed.what(),
                        failed.why(),
                        "your request is kept: belay retry (" + draft.name() + ")",
                        failed.next().isEmpty() ? again : failed.next() + "   then   " + again)
                .causedBy(failed);
    }
}
