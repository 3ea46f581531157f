package dev.belay.runner.task;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.agent.ToolsLostException;
import dev.belay.runner.ports.PortVisit;
import dev.belay.runner.prompt.ProjectFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Places whose tools do what the test says, for tests of what happens around them. */
public final class WrittenPlaces implements Places {
    /** Set by a test to hold the next tool call until it is opened. */
    public volatile CountDownLatch hold = new CountDownLatch(0);

    public volatile boolean failCaptures;
    public volatile boolean failMoves;
    /** The sandbox ends in the next tool call. */
    public volatile boolean loseTools;
    /** A place is being prepared, or a state captured, until this is opened; an interrupt fails either as a file would. */
    public volatile CountDownLatch holdFiles = new CountDownLatch(0);

    public final CountDownLatch atFiles = new CountDownLatch(1);
    /** What places that go on lack. */
    public volatile List<NotCaptured> missing = List.of();

    /** Whether places can be made to stand still. */
    public volatile boolean canHold = true;

    public final Semaphore held = new Semaphore(0);
    public final Semaphore released = new Semaphore(0);
    public final CountDownLatch calling = new CountDownLatch(1);
    public final AtomicInteger open = new AtomicInteger();
    public final Semaphore closed = new Semaphore(0);
    /** By task, what its files take. */
    public final Map<String, Long> used = new ConcurrentHashMap<>();

    public final List<String> discarded = new CopyOnWriteArrayList<>();
    /** What is done when the files of ended tasks are to make place. */
    public volatile Consumer<Predicate<String>> discardKept = owed -> {};

    private final Path packs;

    @Override
    public long used(String task) {
        return used.getOrDefault(task, 0L);
    }

    @Override
    public void discard(String task) {
        discarded(task);
    }

    @Override
    public void discardFiles(String task) {
        discarded("the files of " + task);
    }

    private void discarded(String what) {
        discarded.add(what + (open.get() == 0 ? "" : " beside " + open.get() + " open places"));
    }

    @Override
    public void discardKept(Predicate<String> owed) {
        discardKept.accept(owed);
    }

    public WrittenPlaces(Path packs) {
        this.packs = packs;
    }

    @Override
    public Place prepare(Assignment assignment, TaskRights rights, Denials denials) throws IOException {
        if (holdsAt.equals("prepare")) {
            stopAtFiles();
        }
        open.incrementAndGet();
        return new WrittenPlace();
    }

    /** {@code prepare}, {@code capture}, or nothing. */
    public volatile String holdsAt = "";

    private void stopAtFiles() throws IOException {
        atFiles.countDown();
        try {
            holdFiles.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
    }

    @Override
    public Place reopen(Assignment assignment, Optional<Snapshot> head, Denials denials) throws IOException {
        return prepare(assignment, TaskRights.of(assignment), denials);
    }

    /** What listens in every place; nothing takes a visitor in. */
    public volatile SortedSet<Integer> listening = new TreeSet<>();

    private final class WrittenPlace implements Place {
        private int now;

        @Override
        public SortedSet<Integer> listening() {
            return listening;
        }

        @Override
        public Optional<PortVisit> visit(int port, PortVisit.Visitor visitor) {
            return Optional.empty();
        }

        @Override
        public String engine() {
            return "written";
        }

        @Override
        public List<String> weaker() {
            return List.of();
        }

        @Override
        public Tools tools() {
            return new Tools() {
                @Override
                public List<ToolSpec> specs() {
                    return List.of(new ToolSpec(
                            "Bash",
                            "Runs a command.",
                            Json.object().put("type", "object").build()));
                }

                @Override
                public ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException {
                    calling.countDown();
                    hold.await();
                    if (loseTools) {
                        throw new ToolsLostException("the sandbox is gone", new IOException());
                    }
                    return ToolOutcome.done("ok", "exit 0");
                }

                @Override
                public String summary(ToolCall call) {
                    return call.tool();
                }
            };
        }

        @Override
        public ProjectFiles files() {
            return (path, most) -> Optional.empty();
        }

        @Override
        public List<NotCaptured> missing() {
            return missing;
        }

        @Override
        public Taken capture(Moment moment) throws IOException {
            if (failCaptures) {
                throw new IOException("no space left on device");
            }
            if (holdsAt.equals("capture") && moment.step() > 0) {
                holdsAt = "";
                stopAtFiles();
            }
            now = moment.step();
            Path pack = Files.writeString(packs.resolve("pack-" + moment.step()), "pack " + moment.step());
            return new Taken(
                    Snapshot.newBuilder()
                            .setId("s" + moment.step())
                            .setStep(moment.step())
                            .setKind(moment.kind())
                            .setPackSha256("hash-" + moment.step())
                            .build(),
                    Optional.of(pack));
        }

        @Override
        public Moved move(Snapshot to, int safetyStep, boolean dryRun, Witness witness) throws IOException {
            if (failMoves) {
                witness.taken(capture(new Moment(safetyStep, 1, "safety", "")));
                throw new IOException("no space left on device");
            }
            if (!dryRun) {
                now = to.getStep();
            }
            return new Moved(Optional.empty(), List.of(), now, List.of());
        }

        @Override
        public Moved tryRevert(Snapshot undone, Snapshot before) {
            return new Moved(Optional.empty(), List.of(), now, List.of());
        }

        @Override
        public Moved revert(Snapshot undone, Snapshot before, int safetyStep, Moment moment, Witness witness)
                throws IOException {
            witness.taken(capture(moment));
            return new Moved(Optional.empty(), List.of(), now, List.of());
        }

        @Override
        public Ran run(List<String> argv, Duration timeout, Output output) {
            output.stdout("hello\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return new Ran(7, Duration.ofMillis(3), false);
        }

        @Override
        public void stepIs(int turn, int step) {}

        @Override
        public boolean hold() {
            if (canHold) {
                held.release();
            }
            return canHold;
        }

        @Override
        public void release() {
            released.release();
        }

        @Override
        public void close() {
            open.decrementAndGet();
            closed.release();
        }
    }
}
