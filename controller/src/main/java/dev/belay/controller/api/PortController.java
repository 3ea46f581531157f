package dev.belay.controller.api;

import dev.belay.controller.ports.OpenVisit;
import dev.belay.controller.ports.Visits;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.Ports;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.InputStream;

/** What listens in a task's sandbox, and a connection to it: the request's body goes inside, and the answer's comes from it. */
@Controller("/v1/tasks/{id}/ports")
@Consumes("*/*")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PortController {
    private final Visits visits;

    PortController(Visits visits) {
        this.visits = visits;
    }

    @Get
    HttpResponse<byte[]> listening(Caller caller, String id) throws InterruptedException {
        return Answers.json(
                Ports.newBuilder().addAllListening(visits.listening(caller, id)).build());
    }

    private OpenVisit opened(Caller caller, String id, int port, InputStream fromOutside)
            throws IOException, InterruptedException {
        try {
            return visits.open(caller, id, port);
        } catch (BelayException | InterruptedException refused) {
            fromOutside.close();
            throw refused;
        }
    }

    /** The answer begins, with a line feed, when what listens has taken the connection; the request's body goes on then. */
    @Post("/{port}")
    @Produces({"application/octet-stream", MediaType.APPLICATION_JSON})
    HttpResponse<InputStream> visit(Caller caller, String id, int port, HttpRequest<?> request)
            throws IOException, InterruptedException {
        InputStream fromOutside = RequestBody.stream(request);
        OpenVisit visit = opened(caller, id, port, fromOutside);
        Thread.ofVirtual().name("visit-in").start(() -> {
            try {
                visit.carryInside(fromOutside);
            } catch (InterruptedException nobodyInterruptsThis) {
                Thread.currentThread().interrupt();
            }
        });
        return Answers.stream(visit.fromInside(), "application/octet-stream");
    }
}
