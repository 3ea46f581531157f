package dev.belay.controller;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller's process. Configured by its environment (see README.md); says where it listens in controller.json once
 * it does, and takes that back when it stops.
 */
public final class Controller {
    private Controller() {}

    public static void main(String[] arguments) {
        beforeAnythingLoads();
        Logger log = LoggerFactory.getLogger(Controller.class);
        int exit;
        try {
            exit = run(arguments, log);
        } catch (BelayException named) {
            log.error("{}: {}", named.code(), named.what());
            System.err.print(spoken(named));
            exit = named.code().exitCode();
        } catch (IOException | RuntimeException unexpected) {
            String id = UUID.randomUUID().toString();
            log.error("the controller failed, error {}", id, unexpected);
            System.err.println("belay: the controller failed; its log has the details under " + id + " (E_INTERNAL)");
            exit = ErrorCode.E_INTERNAL.exitCode();
        }
        Runtime.getRuntime().halt(exit);
    }

    /** Netty and the log read these once, when their first class loads. */
    private static void beforeAnythingLoads() {
        setDefault("io.netty.allocator.type", "pooled");
        setDefault("io.netty.allocator.numHeapArenas", "1");
        setDefault("io.netty.allocator.numDirectArenas", "2");
        setDefault("io.netty.allocator.maxOrder", "6");
        setDefault("io.netty.eventLoopThreads", "2");
        String file = System.getenv("BELAY_LOG_FILE");
        if (file != null && !file.isBlank()) {
            System.setProperty("belay.log.file", file.strip());
            setDefault("logback.configurationFile", "logback-file.xml");
        }
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    private static int run(String[] arguments, Logger log) throws IOException {
        if (arguments.length > 0) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "the controller takes no arguments",
                    "it is configured by its environment",
                    "see BELAY_STATE, BELAY_HTTP_PORT, BELAY_GRPC_PORT, BELAY_BIND, BELAY_DATABASE_URL");
        }
        Settings settings = Settings.from(System.getenv(), Instant.now());
        CompletableFuture<Optional<BelayException>> end = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            end.complete(Optional.empty());
                            awaitQuietly(stopped);
                        },
                        "stop"));
        Path announcement = settings.home().resolve("controller.json");
        try (RunningController controller = RunningController.start(settings, Parts.of(settings))) {
            announce(announcement, settings, controller);
            log.info(
                    "controller {} listens on {}: http {}, grpc {}",
                    settings.version(),
                    settings.bind().getHostAddress(),
                    controller.httpPort(),
                    controller.grpcPort());
            controller.databaseLost().thenAccept(why -> end.complete(Optional.of(why)));
            Optional<BelayException> why = end.join();
            log.info("stopping");
            Files.deleteIfExists(announcement);
            if (why.isPresent()) {
                throw why.get();
            }
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void announce(Path file, Settings settings, RunningController controller) throws IOException {
        String json = Json.object()
                .put("pid", ProcessHandle.current().pid())
                .put("started_at", settings.startedAt().toString())
                .put("http_port", controller.httpPort())
                .put("grpc_port", controller.grpcPort())
                .put("version", settings.version())
                .build()
                .print();
        Path fresh = file.resolveSibling("controller.json.new");
        Files.writeString(fresh, json + "\n", StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String spoken(BelayException error) {
        StringBuilder text = new StringBuilder("error[" + error.code() + "] " + error.what() + "\n");
        line(text, "why", error.why());
        line(text, "work", error.work());
        line(text, "next", error.next());
        return text.toString();
    }

    private static void line(StringBuilder text, String label, String value) {
        if (!value.isEmpty()) {
            text.append("  ").append(label).append(": ").append(value).append('\n');
        }
    }
}
