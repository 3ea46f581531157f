package dev.belay.runner.task;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.PackRef;
import dev.belay.proto.v1.RunCommand;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.model.NoModels;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import dev.belay.runner.secrets.SecretValue;
import dev.belay.runner.snapshot.Bench;
import dev.belay.runner.snapshot.Shell;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Tasks of one project that real git packed, with a script in place of a model and real sandboxes. */
final class RealTasks implements AutoCloseable {
    static final String SECRET = "0c5e9b1f7a3d4e62";

    private final Path folder;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Path> packs = new ConcurrentHashMap<>();
    private final String commit;
    private final PackRef project;
    private final String name = "t-setup" + Long.toHexString(System.nanoTime());
    private int runs;

    final SandboxedPlaces places;

    /** @param make a shell script that writes the project's files */
    RealTasks(String make) throws IOException {
        folder = Files.createTempDirectory("belay-setup-");
        Path source = Files.createDirectory(folder.resolve("source"));
        Shell.sh(
                source, "umask 022; git init -q -b main .; git config user.name t; git config user.email t@t; " + make);
        Shell.sh(source, "git add -A; git commit -q --allow-empty -m base");
        commit = Shell.sh(source, "git rev-parse HEAD").strip();
        Path pack = folder.resolve("all.pack");
        Shell.sh(source, "git rev-list --objects --all | git pack-objects -q --stdout >" + pack);
        project = ref(pack);
        Room room = Room.fromEnvironment(System.getenv());
        SandboxEngine engine = new NamespaceEngine(room, Path.of("src/main/dist/share/hand.pl"));
        places = new SandboxedPlaces(
                room, engine, engine.probe(), new Kept(), new OneSecret(), OpenedAddresses.parse(""));
    }

    /** What a task said of itself. */
    record Ran(List<Event> events) {
        List<Event> of(Event.BodyCase kind) {
            return events.stream().filter(event -> event.getBodyCase() == kind).toList();
        }

        TaskStateChanged end() {
            return events.getLast().getTaskState();
        }

        List<String> kinds() {
            return events.stream().map(event -> event.getBodyCase().name()).toList();
        }

        Snapshot snapshot(int step) {
            return of(Event.BodyCase.SNAPSHOT_CREATED).stream()
                    .map(event -> event.getSnapshotCreated().getSnapshot())
                    .filter(snapshot -> snapshot.getStep() == step)
                    .findFirst()
                    .orElseThrow();
        }

        /** As if it had been cut off there. */
        List<Event> untilLastStep() {
            return events.subList(0, kinds().lastIndexOf("SNAPSHOT_CREATED") + 1);
        }

        /** What its tools printed. */
        String printed() {
            return String.join(
                    "\n",
                    of(Event.BodyCase.TOOL_RESULT).stream()
                            .map(event -> event.getToolResult().getOutput())
                            .toList());
        }

        List<String> warnings() {
            return of(Event.BodyCase.WARNING).stream()
                    .map(event -> event.getWarning().getCode())
                    .toList();
        }
    }

    /** @param commands one turn each */
    Assignment.Builder task(String... commands) {
        StringBuilder script = new StringBuilder("model: script/1\nturns:\n");
        for (String command : commands) {
            script.append("  - calls:\n      - Bash: {command: '")
                    .append(command.replace("'", "''"))
                    .append("'}\n");
        }
        return Assignment.newBuilder()
                .setTask(name)
                .setShortId("t-1")
                .setEpoch(1)
                .setTenant("tenant")
                .setProject(name)
                .setPrompt("do it")
                .setModel("script")
                .setScriptName("script.yaml")
                .setScript(script + "  - say: \"All done.\"\n")
                .setBaseCommit(commit)
                .setHeadCommit(commit)
                .setBranch("main")
                .setAcceptWeaker(true)
                .addPacks(project);
    }

    /** The same task once more, from its last snapshot on; its script has one more command. */
    Assignment.Builder goesOn(Ran before, String... commands) {
        Assignment.Builder again = task(commands);
        List<Event> taken = before.of(Event.BodyCase.SNAPSHOT_CREATED);
        Snapshot last = taken.getLast().getSnapshotCreated().getSnapshot();
        for (Event event : taken) {
            again.addSnapshotPacks(
                    ref(pack(event.getSnapshotCreated().getSnapshot().getPackSha256())));
        }
        return again.setEpoch(2)
                .setResume(last)
                .setNewestCommit(last.getCommit())
                .setLastStep(last.getStep())
                .setLastTurn(last.getTurn());
    }

