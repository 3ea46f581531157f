package dev.belay.controller.api;

import dev.belay.controller.exec.Executions;
import dev.belay.controller.heads.HeadMoves;
import dev.belay.controller.heads.Snapshots;
import dev.belay.controller.packs.History;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.ChangeSet;
import dev.belay.proto.v1.Empty;
import dev.belay.proto.v1.ExecCommand;
import dev.belay.proto.v1.RevertTask;
import dev.belay.proto.v1.RollbackTask;
import dev.belay.proto.v1.Snapshot;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A task's work: what it changed, going back and forth in it, and a command in it. */
@Controller("/v1/tasks/{id}")
@Consumes("*/*")
@ExecuteOn(TaskExecutors.BLOCKING)
final class WorkController {
    private final TaskQueries tasks;
    private final Snapshots snapshots;
    private final History history;
    private final HeadMoves heads;
    private final Executions executions;
    private final Spool spool;

    WorkController(
            TaskQueries tasks,
            Snapshots snapshots,
            History history,
            HeadMoves heads,
            Executions executions,
            Spool spool) {
        this.tasks = tasks;
        this.snapshots = snapshots;
        this.history = history;
        this.heads = heads;
        this.executions = executions;
        this.spool = spool;
    }

    @Post("/rollback")
    HttpResponse<byte[]> rollback(Caller caller, String id, HttpRequest<?> request)
            throws IOException, InterruptedException {
        RollbackTask given =
                RequestBody.json(request, RollbackTask.newBuilder()).build();
        return Answers.json(heads.rollback(caller, id, given.getTo(), given.getDryRun()));
    }

    @Post("/revert")
    HttpResponse<byte[]> revert(Caller caller, String id, HttpRequest<?> request)
            throws IOException, InterruptedException {
        RevertTask given = RequestBody.json(request, RevertTask.newBuilder()).build();
        return Answers.json(heads.revert(caller, id, given.getStep(), given.getDryRun()));
    }

    @Post("/undo")
    HttpResponse<byte[]> undo(Caller caller, String id, HttpRequest<?> request)
            throws IOException, InterruptedException {
        RequestBody.json(request, Empty.newBuilder());
        return Answers.json(heads.undo(caller, id));
    }

    @Post("/redo")
    HttpResponse<byte[]> redo(Caller caller, String id, HttpRequest<?> request)
            throws IOException, InterruptedException {
        RequestBody.json(request, Empty.newBuilder());
        return Answers.json(heads.redo(caller, id));
    }

    @Post("/exec")
    @Produces({"application/x-ndjson", MediaType.APPLICATION_JSON})
    HttpResponse<InputStream> exec(Caller caller, String id, HttpRequest<?> request) throws IOException {
        ExecCommand given = RequestBody.json(request, ExecCommand.newBuilder()).build();
        return Answers.stream(executions.run(caller, id, given), "application/x-ndjson");
    }

    @Get("/changes")
    HttpResponse<byte[]> changes(
            Caller caller,
            String id,
            @QueryValue(defaultValue = "base") String from,
            @QueryValue(defaultValue = "head") String to)
            throws IOException {
        TaskRow task = tasks.named(caller, id);
        Snapshot first = snapshots.named(caller, task, from);
        Snapshot second = snapshots.named(caller, task, to);
        ChangeSet changes = history.changes(task.scope(), first.getCommit(), second.getCommit());
        return Answers.json(changes.toBuilder()
                .setFrom("s" + first.getStep())
                .setTo("s" + second.getStep())
                .build());
    }

    @Get("/diff")
    @Produces({"text/x-diff", MediaType.APPLICATION_JSON})
    HttpResponse<InputStream> diff(
            Caller caller,
            String id,
            @QueryValue(defaultValue = "base") String from,
            @QueryValue(defaultValue = "head") String to,
            HttpRequest<?> request)
            throws IOException {
        TaskRow task = tasks.named(caller, id);
        Snapshot first = snapshots.named(caller, task, from);
        Snapshot second = snapshots.named(caller, task, to);
        List<String> paths = request.getParameters().getAll("path");
        return Answers.stream(
                spool.of(out -> history.diff(task.scope(), first.getCommit(), second.getCommit(), paths, out)),
                "text/x-diff");
    }

    @Get("/pack")
    @Produces({"application/x-git-pack", MediaType.APPLICATION_JSON})
    HttpResponse<InputStream> pack(
            Caller caller,
            String id,
            @QueryValue(defaultValue = "base") String from,
            @QueryValue(defaultValue = "head") String to)
            throws IOException {
        TaskRow task = tasks.named(caller, id);
        Snapshot first = snapshots.named(caller, task, from);
        Snapshot second = snapshots.named(caller, task, to);
        return Answers.stream(
                spool.of(out -> history.deltaPack(task.scope(), first.getCommit(), second.getCommit(), out)),
                "application/x-git-pack");
    }
}
