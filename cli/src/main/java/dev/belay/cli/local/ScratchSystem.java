package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.server.Server;
import dev.belay.cli.terminal.Interrupts;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A whole system for a while: a project's folder, a state folder, and the controller and the runner that are started
 * for them. It knows nothing of the person's own. When it is closed, or the process ends, all of it is stopped and
 * removed.
 */
public final class ScratchSystem implements AutoCloseable {
    private final Cli cli;
    private final Path folder;
    private final Path project;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread atExit = new Thread(this::endNow, "scratch-end");
    private volatile boolean keepProject;
    private volatile boolean over;
    private volatile @Nullable Thread worker;

    private ScratchSystem(Cli cli, Path folder, Path project) {
        this.cli = cli;
        this.folder = folder;
        this.project = project;
    }

    /**
     * @param cli whose screen and distribution it uses
     * @param name begins the name of its folder
     * @param project the name of the project's folder, which is not made yet
     * @param variables beside those that keep it apart from everything else
     */
    public static ScratchSystem make(Cli cli, String name, String project, Map<String, String> variables)
            throws IOException {
        Path folder = Files.createTempDirectory(name);
        // The runner lives below it under another uid.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Map<String, String> apart = new HashMap<>(Map.of(
                "BELAY_SERVER",
                "",
                "BELAY_TOKEN",
                "",
                "BELAY_CONTEXT",
                "local",
                "BELAY_HTTP_PORT",
                "",
                "BELAY_GRPC_PORT",
                ""));
        apart.putAll(variables);
        apart.put("BELAY_STATE", folder.resolve("state").toString());
        Path root = folder.resolve(project);
        ScratchSystem system = new ScratchSystem(cli.with(Interrupts.none()).in(root, apart), folder, root);
        Runtime.getRuntime().addShutdownHook(system.atExit);
        return system;
    }

    /** Stands in the project, and answers no Ctrl-C of its own. */
    public Cli cli() {
        return cli;
    }

    public Path folder() {
        return folder;
    }

    public Path project() {
        return project;
    }

    /** The project's folder stays when the rest is removed. */
    public void keepProject() {
        keepProject = true;
    }

    /**
     * Started when it is first asked for.
     *
     * @throws InterruptedException when it is being ended; then nothing is started any more
     */
    public Server server() throws InterruptedException {
        if (over) {
            throw new InterruptedException("the system is being ended");
        }
        return new LocalServer(cli, cli.screen()).orStart();
    }

    /** Something that is done with it. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** Whether it was told to end, so that what fails now fails because of that. */
    public boolean isOver() {
        return over;
    }

    /**
     * Does the work on a thread of its own, so that Ctrl-C ends the work and not this process, which has to tidy up.
     *
     * @return false when Ctrl-C or the end of this process cut it short
     */
    public boolean during(Interrupts interrupts, Work work) throws Exception {
        CompletableFuture<Optional<Exception>> end = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("scratch-work").unstarted(() -> {
            try {
                work.run();
                end.complete(Optional.empty());
            } catch (Exception failed) {
                end.complete(Optional.of(failed));
            } catch (Error fatal) {
                end.completeExceptionally(fatal);
            }
        });
        worker = thread;
        thread.start();
        try (Interrupts.Held _ = interrupts.whenInterrupted(this::cutShort)) {
            Optional<Exception> failed = end.get();
            if (over) {
                return false;
            }
            if (failed.isPresent()) {
                throw failed.get();
            }
            return true;
        } catch (ExecutionException fatal) {
            throw new IllegalStateException(fatal.getCause());
        }
    }

    private void cutShort() {
        over = true;
        Thread working = worker;
        if (working != null) {
            working.interrupt();
        }
    }

    private void endNow() {
        cutShort();
        end();
    }

    /**
     * Stops and removes it, once.
     *
     * @return whether this call did it, and all of it
     */
    public boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        try {
            new LocalServer(cli, cli.screen()).stop();
            delete(keepProject ? folder.resolve("state") : folder);
            return true;
        } catch (IOException failed) {
            cli.screen().note("could not remove " + folder + ": " + failed.getMessage());
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException thisProcessIsEnding) {
            // The hook has run, or finds that there is nothing left to do.
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
