package dev.belay.controller.api;

import dev.belay.controller.projects.Projects;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.v1.RegisterProject;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.InputStream;

/** Projects and the packs that bring their commits. */
@Controller("/v1/projects")
@Consumes("*/*")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ProjectController {
    private final Projects projects;

    ProjectController(Projects projects) {
        this.projects = projects;
    }

    @Post
    HttpResponse<byte[]> register(Caller caller, HttpRequest<?> request) throws IOException {
        RegisterProject given =
                RequestBody.json(request, RegisterProject.newBuilder()).build();
        return Answers.json(projects.register(caller, given));
    }

    @Post("/{id}/packs")
    HttpResponse<byte[]> store(Caller caller, String id, HttpRequest<?> request) throws IOException {
        try (InputStream pack = RequestBody.stream(request)) {
            return Answers.json(projects.store(caller, id, pack));
        }
    }
}
