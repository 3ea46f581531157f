package dev.belay.controller.api;

import dev.belay.controller.dispatch.Allowing;
import dev.belay.controller.dispatch.Mailbox;
import dev.belay.controller.dispatch.Pausing;
import dev.belay.controller.submit.Forks;
import dev.belay.controller.submit.SubmissionCheck;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.AllowHosts;
import dev.belay.proto.v1.ForkTask;
import dev.belay.proto.v1.MessageStored;
import dev.belay.proto.v1.PauseTask;
import dev.belay.proto.v1.ResumeTask;
import dev.belay.proto.v1.SendMessage;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;

/** Going on with a task: talking to it, letting it do more, stopping it and letting it go on, and beginning where it was. */
@Controller("/v1/tasks/{id}")
@Consumes("*/*")
@ExecuteOn(TaskExecutors.BLOCKING)
final class GoingOnController {
    private final Mailbox mailbox;
    private final Allowing allowing;
    private final Pausing pausing;
    private final Forks forks;
    private final TaskView view;

    GoingOnController(Mailbox mailbox, Allowing allowing, Pausing pausing, Forks forks, TaskView view) {
        this.mailbox = mailbox;
        this.allowing = allowing;
        this.pausing = pausing;
        this.forks = forks;
        this.view = view;
    }

    @Post("/messages")
    HttpResponse<byte[]> send(Caller caller, String id, HttpRequest<?> request) throws IOException {
        SendMessage given = RequestBody.json(request, SendMessage.newBuilder()).build();
        return stored(mailbox.send(caller, id, given));
    }

    @Post("/policy/allow")
    HttpResponse<byte[]> allow(Caller caller, String id, HttpRequest<?> request) throws IOException {
        AllowHosts given = RequestBody.json(request, AllowHosts.newBuilder()).build();
        return stored(allowing.allow(caller, id, given));
    }

    private HttpResponse<byte[]> stored(Mailbox.Sent sent) {
        return Answers.json(MessageStored.newBuilder()
                .setId(sent.id())
                .setSeq(sent.seq())
                .setTask(view.of(sent.task()))
                .build());
    }

    @Post("/pause")
    HttpResponse<byte[]> pause(Caller caller, String id, HttpRequest<?> request) throws IOException {
        PauseTask given = RequestBody.json(request, PauseTask.newBuilder()).build();
        return Answers.json(view.of(pausing.pause(caller, id, given.getNow())));
    }

    @Post("/resume")
    HttpResponse<byte[]> resume(Caller caller, String id, HttpRequest<?> request) throws IOException {
        ResumeTask given = RequestBody.json(request, ResumeTask.newBuilder()).build();
        return Answers.json(view.of(pausing.resume(caller, id, given)));
    }

    @Post("/fork")
    HttpResponse<byte[]> fork(Caller caller, String id, HttpRequest<?> request) throws IOException {
        ForkTask given = RequestBody.json(request, ForkTask.newBuilder(), SubmissionCheck::words)
                .build();
        return Answers.json(view.of(forks.fork(caller, id, given)));
    }
}
