package dev.belay.runner.hands;

import dev.belay.runner.room.Uids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A real hand as pid 1 of a plain bubblewrap sandbox, with a temporary directory as its /workspace. */
public final class ConfinedHand implements AutoCloseable {
    static final Path SCRIPT = Path.of("src/main/dist/share/hand.pl").toAbsolutePath();

    final Path workspace;
    public final Process process;
    public final ChannelHand hand;
    private final Path home;

    private ConfinedHand(Path home, Path workspace, Process process, Map<String, String> surroundings) {
        this.home = home;
        this.workspace = workspace;
        this.process = process;
        this.hand = new ChannelHand(process.getInputStream(), process.getOutputStream(), () -> surroundings, () -> {});
    }

    static ConfinedHand start() {
        return start(Map.of());
    }

    private static ConfinedHand start(Map<String, String> surroundings) {
        try {
            Path home = Files.createTempDirectory("belay-hand");
            Path workspace = Files.createDirectory(home.resolve("workspace"));
            Path script = Files.copy(SCRIPT, home.resolve("hand.pl"));
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(workspace, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
            List<String> command = new ArrayList<>(Uids.as(65534));
            command.addAll(List.of(
                    ("bwrap --unshare-all --unshare-user --die-with-parent --new-session --as-pid-1 --uid 1000 --gid 1000"
                                    + " --cap-drop ALL --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib"
                                    + " --symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp --bind "
                                    + workspace + " /workspace --ro-bind " + script
                                    + " /run/belay/hand.pl --chdir /workspace --clearenv"
                                    + " --setenv PATH /usr/bin:/bin --setenv HOME /tmp --setenv LC_ALL C.UTF-8"
                                    + " /usr/bin/prlimit --nproc=700 /usr/bin/perl /run/belay/hand.pl")
                            .split(" ")));
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            ConfinedHand confined = new ConfinedHand(home, workspace, process, surroundings);
            confined.hand.ping();
            return confined;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** For more than one test: a sandbox dies with the thread that began it, and each test may have one of its own. */
    public static ConfinedHand startForAll() {
        return startForAll(Map.of());
    }

    /** @param surroundings what every command has in its environment */
    public static ConfinedHand startForAll(Map<String, String> surroundings) {
        CompletableFuture<ConfinedHand> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("confined-hand").start(() -> {
            try {
                ConfinedHand confined = start(surroundings);
                started.complete(confined);
                confined.process.waitFor();
            } catch (RuntimeException failed) {
                started.completeExceptionally(failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        return started.join();
    }

    /** Runs a shell command to its end and returns what it printed. */
    Ran sh(String command) throws Exception {
        return sh(Hand.Command.of("/bin/sh", "-c", command));
    }

    Ran sh(Hand.Command command) throws Exception {
        Collected collected = new Collected();
        Hand.Exit exit = hand.run(command, collected).await(java.time.Duration.ofSeconds(60));
        return new Ran(exit, collected.out(), collected.err());
    }

    /** How many processes inside carry the word in their command line; the asking one does not count. */
    public long living(String word) throws Exception {
        String hidden = word.charAt(0) + "[" + word.charAt(1) + "]" + word.substring(2);
        return sh("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c '" + hidden + "'; true")
                .out()
                .lines()
                .mapToLong(Long::parseLong)
                .sum();
    }

    record Ran(Hand.Exit exit, String out, String err) {}

    @Override
    public void close() throws IOException {
        hand.close();
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException problem) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
