package dev.belay.controller;

import dev.belay.controller.database.Database;
import dev.belay.controller.database.Schema;
import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.dispatch.ClaimLoop;
import dev.belay.controller.dispatch.Janitor;
import dev.belay.controller.dispatch.Leases;
import dev.belay.controller.dispatch.Watchdog;
import dev.belay.controller.dispatch.Wishes;
import dev.belay.controller.events.EventStreams;
import dev.belay.controller.events.Watched;
import dev.belay.controller.exec.Executions;
import dev.belay.controller.link.RunnerDoor;
import dev.belay.controller.packs.History;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.peers.HintListener;
import dev.belay.controller.peers.HintSender;
import dev.belay.controller.peers.Presence;
import dev.belay.controller.ports.Visits;
import dev.belay.controller.rights.Ceiling;
import dev.belay.controller.runners.Commands;
import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.runners.Relay;
import dev.belay.controller.secrets.Keys;
import dev.belay.controller.submit.ScriptCheck;
import dev.belay.controller.tokens.Token;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.netty.NettyEmbeddedServer;
import io.micronaut.inject.qualifiers.Qualifiers;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A controller that is up: both servers listen, the loops run. Closing it stops all that it started, last thing first. */
public final class RunningController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningController.class);

    /** Something to stop. */
    private interface Stop {
        void run() throws Exception;
    }

    private final Deque<Stop> stops = new ArrayDeque<>();
    private final Settings settings;
    private @Nullable ApplicationContext started;
    private int httpPort;
    private int grpcPort;

    private RunningController(Settings settings) {
        this.settings = settings;
    }

    /** On any failure nothing is left running, the database of {@code parts} included. */
    public static RunningController start(Settings settings, Parts parts) throws IOException {
        RunningController controller = new RunningController(settings);
        try {
            controller.open(parts);
            return controller;
        } catch (IOException | RuntimeException failed) {
            controller.close();
            throw failed;
        }
    }

    private void open(Parts parts) throws IOException {
        Database database = parts.database();
        stops.push(database::close);
        Schema.prepare(database, settings.owner().tenant(), settings.owner().actor());
        Files.createDirectories(
                settings.home(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        StateLock lock = StateLock.take(settings.home());
        stops.push(lock::close);
        SecureRandom random = new SecureRandom();
        Token people = settings.tokenFile().isPresent()
                ? Token.read(settings.tokenFile().get())
                : Token.readOrCreate(settings.home().resolve("token"), random);
        Token runners = settings.runnerTokenFile().isPresent()
                ? Token.read(settings.runnerToken())
                : Token.readOrCreate(settings.runnerToken(), random);

        Ceiling ceiling = new Ceiling(settings.ceiling());
        ceiling.now();
        Keys keys = Keys.of(settings.secretKeys(), settings.ownSecretKey());
        ApplicationContext context = ApplicationContext.builder()
                .mainClass(Controller.class)
                .banner(false)
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .environmentPropertySource(false)
                .properties(Map.of(
                        "micronaut.server.host",
                        settings.bind().getHostAddress(),
                        "micronaut.server.port",
                        settings.httpPort() == 0 ? -1 : settings.httpPort()))
                .build();
        context.registerSingleton(Settings.class, settings);
        context.registerSingleton(Ceiling.class, ceiling);
        context.registerSingleton(Keys.class, keys);
        context.registerSingleton(Timings.class, parts.timings());
        context.registerSingleton(Bounds.class, settings.bounds());
        context.registerSingleton(Database.class, database);
        context.registerSingleton(PackStore.class, parts.packs());
        context.registerSingleton(History.class, parts.history());
        context.registerSingleton(ScriptCheck.class, parts.scripts());
        context.registerSingleton(Clock.class, Clock.systemUTC());
        context.registerSingleton(Token.class, people, Qualifiers.byName("people"));
        context.registerSingleton(Token.class, runners, Qualifiers.byName("runners"));
        stops.push(context::close);
        context.start();
        started = context;

        Presence presence = context.getBean(Presence.class);
        stops.push(presence::end);
        boolean others = presence.begin(parts.packs().id());
        context.getBean(Commands.class).forget();
        if (!others) {
            // Where another controller lives, runners could go there: whoever did not is not to be waited for again.
            context.getBean(Leases.class).revive();
        }
        grpcPort = listen("BELAY_GRPC_PORT", settings.grpcPort(), () -> {
            RunnerDoor door = context.getBean(RunnerDoor.class);
            stops.push(door::close);
            return door.open();
        });
        httpPort = listen("BELAY_HTTP_PORT", settings.httpPort(), () -> {
            NettyEmbeddedServer server = context.getBean(NettyEmbeddedServer.class);
            // Unlike stop(), this returns when nothing listens any more, and leaves the context to its own turn.
            stops.push(server::stopServerOnly);
            server.start();
            return server.getPort();
        });
        stops.push(context.getBean(Executions.class)::stop);
        stops.push(context.getBean(Commands.class)::stop);
        stops.push(context.getBean(Visits.class)::stop);
        loops(context, parts.timings());
    }

    private void loops(ApplicationContext context, Timings timings) {
        ClaimLoop loop = context.getBean(ClaimLoop.class);
        Thread claims = Thread.ofVirtual().name("claims").start(loop::run);
        stops.push(() -> {
            loop.stop();
            if (!claims.join(Duration.ofSeconds(5))) {
                claims.interrupt();
            }
        });
        ScheduledExecutorService sweeps = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("janitor").factory());
        long pause = timings.poll().toMillis();
        sweeps.scheduleWithFixedDelay(context.getBean(Janitor.class)::sweep, pause, pause, TimeUnit.MILLISECONDS);
        // Its times are minutes, and it looks through every task that is not done.
        sweeps.scheduleWithFixedDelay(context.getBean(Watchdog.class)::sweep, pause, 10 * pause, TimeUnit.MILLISECONDS);
        stops.push(() -> {
            sweeps.shutdown();
            if (!sweeps.awaitTermination(5, TimeUnit.SECONDS)) {
                sweeps.shutdownNow();
            }
        });
        looks(context, pause);
        guards(context, pause);
        if (context.getBean(Database.class).shared()) {
            hints(context);
        }
    }

    /** What is looked at again and again, so that nothing rests on a hint's arrival. */
    private void looks(ApplicationContext context, long pause) {
        List<Runnable> looks =
                new ArrayList<>(List.of(context.getBean(Watched.class)::look, context.getBean(Commands.class)::settle));
        looks.add(context.getBean(Wishes.class)::look);
        if (context.getBean(Database.class).shared()) {
            looks.add(context.getBean(Presence.class)::beat);
            looks.add(context.getBean(Elsewhere.class)::refresh);
            looks.add(context.getBean(Relay.class)::look);
            looks.add(context.getBean(Relay.class)::sweep);
        }
        ScheduledExecutorService looker = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("looks").factory());
        looker.scheduleWithFixedDelay(() -> looks.forEach(RunningController::look), 0, pause, TimeUnit.MILLISECONDS);
        stops.push(() -> {
            looker.shutdown();
            if (!looker.awaitTermination(5, TimeUnit.SECONDS)) {
                looker.shutdownNow();
            }
        });
    }

    /** What must be looked at though the database does not answer. */
    private void guards(ApplicationContext context, long pause) {
        DiskGuard disk = context.getBean(DiskGuard.class);
        EventStreams streams = context.getBean(EventStreams.class);
        ScheduledExecutorService guard = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("guards").factory());
        guard.scheduleWithFixedDelay(() -> look(disk::look), 0, pause, TimeUnit.MILLISECONDS);
        guard.scheduleWithFixedDelay(() -> look(streams::cutSlow), pause, pause, TimeUnit.MILLISECONDS);
        stops.push(guard::shutdownNow);
    }

    private static void look(Runnable look) {
        try {
            look.run();
        } catch (JdbiException unreachable) {
            LOG.debug("the database cannot be read; trying again", unreachable);
        } catch (RuntimeException unexpected) {
            // A look that throws would be the last one.
            LOG.error("a look at the database failed; trying again", unexpected);
        }
    }

    private void hints(ApplicationContext context) {
        HintListener listener = context.getBean(HintListener.class);
        Thread hears = Thread.ofVirtual().name("hints-in").start(listener::run);
        Thread tells = Thread.ofVirtual().name("hints-out").start(context.getBean(HintSender.class)::run);
        stops.push(() -> {
            listener.stop();
            tells.interrupt();
            tells.join(Duration.ofSeconds(5));
            if (!hears.join(Duration.ofSeconds(5))) {
                hears.interrupt();
            }
        });
    }

    private interface Listen {
        int open() throws IOException;
    }

    private static int listen(String variable, int port, Listen listen) throws IOException {
        try {
            return listen.open();
        } catch (IOException | RuntimeException failed) {
            for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw BelayException.of(
                                    ErrorCode.E_PORT_IN_USE,
                                    "port " + port + " is in use",
                                    "the kernel refused it to the controller: " + cause.getMessage(),
                                    "set " + variable + " to another port, or to 0 for a free one")
                            .causedBy(failed);
                }
            }
            throw failed;
        }
    }

    public int httpPort() {
        return httpPort;
    }

    public int grpcPort() {
        return grpcPort;
    }

    /** One of the controller's parts, for those who look inside: tests. */
    public <T> T bean(Class<T> type) {
        return Objects.requireNonNull(started).getBean(type);
    }

    /** Completes when the database is gone for good. */
    CompletableFuture<BelayException> databaseLost() {
        return Objects.requireNonNull(started).getBean(Database.class).lost();
    }

    /** Where the people's token is. */
    public Path tokenFile() {
        return settings.tokenFile().orElseGet(() -> settings.home().resolve("token"));
    }

    public Path runnerTokenFile() {
        return settings.runnerToken();
    }

    @Override
    public void close() {
        while (!stops.isEmpty()) {
            try {
                stops.pop().run();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (Exception failed) {
                LOG.warn("stopping: a part did not end cleanly", failed);
            }
        }
    }
}
