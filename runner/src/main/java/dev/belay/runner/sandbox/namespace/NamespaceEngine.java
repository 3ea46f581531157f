package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Processes;
import dev.belay.runner.linux.Processes.Resource;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.WorkspaceFiles;
import dev.belay.runner.sandbox.shared.EngineFolder;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sandboxes of Linux namespaces, made by bubblewrap, with the hand as pid 1. */
public final class NamespaceEngine implements SandboxEngine {
    private static final int START_SECONDS = 10;
    private static final long OPEN_FILES = 65_536;

    private final Room room;
    private final Tools tools;
    private final Path bubblewrap;
    private final EngineFiles files;
    private final BubblewrapArguments arguments;
    private final String startProgram = EngineFolder.resource(NamespaceEngine.class, "start.pl");

    /** @param handProgram the perl file that runs as the first process; it is copied, and shown to every sandbox */
    public NamespaceEngine(Room room, Tools tools, Path handProgram) throws IOException {
        this(room, tools, "hand.pl", Files.readAllBytes(handProgram));
    }

    public NamespaceEngine(Room room, Path handProgram) throws IOException {
        this(room, Tools.ofMachine(), handProgram);
    }

    NamespaceEngine(Room room, Tools tools, String programName, byte[] program) throws IOException {
        this.room = room;
        this.tools = tools;
        this.bubblewrap = findBubblewrap();
        this.files = EngineFiles.prepare(room.state(), tools, programName, program);
        this.arguments = new BubblewrapArguments(files, tools);
    }

    @Override
    public String name() {
        return "namespace";
    }

    @Override
    public EngineReport probe() {
        return NamespaceProbe.of(room, tools);
    }

    @Override
    public Sandbox start(SandboxSpec spec) throws SandboxException {
        return launch(spec);
    }

    NamespaceSandbox launch(SandboxSpec spec) throws SandboxException {
        int uid = room.uid(spec.slot());
        refuse(spec, uid);
        SandboxCgroups cgroups;
        try {
            cgroups = SandboxCgroups.create(room.cgroups(), spec.id(), spec.limits());
        } catch (IOException failed) {
            throw new SandboxException("sandbox " + spec.id() + ": its cgroups cannot be made: " + failed, failed);
        }
        Process outer = null;
        Status status = null;
        try {
            outer = Starter.start(command(spec, uid, cgroups));
            status = new Status(outer.getErrorStream(), spec.id());
            long hand = status.child().get(START_SECONDS, TimeUnit.SECONDS);
            check(hand, outer, uid);
            bound(hand, spec.limits(), cgroups);
            awaitAnswer(outer.getInputStream());
            return new NamespaceSandbox(spec.id(), outer, hand, cgroups);
        } catch (IOException | ExecutionException | TimeoutException | RuntimeException failed) {
            abandon(outer, cgroups, failed);
            throw new SandboxException(cause(spec, failed, status), failed);
        } catch (InterruptedException stopped) {
            SandboxException why =
                    new SandboxException("sandbox " + spec.id() + ": its start was interrupted", stopped);
            abandon(outer, cgroups, why);
            Thread.currentThread().interrupt();
            throw why;
        }
    }

    private void refuse(SandboxSpec spec, int uid) throws SandboxException {
        if (spec.slot() < 0 || spec.slot() >= room.slots()) {
            throw new SandboxException("sandbox " + spec.id() + ": there is no slot " + spec.slot());
        }
        if (UidMap.own().kernelUid(uid) == 0) {
            throw new SandboxException(
                    "sandbox " + spec.id() + ": its kernel uid would be 0; start the runner by libexec/belay-runner");
        }
        if (!Files.isDirectory(merged(spec))) {
            throw new SandboxException("sandbox " + spec.id() + ": no directory " + merged(spec));
        }
        if (spec.environment().keySet().stream().anyMatch(name -> !name.matches("[A-Za-z_][A-Za-z0-9_]*"))) {
            throw new SandboxException("sandbox " + spec.id() + ": a variable's name is not a name");
        }
    }

