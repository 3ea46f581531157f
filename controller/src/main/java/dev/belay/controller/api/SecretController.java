package dev.belay.controller.api;

import dev.belay.controller.secrets.Overheard;
import dev.belay.controller.secrets.SecretStore;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.SetSecret;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;

/** Secrets on their way in, and what there is to know of them afterwards. */
@Controller("/v1/secrets")
@Consumes("*/*")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SecretController {
    private final SecretStore store;

    SecretController(SecretStore store) {
        this.store = store;
    }

    @Get
    HttpResponse<byte[]> list(Caller caller) {
        return Answers.json(store.list(caller));
    }

    @Put("/{name}")
    HttpResponse<byte[]> set(Caller caller, String name, HttpRequest<?> request) throws IOException {
        // Before the body is read: what was sent all the same is nowhere here.
        if (Overheard.possible(request.getRemoteAddress(), request.isSecure())) {
            throw BelayException.of(
                    ErrorCode.E_FORBIDDEN,
                    "a secret is not taken over a connection that others can read",
                    "the controller's door: it came from another machine, and not encrypted",
                    "go through a tunnel, e.g. ssh -L 8080:127.0.0.1:PORT HOST; and set another value than the one sent");
        }
        SetSecret given = RequestBody.secret(request, SetSecret.newBuilder()).build();
        return Answers.json(store.set(caller, name, given));
    }

    @Delete("/{name}")
    HttpResponse<byte[]> remove(Caller caller, String name) {
        return Answers.json(store.remove(caller, name));
    }
}
