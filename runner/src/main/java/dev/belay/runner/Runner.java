package dev.belay.runner;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.link.ControllerLink;
import dev.belay.runner.link.GrpcHistory;
import dev.belay.runner.link.GrpcPacks;
import dev.belay.runner.link.GrpcSecrets;
import dev.belay.runner.linux.BootClock;
import dev.belay.runner.model.Models;
import dev.belay.runner.model.ProviderModel;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.task.OpenedAddresses;
import dev.belay.runner.task.SandboxedPlaces;
import dev.belay.runner.task.TaskHouse;
import dev.belay.runner.task.Tenure;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/** A runner's process. Started by {@code libexec/belay-runner}, inside the room that it made. */
public final class Runner {
    private static final Logger LOG = Logger.getLogger(Runner.class.getName());
    private static final int MAX_MESSAGE = 8 << 20;

    private Runner() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n");
        Map<String, String> environment = System.getenv();
        Room room = Room.fromEnvironment(environment);
        SandboxEngine engine;
        try {
            engine = EngineChoice.of(environment, room, Path.of(needed(environment, "BELAY_HAND")));
        } catch (BelayException unusable) {
            fail(unusable.code(), unusable.what(), unusable.why(), unusable.next());
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--trial")) {
            SandboxTrial.serve(room, engine, System.in, System.out);
            return;
        }
        EngineReport report = engine.probe();
        if (arguments.length > 0 && arguments[0].equals("--probe")) {
            System.out.println(json(report).print());
            return;
        }
        if (!report.usable()) {
            // In a fleet it would take one task after the other and fail each; whoever restarts it has it try again.
            fail(
                    ErrorCode.E_SANDBOX,
                    "this machine cannot isolate a task",
                    "the runner tried: " + String.join("; ", report.failing()),
                    "belay doctor");
            return;
        }
        serve(environment, room, engine, report);
    }

    private static void serve(Map<String, String> environment, Room room, SandboxEngine engine, EngineReport report)
            throws Exception {
        report.weaker().forEach(cell -> LOG.warning("weaker isolation: " + cell));
        String token = Files.readString(Path.of(needed(environment, "BELAY_RUNNER_TOKEN_FILE")))
                .strip();
        ManagedChannel channel = NettyChannelBuilder.forTarget(needed(environment, "BELAY_CONTROLLER"))
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE)
                // A connection that is cut without a word is found before the tenure ends.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .build();
        CallCredentials credentials = new RunnerToken(token, name(environment));
        RunnerLinkGrpc.RunnerLinkBlockingStub blocking =
                RunnerLinkGrpc.newBlockingStub(channel).withCallCredentials(credentials);
        GrpcPacks packs =
                new GrpcPacks(blocking, RunnerLinkGrpc.newStub(channel).withCallCredentials(credentials));
        Models models = models(environment, room);
        TaskHouse house = new TaskHouse(
                room.state().resolve("spool"),
                room.slots(),
                new SandboxedPlaces(
                        room,
                        engine,
                        report,
                        packs,
                        new GrpcSecrets(blocking),
                        OpenedAddresses.parse(environment.getOrDefault("BELAY_REACHABLE", ""))),
                new TaskHouse.Archive(packs, new GrpcHistory(blocking)),
                models,
                new Tenure(BootClock::now),
                InstantSource.system(),
                new RunnerDisk(floors(environment), room.state()));
        house.recover();
        ControllerLink link = new ControllerLink(
                RunnerLinkGrpc.newStub(channel).withCallCredentials(credentials),
                packs,
                house,
                new ControllerLink.Introduction(hello(environment, room, engine, report), room.state()),
                new SecureRandom());
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(house, link, channel, main), "stop"));
        try {
            link.run();
        } catch (ControllerLink.RefusedException refused) {
            fail(ErrorCode.E_SIGNED_OUT, refused, "belay status");
        }
    }

    /** Tasks first, so that what they still say goes out on the open session. */
    private static void stop(TaskHouse house, ControllerLink link, ManagedChannel channel, Thread main) {
        try {
            house.close();
            link.stop();
            main.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        } finally {
            channel.shutdownNow();
        }
    }

    private static Models models(Map<String, String> environment, Room room) {
        try {
            return new Models(
                    ProviderModel.Surroundings.of(environment, room.state().resolve("keys")));
        } catch (BelayException unusable) {
            fail(unusable.code(), unusable.what(), unusable.why(), unusable.next());
            throw unusable;
        }
    }

    private static RunnerDisk.Floors floors(Map<String, String> environment) {
        try {
            return RunnerDisk.Floors.from(environment);
        } catch (IllegalArgumentException unusable) {
            fail(ErrorCode.E_USAGE, unusable, "belay doctor");
            throw unusable;
        }
    }

    private static String name(Map<String, String> environment) {
        return environment.getOrDefault("BELAY_RUNNER_NAME", "local-1");
    }

    private static Hello hello(Map<String, String> environment, Room room, SandboxEngine engine, EngineReport report) {
        return Hello.newBuilder()
                .setRunner(name(environment))
                .setBootId(UUID.randomUUID().toString())
                .setVersion(version())
                .setSlots(room.slots())
                .addEngines(engine.name())
                .addAllWeaker(report.weaker())
                .setHost(host())
                .setCarries(true)
                .build();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException unnamed) {
            return "localhost";
        }
    }

    private static String version() {
        String version = Runner.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    static Json json(EngineReport report) {
        List<Json> findings = new ArrayList<>();
        for (EngineReport.Finding finding : report.findings()) {
            findings.add(Json.object()
                    .put("name", finding.name())
                    .put("grade", finding.grade().name().toLowerCase(Locale.ROOT))
                    .put("mechanism", finding.mechanism())
                    .put("fix", finding.fix())
                    .build());
        }
        return Json.object()
                .put("engine", report.engine())
                .put("findings", new Json.Arr(findings))
                .build();
    }

    private static String needed(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set: start the runner by libexec/belay-runner");
        }
        return value;
    }

    private static void fail(ErrorCode code, Exception why, String next) {
        fail(code, "the runner does not start", String.valueOf(why.getMessage()), next);
    }

    /** In the shape that the client reads from the log. */
    private static void fail(ErrorCode code, String what, String why, String next) {
        System.err.println("error[" + code + "] " + what);
        System.err.println("  why: " + why);
        System.err.println("  next: " + next);
        System.exit(code.exitCode());
    }

    /** The runner's own secret, on every call. */
    private static final class RunnerToken extends CallCredentials {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
        /** Packs and secrets of a task are for the runner that holds it. */
        private static final Metadata.Key<String> NAME =
                Metadata.Key.of("belay-runner", Metadata.ASCII_STRING_MARSHALLER);

        private final String token;
        private final String name;

        RunnerToken(String token, String name) {
            this.token = token;
            this.name = name;
        }

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token);
            headers.put(NAME, name);
            applier.apply(headers);
        }
    }
}