    Ran run(Assignment assignment) throws Exception {
        return run(assignment, List.of());
    }

    Ran run(Assignment assignment, List<Event> history) throws Exception {
        try (Spool spool = Spool.open(folder.resolve("spool-" + runs++))) {
            TaskRun run = new TaskRun(
                    assignment,
                    spool,
                    new Speech(),
                    new TaskRun.Surroundings(
                            places,
                            (task, epoch) -> history,
                            held(),
                            InstantSource.system(),
                            deadlines,
                            RunnerDisk.endless(),
                            NoModels.here()),
                    () -> {});
            run.start();
            run.awaitEnd(Duration.ofSeconds(60));
            List<Event> events = new ArrayList<>();
            for (long last = 0; last < spool.lastWritten(); ) {
                for (Spool.Entry entry : spool.after(last, 100)) {
                    last = entry.event().getRunnerSeq();
                    events.add(entry.event().getEvent());
                    if (entry.pack().isPresent()) {
                        keep(entry.pack().get());
                    }
                }
            }
            return new Ran(List.copyOf(events));
        }
    }

    private static Tenure held() {
        Tenure tenure = new Tenure(() -> Duration.ZERO);
        tenure.renewed(Duration.ZERO, Duration.ofSeconds(30));
        return tenure;
    }

    private void keep(Path pack) throws IOException {
        String sha256 = Bench.sha256(pack);
        packs.put(sha256, Files.copy(pack, folder.resolve(sha256), java.nio.file.StandardCopyOption.REPLACE_EXISTING));
    }

    private Path pack(String sha256) {
        return Objects.requireNonNull(packs.get(sha256), sha256);
    }

    private PackRef ref(Path pack) {
        try {
            String sha256 = Bench.sha256(pack);
            packs.put(sha256, pack);
            return PackRef.newBuilder()
                    .setSha256(sha256)
                    .setSize(Files.size(pack))
                    .build();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    /** A person's command in the task when it has ended. */
    List<CommandResult> afterwards(Assignment assignment, Snapshot head, String command) throws Exception {
        List<CommandResult> results = new ArrayList<>();
        Replies replies = new Replies() {
            @Override
            public void stdout(byte[] bytes) {}

            @Override
            public void stderr(byte[] bytes) {}

            @Override
            public void waiting(String why) {}

            @Override
            public void result(CommandResult.Builder result) {
                results.add(result.build());
            }
        };
        Command asked = Command.newBuilder()
                .setTask(name)
                .setId("c-1")
                .setActor("ann")
                .setRun(RunCommand.newBuilder()
                        .addAllArgv(List.of("sh", "-c", command))
                        .setAssignment(assignment.toBuilder().setNewestCommit(head.getCommit()))
                        .setHead(head)
                        .setStep(head.getStep() + 1))
                .build();
        new EndedTaskCommand(asked, replies, places, new Kept(), InstantSource.system()).carryOut(place -> {});
        return results;
    }

    /** As if the task came to another runner. */
    void forgetWhatIsHere() throws IOException {
        places.discard(name);
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        places.discard(name);
        Shell.run(Path.of("/"), "rm", "-rf", folder.toString());
    }

    private final class Kept implements Packs {
        @Override
        public void fetch(String task, String sha256, Taker taker) throws IOException {
            try (InputStream in = Files.newInputStream(pack(sha256))) {
                taker.take(in);
            }
        }

        @Override
        public void store(String task, int epoch, String sha256, Path pack) throws IOException {
            keep(pack);
        }
    }

    /** What a policy can name. */
    private record OneSecret() implements Secrets {
        @Override
        public List<Held> first(String task, int epoch) {
            return List.of(new Held("TOKEN", new SecretValue(SECRET), List.of()));
        }

        @Override
        public List<Held> again(String task, int epoch) {
            return first(task, epoch);
        }
    }
}
