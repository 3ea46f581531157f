package dev.belay.controller.api;

import dev.belay.controller.dispatch.Cancellation;
import dev.belay.controller.events.EventLog;
import dev.belay.controller.events.EventStreams;
import dev.belay.controller.heads.Snapshots;
import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.submit.Submission;
import dev.belay.controller.submit.SubmissionCheck;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.CancelTask;
import dev.belay.proto.v1.OperationList;
import dev.belay.proto.v1.SnapshotList;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.TaskList;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.InputStream;

/** Delegating, looking, following, ending. */
@Controller("/v1/tasks")
@Consumes("*/*")
@ExecuteOn(TaskExecutors.BLOCKING)
final class TaskController {
    private final Submission submission;
    private final TaskQueries tasks;
    private final TaskView view;
    private final TaskPolicies policies;
    private final Cancellation cancellation;
    private final EventStreams streams;
    private final EventLog log;
    private final Snapshots snapshots;

    TaskController(
            Submission submission,
            TaskQueries tasks,
            TaskView view,
            TaskPolicies policies,
            Cancellation cancellation,
            EventStreams streams,
            EventLog log,
            Snapshots snapshots) {
        this.submission = submission;
        this.tasks = tasks;
        this.view = view;
        this.policies = policies;
        this.cancellation = cancellation;
        this.streams = streams;
        this.log = log;
        this.snapshots = snapshots;
    }

    @Post
    HttpResponse<byte[]> submit(Caller caller, HttpRequest<?> request) throws IOException {
        SubmitTask given = RequestBody.json(request, SubmitTask.newBuilder(), SubmissionCheck::words)
                .build();
        return Answers.json(view.of(submission.submit(caller, given)));
    }

    @Get
    HttpResponse<byte[]> list(
            Caller caller,
            @QueryValue(defaultValue = "false") String all,
            @QueryValue(defaultValue = "100") int limit) {
        TaskList.Builder list = TaskList.newBuilder();
        tasks.list(caller, flag("all", all), limit).forEach(task -> list.addTasks(view.of(task)));
        return Answers.json(list.build());
    }

    @Get("/{id}")
    HttpResponse<byte[]> show(Caller caller, String id) {
        return Answers.json(view.of(tasks.named(caller, id)));
    }

    @Get("/{id}/policy")
    HttpResponse<byte[]> policy(Caller caller, String id) {
        return Answers.json(policies.of(caller, tasks.id(caller, id)));
    }

    @Get("/{id}/events")
    @Produces({"text/event-stream", MediaType.APPLICATION_JSON})
    HttpResponse<InputStream> events(
            Caller caller,
            String id,
            HttpRequest<?> request,
            @QueryValue(defaultValue = "0") long after,
            @QueryValue(defaultValue = "false") String follow,
            @QueryValue(defaultValue = "false") String saying) {
        String task = tasks.id(caller, id);
        String last = request.getHeaders().get("Last-Event-ID");
        return Answers.stream(
                streams.open(
                        caller,
                        task,
                        last == null ? after : lastEvent(last),
                        flag("follow", follow),
                        flag("saying", saying),
                        () -> hangUp(request)),
                "text/event-stream");
    }

    private static void hangUp(HttpRequest<?> request) {
        if (request instanceof NettyHttpRequest<?> connected) {
            connected.getChannelHandlerContext().close();
        }
    }

    private static boolean flag(String name, String given) {
        return switch (given) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw BelayException.of(
                        ErrorCode.E_BAD_REQUEST,
                        name + " is neither true nor false",
                        "the controller refused the request",
                        "send " + name + "=true");
        };
    }

    private static long lastEvent(String given) {
        try {
            return Long.parseLong(given.strip());
        } catch (NumberFormatException notANumber) {
            throw BelayException.of(
                            ErrorCode.E_BAD_REQUEST,
                            "Last-Event-ID is not a number",
                            "the controller numbers the events of a task from 1",
                            "send the id of the last event that was received")
                    .causedBy(notANumber);
        }
    }

    @Post("/{id}/cancel")
    HttpResponse<byte[]> cancel(Caller caller, String id, HttpRequest<?> request) throws IOException {
        CancelTask given = RequestBody.json(request, CancelTask.newBuilder()).build();
        return Answers.json(view.of(cancellation.cancel(caller, id, given.getReason())));
    }

    @Get("/{id}/snapshots")
    HttpResponse<byte[]> snapshots(Caller caller, String id) {
        TaskRow task = tasks.named(caller, id);
        return Answers.json(SnapshotList.newBuilder()
                .addAllSnapshots(snapshots.all(caller, task))
                .build());
    }

    @Get("/{id}/operations")
    HttpResponse<byte[]> operations(Caller caller, String id) {
        TaskRow task = tasks.named(caller, id);
        return Answers.json(OperationList.newBuilder()
                .addAllOperations(log.operations(caller, task.id()))
                .build());
    }
}