    private static Path merged(SandboxSpec spec) throws SandboxException {
        return switch (spec.workspace()) {
            case WorkspaceFiles.Merged(Path directory) -> directory;
            case WorkspaceFiles.Layers _ ->
                throw new SandboxException(
                        "sandbox " + spec.id() + ": this engine mounts no layers; mount them before");
        };
    }

    private ProcessBuilder command(SandboxSpec spec, int uid, SandboxCgroups cgroups) throws SandboxException {
        List<String> all = new ArrayList<>(List.of("/usr/bin/perl", "-e", startProgram, "--"));
        all.addAll(
                List.of(Integer.toString(uid), files.filter().toString(), cgroups.joinFiles(), bubblewrap.toString()));
        all.addAll(arguments.of(spec, merged(spec)));
        ProcessBuilder builder = new ProcessBuilder(all).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        return builder;
    }

    /** The pid comes over a pipe: it is believed only if that process is bubblewrap's child and has the sandbox's uid. */
    private static void check(long hand, Process outer, int uid) throws IOException {
        if (Processes.parent(hand).orElse(-1L) != outer.pid()) {
            throw new IOException("process " + hand + " is not the sandbox's first process");
        }
        String[] uids = Processes.status(hand, "Uid").orElse("").split("\\s+");
        for (String each : uids) {
            if (!each.equals(Integer.toString(uid))) {
                throw new IOException("the first process has uid " + each + " and not " + uid);
            }
        }
    }

    /** Set from outside on the first process, before it can have started another; everything inside inherits it. */
    private static void bound(long hand, Limits limits, SandboxCgroups cgroups) throws IOException {
        Processes.limit(hand, Resource.PROCESSES, limits.processes());
        Processes.limit(hand, Resource.FILE_SIZE, limits.fileSizeBytes());
        Processes.limit(hand, Resource.CORE, 0);
        Processes.limit(hand, Resource.OPEN_FILES, OPEN_FILES);
        if (!cgroups.capsMemory()) {
            Processes.limit(hand, Resource.DATA, limits.memoryMib() * (1L << 20));
        }
    }

    /** The hand's first frame: a pong without payload. */
    private static void awaitAnswer(InputStream fromHand)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(fromHand.readNBytes(9));
            } catch (IOException failed) {
                answer.completeExceptionally(failed);
            }
        });
        byte[] frame = answer.get(START_SECONDS, TimeUnit.SECONDS);
        if (frame.length < 9 || frame[0] != 'G' || (frame[5] | frame[6] | frame[7] | frame[8]) != 0) {
            throw new IOException(
                    frame.length < 9 ? "the hand ended before it answered" : "the hand's first frame is not a pong");
        }
    }

    /** To be asked only after the start was abandoned: the complaints end with the processes that utter them. */
    private static String cause(SandboxSpec spec, Exception failed, @Nullable Status status) {
        Throwable root = failed instanceof ExecutionException && failed.getCause() != null ? failed.getCause() : failed;
        String told = root instanceof TimeoutException
                ? "no answer within " + START_SECONDS + " s"
                : String.valueOf(root.getMessage());
        String complaints = status == null
                ? ""
                : status.complaints().completeOnTimeout("", 1, TimeUnit.SECONDS).join();
        if (complaints.startsWith("bwrap:") || complaints.startsWith("start:")) {
            told = "it was refused";
        }
        return "sandbox " + spec.id() + " did not start: " + told + (complaints.isEmpty() ? "" : ": " + complaints);
    }

    private static void abandon(@Nullable Process outer, SandboxCgroups cgroups, Exception why) {
        try {
            if (outer != null) {
                outer.descendants().forEach(ProcessHandle::destroyForcibly);
                outer.destroyForcibly().onExit().get(START_SECONDS, TimeUnit.SECONDS);
            }
            cgroups.remove();
        } catch (IOException | ExecutionException | TimeoutException failed) {
            why.addSuppressed(failed);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path findBubblewrap() throws IOException {
        for (String directory : List.of("/usr/bin", "/bin", "/usr/local/bin")) {
            Path path = Path.of(directory, "bwrap");
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        throw new IOException("bubblewrap is not installed: apt-get install bubblewrap");
    }
}
