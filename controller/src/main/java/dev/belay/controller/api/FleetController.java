package dev.belay.controller.api;

import dev.belay.controller.Settings;
import dev.belay.controller.database.Database;
import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.dispatch.Queue;
import dev.belay.controller.problems.Problems;
import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.runners.KnownRunner;
import dev.belay.controller.runners.Providers;
import dev.belay.controller.runners.RunnerRows;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Disk;
import dev.belay.proto.v1.FleetStatus;
import dev.belay.proto.v1.ModelProviders;
import dev.belay.proto.v1.Runner;
import dev.belay.proto.v1.ServerVersion;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;

/** How the controller and its runners are. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class FleetController {
    private static final int API = 1;

    private final Settings settings;
    private final Database database;
    private final RunnerRows runners;
    private final Elsewhere connected;
    private final Queue queue;
    private final DiskGuard disk;
    private final Providers providers;

    FleetController(
            Settings settings,
            Database database,
            RunnerRows runners,
            Elsewhere connected,
            Queue queue,
            DiskGuard disk,
            Providers providers) {
        this.settings = settings;
        this.disk = disk;
        this.providers = providers;
        this.database = database;
        this.runners = runners;
        this.connected = connected;
        this.queue = queue;
    }

    @Get("/v1/version")
    HttpResponse<byte[]> version() {
        return Answers.json(ServerVersion.newBuilder()
                .setVersion(settings.version())
                .setApi(API)
                .setStartedAt(TaskView.time(settings.startedAt()))
                .build());
    }

    @Get("/health/live")
    HttpResponse<byte[]> live() {
        return health("live");
    }

    /** Ready is what can serve: the database answers, and what runs can write. That no new work is taken is said besides. */
    @Get("/health/ready")
    HttpResponse<byte[]> ready() {
        Disk now = disk.status();
        if (disk.full()) {
            return Answers.problem(Problems.of(BelayException.of(
                    ErrorCode.E_UNREACHABLE,
                    "the controller is not ready",
                    "controller: " + now.getDetail(),
                    "free space on its disk")));
        }
        try {
            queue.length(settings.owner().tenant());
            return now.getDetail().isEmpty() ? health("ready") : ready(now.getDetail());
        } catch (JdbiException unreachable) {
            return Answers.problem(Problems.of(BelayException.of(
                    ErrorCode.E_UNREACHABLE,
                    "the controller is not ready",
                    "its database does not answer",
                    "wait, or look at the controller's log")));
        }
    }

    private static HttpResponse<byte[]> ready(String detail) {
        String json = Json.object()
                .put("status", "ready")
                .put("new_work", "refused")
                .put("detail", detail)
                .build()
                .print();
        return HttpResponse.ok((json + "\n").getBytes(StandardCharsets.UTF_8))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private static HttpResponse<byte[]> health(String status) {
        return HttpResponse.ok(("{\"status\":\"" + status + "\"}\n").getBytes(StandardCharsets.UTF_8))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    @Get("/v1/models")
    HttpResponse<byte[]> models() {
        return Answers.json(
                ModelProviders.newBuilder().addAllProviders(providers.all()).build());
    }

    @Get("/v1/status")
    HttpResponse<byte[]> status(Caller caller) {
        Queue.Length length = queue.length(caller.tenant());
        FleetStatus.Builder status = FleetStatus.newBuilder()
                .setVersion(settings.version())
                .setStartedAt(TaskView.time(settings.startedAt()))
                .setDatabase(database.kind())
                .setDatabaseVersion(database.version())
                .setQueued(length.queued())
                .setRunning(length.running())
                .setDisk(disk.status())
                .setDatabaseRestarts(database.deaths().count())
                .setDatabaseLastEnd(database.deaths().last())
                .setOldestQueuedSeconds(length.oldestQueuedSeconds());
        Set<String> names = connected.andHere().stream().map(KnownRunner::name).collect(Collectors.toSet());
        for (RunnerRows.Seen seen : runners.all(caller.tenant())) {
            status.addRunners(Runner.newBuilder()
                    .setId(seen.id())
                    .setConnected(names.contains(seen.id()))
                    .setVersion(seen.version())
                    .setSlots(seen.slots())
                    .setUsed(seen.used())
                    .addAllEngines(seen.engines())
                    .addAllWeaker(seen.weaker())
                    .setHeartbeatAt(TaskView.time(seen.heartbeatAt()))
                    .setHost(seen.host())
                    .setFreeDiskBytes(seen.freeDiskBytes())
                    .setTakesNone(seen.takesNone()));
        }
        return Answers.json(status.build());
    }
}
