package dev.belay.cli.demo;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Takes a person through the whole job on a sample project, offline, and leaves nothing behind. */
public final class DemoVerb extends Verb {
    @Option(names = "--keep", description = "Keep the sample project, and say where it is.")
    private boolean keep;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        Path material = Path.of(cli.env("BELAY_HOME")).resolve("share/demo");
        if (cli.env("BELAY_HOME").isEmpty() || !Files.isDirectory(material)) {
            throw BelayException.of(
                    ErrorCode.E_INTERNAL,
                    "this installation has no sample project",
                    "there is no " + material + " (layer: client)",
                    "start belay by the bin/belay of a distribution");
        }
        Path folder = Files.createTempDirectory("belay-demo-");
        // The runner lives below it under another uid.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Cli inside = cli.with(Interrupts.none())
                .in(
                        folder.resolve("shop"),
                        Map.of(
                                "BELAY_STATE",
                                folder.resolve("state").toString(),
                                "BELAY_SERVER",
                                "",
                                "BELAY_TOKEN",
                                "",
                                "BELAY_HTTP_PORT",
                                "",
                                "BELAY_GRPC_PORT",
                                ""));
        AtomicBoolean cleaned = new AtomicBoolean();
        Thread atExit = new Thread(() -> clean(inside, folder, cleaned), "demo-clean");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            return tour(cli, inside, material, folder);
        } finally {
            if (clean(inside, folder, cleaned)) {
                cli.screen()
                        .line(new Line()
                                .dim("Stopped all that was started"
                                        + (keep
                                                ? "; the sample is in " + folder.resolve("shop")
                                                : " and removed the sample")
                                        + "."));
            }
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }

    private int tour(Cli cli, Cli inside, Path material, Path folder) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        cli.screen().line(new Line().bold("Belay, the tour").add(": an agent works alone, and you keep the rope."));
        Tour tour = new Tour(inside, material, Sample.make(material.resolve("shop"), folder.resolve("shop")));
        CompletableFuture<@Nullable Exception> end = new CompletableFuture<>();
        Thread walk = Thread.ofVirtual().name("demo").start(() -> {
            try {
                tour.all();
                end.complete(null);
            } catch (TourFailed | IOException | InterruptedException | RuntimeException failed) {
                end.complete(failed);
            }
        });
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Interrupts.Held _ = cli.interrupts().whenInterrupted(() -> {
            interrupted.set(true);
            walk.interrupt();
        })) {
            Exception failed = end.get();
            if (interrupted.get()) {
                cli.screen().note("interrupted at the stage “" + tour.stage() + "”");
                return ErrorCode.Exit.DETACHED;
            }
            if (failed != null) {
                throw stageFailed(tour.stage(), failed);
            }
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        long seconds = (System.nanoTime() - begun) / 1_000_000_000;
        cli.screen().line("");
        cli.screen()
                .line(new Line()
                        .add(Look.GREEN, "✓ ")
                        .add("Every stage was checked while it was shown (" + seconds + " s)."));
        return ErrorCode.Exit.DONE;
    }

    private static BelayException stageFailed(String stage, Exception failed) {
        ErrorCode code = failed instanceof BelayException named ? named.code() : ErrorCode.E_INTERNAL;
        String why =
                failed instanceof BelayException named ? named.why() : "the tour checks what it shows (layer: demo)";
        String next = failed instanceof BelayException named ? named.next() : "belay doctor";
        return BelayException.of(
                        code,
                        "the tour stopped at the stage “" + stage + "”: " + failed.getMessage(),
                        why,
                        "your own files were never part of it",
                        next)
                .causedBy(failed);
    }

    /** Once, whoever comes first. */
    private boolean clean(Cli inside, Path folder, AtomicBoolean cleaned) {
        if (!cleaned.compareAndSet(false, true)) {
            return false;
        }
        try {
            new LocalServer(inside, inside.screen()).stop();
            delete(keep ? folder.resolve("state") : folder);
            return true;
        } catch (IOException failed) {
            inside.screen().note("could not remove " + folder + ": " + failed.getMessage());
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failed) throws IOException {
                if (failed != null) {
                    throw failed;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
