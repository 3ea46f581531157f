package dev.belay.runner.task;

import dev.belay.proto.bounds.Amount;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.model.Models;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The tasks of this runner: those that live, and those whose record the controller has not wholly acknowledged.
 *
 * <p>Guarantee: a task is here once, in one epoch. A record that a former process left behind is closed by giving the task
 * back, because the sandbox died with that process.
 */
public final class TaskHouse implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TaskHouse.class.getName());

    /** A record on its way to the controller, and what is said meanwhile. */
    public record Open(String task, int epoch, Spool spool, Speech speech) {}

    private record Key(String task, int epoch) {}

    /** What the controller keeps of tasks, and how a runner gets at it. */
    public record Archive(Packs packs, History history) {}

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long DISK_LOOK_MS = 200;
    private static final int VISITS = 32;

    private final Path spools;
    private final int slots;
    private final Places places;
    private final Archive archive;
    private final Tenure tenure;
    private final InstantSource clock;
    private final RunnerDisk disk;
    private final Models models;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("deadlines").factory());
    private final Map<Key, Open> open = new ConcurrentHashMap<>();
    private final Map<String, TaskRun> live = new ConcurrentHashMap<>();
    private final Semaphore visits = new Semaphore(VISITS);
    private final Map<String, Place> reopened = new ConcurrentHashMap<>();
    private final Answered answered = new Answered();
    private volatile Consumer<Open> opened = record -> {};

    private final Thread diskWatch = Thread.ofPlatform().daemon().name("disk").unstarted(this::watchDisk);

    public TaskHouse(
            Path spools, int slots, Places places, Archive archive, Models models, Tenure tenure, InstantSource clock) {
        this(spools, slots, places, archive, models, tenure, clock, RunnerDisk.endless());
    }

    public TaskHouse(
            Path spools,
            int slots,
            Places places,
            Archive archive,
            Models models,
            Tenure tenure,
            InstantSource clock,
            RunnerDisk disk) {
        this.models = models;
        this.disk = disk;
        this.spools = spools;
        this.slots = slots;
        this.places = places;
        this.archive = archive;
        this.tenure = tenure;
        this.clock = clock;
    }

    public Models models() {
        return models;
    }

    public Tenure tenure() {
        return tenure;
    }

    /** Takes up what a former process of this runner left. */
    public void recover() throws IOException {
        diskWatch.start();
        Files.createDirectories(spools);
        List<Path> files;
        try (Stream<Path> all = Files.list(spools)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            String[] name = file.getFileName().toString().split("@", 2);
            if (name.length != 2 || !name[1].matches("[0-9]{1,9}")) {
                continue;
            }
            Spool spool = Spool.open(file);
            if (!spool.sealed()) {
                new Journal(spool, clock, disk)
                        .writeDurably(
                                Event.newBuilder()
                                        .setTaskState(TaskStateChanged.newBuilder()
                                                .setTo(TaskState.TASK_STATE_QUEUED)
                                                .setStopReason("runner_restarted")
                                                .setDetail("its runner's process ended, and the sandbox with it")),
                                0,
                                0,
                                "runner");
            }
            Key key = new Key(name[0], Integer.parseInt(name[1]));
            open.put(key, new Open(key.task(), key.epoch(), spool, new Speech()));
        }
    }

    /** Called with every record that is opened from now on. */
    public void onOpen(Consumer<Open> listener) {
        opened = listener;
    }

    public List<Open> records() {
        return new ArrayList<>(open.values());
    }

    public int slots() {
        return slots;
    }

    public int used() {
        return live.size();
    }

    /** Takes the task, or says why not. A task or a place that is just coming free is waited for. */
    public synchronized Optional<String> take(Assignment assignment) throws InterruptedException {
        Key key = new Key(assignment.getTask(), assignment.getEpoch());
        if (open.containsKey(key)) {
            return Optional.empty();
        }
        disk.look();
        if (!disk.takesNone().isEmpty()) {
            return Optional.of(disk.takesNone());
        }
        Optional<String> refused = awaitRoom(key.task());
        if (refused.isPresent()) {
            return refused;
        }
        try {
            Spool spool = Spool.open(file(key));
            Open record = new Open(key.task(), key.epoch(), spool, new Speech());
            TaskRun run = new TaskRun(
                    assignment,
                    spool,
                    record.speech(),
                    new TaskRun.Surroundings(places, archive.history(), tenure, clock, deadlines, disk, models),
                    () -> ended(key.task()));
            open.put(key, record);
            live.put(key.task(), run);
            opened.accept(record);
            run.start();
            return Optional.empty();
        } catch (IOException full) {
            return Optional.of("the runner's spool cannot be written: " + full.getMessage());
        }
    }

    private synchronized void ended(String task) {
        live.remove(task);
        notifyAll();
    }

    private synchronized Optional<String> awaitRoom(String task) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            boolean here = live.containsKey(task);
            if (!here && live.size() < slots) {
                return Optional.empty();
            }
            boolean ending = here || live.values().stream().anyMatch(TaskRun::ending);
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (!ending || left <= 0) {
                return Optional.of(here ? "this runner still ends an earlier epoch of the task" : "no free place");
            }
            wait(left);
        }
    }

    public RunnerDisk disk() {
        return disk;
    }

    private void watchDisk() {
        try {
            while (true) {
                if (disk.look()) {
                    relieve();
                }
                TimeUnit.MILLISECONDS.sleep(DISK_LOOK_MS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The disk is all but full. What is kept of tasks that nobody works on goes first; then the task whose files take the
     * most, when that is much; when none does, something else fills the disk, and all are given back.
     */
    private void relieve() throws InterruptedException {
        try {
            places.discardKept(this::isOwed);
        } catch (IOException kept) {
            LOG.log(Level.WARNING, "the files of ended tasks are still there", kept);
        }
        if (!disk.look()) {
            return;
        }
        record Use(TaskRun run, long bytes) {}
        List<TaskRun> runs = live.values().stream().filter(run -> !run.ending()).toList();
        Optional<Use> most = runs.stream()
                .map(run -> new Use(run, places.used(run.task())))
                .max(Comparator.comparingLong(Use::bytes))
                .filter(use -> use.bytes() >= disk.matters());
        if (most.isPresent()) {
            TaskRun run = most.get().run();
            String detail = disk.detail() + ", and the task's files take "
                    + Amount.bytes(most.get().bytes()) + " of it; everything up to its last snapshot is kept";
            LOG.warning("task " + run.task() + " ends here: " + detail);
            run.stop(Stop.fillsDisk(detail));
            run.awaitEnd(PATIENCE);
        } else if (!runs.isEmpty()) {
            LOG.warning("the tasks here are given back: " + disk.detail());
            runs.forEach(run -> run.stop(Stop.diskFull(disk.detail())));
        }
    }

    /** Whether the controller has not acknowledged all that was recorded of a task here. */
    private boolean isOwed(String task) {
        return open.keySet().stream().anyMatch(key -> key.task().equals(task));
    }

    /** The tenure is over: no task goes on here, until {@link #goOn}. To be called again and again. */
    public void fence() {
        live.values().forEach(TaskRun::fence);
    }

    /** A renewal was acknowledged, and what is no longer ours has been told. */
    public void goOn() {
        live.values().forEach(TaskRun::goOn);
    }

    /** The controller says that this epoch is over. */
    public void kill(String task, int epoch, String reason) {
        TaskRun run = live.get(task);
        if (run != null && run.epoch() == epoch) {
            LOG.info("task " + task + " epoch " + epoch + " ends here: " + reason);
            run.kill();
        }
        forget(task, epoch);
    }

    /** A snapshot of the task could not be stored for good; without it the task must not go on. */
    public void snapshotRefused(String task, int epoch, String reason) {
        TaskRun run = live.get(task);
        if (run != null && run.epoch() == epoch) {
            run.stop(Stop.failed("snapshot_failed", reason));
        }
    }

    /** Drops a record that needs no more sending. */
    public void forget(String task, int epoch) {
        Open record = open.remove(new Key(task, epoch));
        if (record != null) {
            record.speech().close();
            try {
                record.spool().delete();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Takes one of the places for visits of all tasks together; what nobody reads is held in this process's memory. */
    public boolean admitVisit() {
        return visits.tryAcquire();
    }

    /** Gives it back. */
    public void visitEnded() {
        visits.release();
    }

    /**
     * Where somebody visits what listens in the task's sandbox.
     *
     * @param epoch 0: where a person's command runs in a task at rest
     * @throws BelayException E_STALE_EPOCH, E_BUSY, E_TASK_ENDED
     */
    public Place visited(String task, int epoch) {
        if (epoch == 0) {
            return Optional.ofNullable(reopened.get(task))
                    .orElseThrow(() -> BelayException.of(
                            ErrorCode.E_TASK_ENDED,
                            "nothing runs in the task's sandbox",
                            "runner: the task is at rest, and a sandbox is there only while a command runs in it",
                            "belay exec TASK -- CMD …"));
        }
        TaskRun run = live.get(task);
        if (run == null || run.epoch() != epoch) {
            throw BelayException.of(
                    ErrorCode.E_STALE_EPOCH,
                    "the task is no longer here",
                    "runner: it does not hold epoch " + epoch,
                    "run the same command again");
        }
        return run.place()
                .orElseThrow(() -> BelayException.of(
                        ErrorCode.E_BUSY,
                        "the task has no sandbox yet",
                        "runner: it is still made ready",
                        "run the same command again in a moment"));
    }

    /** Carries a command out, or repeats the answer to one that was carried out before. */
    public void command(Command command, Replies replies) {
        Optional<Replies> first = answered.first(command.getId(), replies);
        if (first.isEmpty()) {
            return;
        }
        TaskRun run = live.get(command.getTask());
        if (command.getEpoch() == 0) {
            Thread.ofVirtual().name("command-" + command.getId()).start(() -> {
                AtomicReference<Place> opened = new AtomicReference<>();
                try {
                    new EndedTaskCommand(command, first.get(), places, archive.packs(), clock).carryOut(place -> {
                        opened.set(place);
                        reopened.put(command.getTask(), place);
                    });
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                } finally {
                    Optional.ofNullable(opened.get()).ifPresent(place -> reopened.remove(command.getTask(), place));
                }
            });
        } else if (run == null || run.epoch() != command.getEpoch()) {
            first.get()
                    .result(PersonsCommand.refused(
                            ErrorCode.E_STALE_EPOCH,
                            "the task is no longer here",
                            "runner: it does not hold epoch " + command.getEpoch(),
                            "run the same command again"));
        } else if (command.hasMessage()) {
            run.hear(command.getMessage());
            first.get().result(CommandResult.newBuilder().setDone(dev.belay.proto.v1.Empty.getDefaultInstance()));
        } else if (command.hasPause()) {
            Stop pause = Stop.paused(command.getPause().getReason());
            if (command.getPause().getNow()) {
                run.stop(pause);
            } else {
                run.stopAfterCall(pause);
            }
            first.get().result(CommandResult.newBuilder().setDone(dev.belay.proto.v1.Empty.getDefaultInstance()));
        } else if (command.hasCancel()) {
            run.stop(Stop.cancelled(command.getCancel().getReason()));
            first.get().result(CommandResult.newBuilder().setDone(dev.belay.proto.v1.Empty.getDefaultInstance()));
        } else {
            run.command(command, first.get());
        }
    }

    /** Ends every sandbox. Tasks that live are recorded as ended by the runner's stop. */
    @Override
    public void close() throws InterruptedException {
        diskWatch.interrupt();
        List<TaskRun> all = new ArrayList<>(live.values());
        all.forEach(run -> deadlines.execute(() -> run.stop(Stop.withRunner())));
        for (TaskRun run : all) {
            run.awaitEnd(Duration.ofSeconds(10));
        }
        deadlines.shutdownNow();
    }

    private Path file(Key key) {
        if (!key.task().matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("not a task's id: " + key.task());
        }
        return spools.resolve(key.task() + "@" + key.epoch());
    }

    /** Remembers the last answers, so that a repeated command is not carried out twice. */
    private static final class Answered {
        private static final int KEPT = 1000;

        private final Map<String, Memory> memories = new LinkedHashMap<>() {
            @java.io.Serial
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Memory> eldest) {
                return size() > KEPT;
            }
        };

        /** @return where to answer, or empty when the command was seen before */
        synchronized Optional<Replies> first(String id, Replies replies) {
            Memory known = memories.get(id);
            if (known != null) {
                known.repeat(replies);
                return Optional.empty();
            }
            Memory memory = new Memory(replies);
            memories.put(id, memory);
            return Optional.of(memory);
        }
    }

    private static final class Memory implements Replies {
        private volatile Replies replies;
        private CommandResult.@org.jspecify.annotations.Nullable Builder result;

        Memory(Replies replies) {
            this.replies = replies;
        }

        synchronized void repeat(Replies again) {
            replies = again;
            if (result != null) {
                again.result(result.clone());
            }
        }

        @Override
        public void stdout(byte[] bytes) {
            replies.stdout(bytes);
        }

        @Override
        public void stderr(byte[] bytes) {
            replies.stderr(bytes);
        }

        @Override
        public void waiting(String why) {
            replies.waiting(why);
        }

        @Override
        public synchronized void result(CommandResult.Builder answer) {
            if (result == null) {
                result = answer;
                replies.result(answer.clone());
                LOG.log(Level.FINE, "answered");
            }
        }
    }
}
