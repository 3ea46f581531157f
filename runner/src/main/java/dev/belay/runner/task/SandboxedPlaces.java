package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.environment.Environment;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.PackRef;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.hands.Editing;
import dev.belay.runner.hands.Guard;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.ToolChoice;
import dev.belay.runner.hands.Toolbox;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.room.Broker;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.WorkspaceFiles;
import dev.belay.runner.snapshot.Captured;
import dev.belay.runner.snapshot.Moment;
import dev.belay.runner.snapshot.Settings;
import dev.belay.runner.snapshot.SnapshotStore;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.Checkouts;
import dev.belay.runner.workspace.ProjectObjects;
import dev.belay.runner.workspace.ProjectStore;
import dev.belay.runner.workspace.PushedObjects;
import dev.belay.runner.workspace.Volumes;
import dev.belay.runner.workspace.Workspace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Places made of an overlay and a sandbox. Each takes a slot, and with it a kernel uid, that no other place has while it
 * is open. A task's directory outlives its place, so that a person can come back to it.
 */
public final class SandboxedPlaces implements Places {
    private static final String SNAPSHOTS = "snapshots.git";
    private static final String RECEIVED = "received";
    private static final String PUSHES = "pushes";
    /** The epoch of those that nobody holds. */
    private static final int ENDED = 0;

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(60);

    private final Room room;
    private final SandboxEngine engine;
    private final EngineReport report;
    private final Packs packs;
    private final Secrets secrets;
    private final OpenedAddresses addresses;
    private final Duration patience;
    private final Path tasks;
    private final Volumes volumes;
    private final ProjectStore projects;
    private final Checkouts checkouts;
    private final BitSet slots = new BitSet();
    /** Tasks whose directories are worked on. */
    private final Set<String> inUse = new HashSet<>();

    public SandboxedPlaces(
            Room room,
            SandboxEngine engine,
            EngineReport report,
            Packs packs,
            Secrets secrets,
            OpenedAddresses addresses) {
        this(room, engine, report, packs, secrets, addresses, USUAL_PATIENCE);
    }

    /** @param patience with whoever still has a task's files */
    SandboxedPlaces(
            Room room,
            SandboxEngine engine,
            EngineReport report,
            Packs packs,
            Secrets secrets,
            OpenedAddresses addresses,
            Duration patience) {
        this.secrets = secrets;
        this.addresses = addresses;
        this.patience = patience;
        this.room = room;
        this.engine = engine;
        this.report = report;
        this.packs = packs;
        this.tasks = room.state().resolve("tasks");
        // An engine that mounts the layers itself does so outside the room, where its volumes are not.
        this.volumes = engine.mountsLayers() ? Volumes.plain(tasks) : Volumes.of(room, tasks);
        this.projects = new ProjectStore(room.state().resolve("projects"));
        this.checkouts = new Checkouts(room.checkouts(), projects, room.checkoutUid());
    }

    @Override
    public Place prepare(Assignment assignment, TaskRights rights, Denials denials)
            throws IOException, InterruptedException {
        refuseWeaker(assignment);
        return open(
                assignment,
                new Whose(rights, assignment.getEpoch()),
                assignment.hasResume() ? new From.GoingOn(assignment.getResume()) : new From.Base(),
                denials);
    }

    @Override
    public Place reopen(Assignment assignment, Optional<Snapshot> head, Denials denials)
            throws IOException, InterruptedException {
        refuseWeaker(assignment);
        return open(
                assignment,
                new Whose(TaskRights.of(assignment), ENDED),
                head.<From>map(From.Kept::new).orElseGet(From.Base::new),
                denials);
    }

    /** What may be done, and in which epoch the task is held here. */
    private record Whose(TaskRights rights, int epoch) {}

    /** What a place's files begin with. */
    private sealed interface From {
        /** The project as it was sent. */
        record Base() implements From {}

        /** A snapshot; what was done after it is forgotten. */
        record GoingOn(Snapshot snapshot) implements From {}

        /** A snapshot; what the files hold beside it is kept as a snapshot, too. */
        record Kept(Snapshot snapshot) implements From {}
    }

    /** A cell that is weaker than the table needs the policy's word or the person's; one that fails needs neither. */
    private void refuseWeaker(Assignment assignment) {
        if (!report.usable()) {
            throw BelayException.of(
                    ErrorCode.E_SANDBOX,
                    "this runner cannot isolate a task",
                    "the runner's probe failed: " + String.join("; ", report.failing()),
                    "belay doctor");
        }
        List<String> unaccepted = report.findings().stream()
                .filter(finding -> finding.grade() == EngineReport.Grade.WEAKER)
                .map(EngineReport.Finding::name)
                .filter(cell -> !Policy.standard().acceptsWeaker(cell))
                .toList();
        if (!unaccepted.isEmpty() && !assignment.getAcceptWeaker()) {
            throw BelayException.of(
                    ErrorCode.E_WEAKER_ISOLATION,
                    "this runner isolates less than the table says: " + String.join(", ", unaccepted),
                    "the runner tried it: " + String.join("; ", report.weaker()),
                    "belay run --accept-weaker …, or cure it as belay doctor says");
        }
    }

    private Place open(Assignment assignment, Whose whose, From from, Denials denials)
            throws IOException, InterruptedException {
        whose.rights().get();
        String task = plain(assignment.getTask());
        use(task);
        try {
            return opened(assignment, whose, from, denials);
        } catch (IOException | RuntimeException | InterruptedException failed) {
            leave(task);
            throw failed;
        }
    }

    /** Two places over the same files would be the end of both; the former one may just be going. */
    private void use(String task) throws InterruptedException {
        synchronized (inUse) {
            long end = System.nanoTime() + patience.toNanos();
            while (!inUse.add(task)) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (left <= 0) {
                    throw BelayException.of(
                            ErrorCode.E_BUSY,
                            "the task's files are in use",
                            "the runner: a command or an earlier run still has them",
                            "try again in a minute; belay show TASK says what it is doing");
                }
                inUse.wait(left);
            }
        }
    }

    private void leave(String task) {
        synchronized (inUse) {
            inUse.remove(task);
            inUse.notifyAll();
        }
    }

    private Place opened(Assignment assignment, Whose whose, From from, Denials denials)
            throws IOException, InterruptedException {
        Path home = home(assignment);
        String task = plain(assignment.getTask());
        ProjectObjects project = fetch(assignment);
        Checkout checkout = checkouts.of(
                assignment.getTenant(),
                assignment.getProject(),
                assignment.getBaseCommit(),
                assignment.getHeadCommit(),
                assignment.getBranch());
        Environment environment = SentEnvironment.of(checkout.files());
        int slot = takeSlot();
        Opening opening = new Opening(slot, task);
        try {
            boolean kept = keeps(home, assignment, from) && opening.openVolume();
            if (!kept) {
                discard(task);
            }
            Files.createDirectories(home);
            Path files = opening.files(limits(assignment));
            Path lower = room.views().isPresent() ? checkout.filesIn(room.checkouts(slot)) : checkout.files();
            int uid = room.uid(slot);
            opening.workspace = kept
                    ? Workspace.open(files, checkout, lower, uid, uid)
                    : Workspace.create(files, checkout, lower, uid, uid);
            opening.dwelling = dwelling(opening.workspace, assignment, slot);
            opening.snapshots = SnapshotStore.open(
                    home.resolve(SNAPSHOTS),
                    assignment.getTask(),
                    opening.workspace,
                    project,
                    opening.dwelling,
                    Settings.standard());
            opening.bring(assignment, from, kept);
            opening.dwelling.settle();
            return opening.place(
                    environment,
                    rights(assignment, whose, project),
                    (hand, guard) -> tools(assignment, hand, guard),
                    denials);
        } catch (IOException | RuntimeException | InterruptedException failed) {
            opening.abandon(failed);
            throw failed;
        }
    }

    private SandboxedPlace.Rights rights(Assignment assignment, Whose whose, ProjectObjects project)
            throws IOException, InterruptedException {
        Path home = home(assignment);
        remove(home, PUSHES);
        return new SandboxedPlace.Rights(
                whose.rights(),
                TaskVault.open(assignment.getTask(), whose.epoch(), whose.rights(), secrets, System::nanoTime),
                addresses,
                plain(assignment.getShortId()),
                new PushedWork(
                        home.resolve(PUSHES),
                        new PushedObjects(home.resolve(PUSHES).resolve("objects.git"), project)::changed,
                        whose.rights()::pushes,
                        assignment.getShortId()));
    }

    /** Whether the files that are here can become those that are wanted; else they are built again from packs. */
    private static boolean keeps(Path home, Assignment assignment, From from) throws IOException {
        return switch (from) {
            case From.Base() -> false;
            case From.GoingOn(Snapshot snapshot) ->
                SnapshotStore.holds(home.resolve(SNAPSHOTS), snapshot.getCommit())
                        && SnapshotStore.holds(home.resolve(SNAPSHOTS), assignment.getNewestCommit());
            case From.Kept(Snapshot snapshot) ->
                SnapshotStore.holds(home.resolve(SNAPSHOTS), snapshot.getCommit()) || isOnTopOfOurs(home, snapshot);
        };
    }

    /** A revert of an ended task is the controller's alone; what it was made on may be here. */
    private static boolean isOnTopOfOurs(Path home, Snapshot snapshot) throws IOException {
        return snapshot.getKind().equals("revert")
                && SnapshotStore.holds(home.resolve(SNAPSHOTS), snapshot.getParentCommit());
    }

    @Override
    public long used(String task) {
        try (Directory home = Directory.open(tasks.resolve(plain(task)))) {
            return home.allocated() + volumes.used(task);
        } catch (IOException goneMeanwhile) {
            return 0;
        }
    }

    /** All of it is built again from packs, but for what no snapshot held. */
    @Override
    public void discardKept(Predicate<String> owed) throws IOException {
        List<Path> homes;
        try (Stream<Path> all = Files.list(tasks)) {
            homes = all.toList();
        }
        for (Path home : homes) {
            String task = home.getFileName().toString();
            synchronized (inUse) {
                if (!inUse.contains(task)) {
                    // Asked here and not before: what is in use may have been recorded meanwhile.
                    if (owed.test(task)) {
                        discardFiles(task);
                    } else {
                        discard(task);
                    }
                }
            }
        }
    }

    @Override
    public void discard(String task) throws IOException {
        volumes.remove(plain(task));
        remove(tasks, task);
    }

    @Override
    public void discardFiles(String task) throws IOException {
        volumes.remove(plain(task));
    }

    private Path home(Assignment assignment) {
        return tasks.resolve(plain(assignment.getTask()));
    }

    private static void remove(Path parent, String name) throws IOException {
        if (Files.exists(parent.resolve(name))) {
            try (Directory above = Directory.open(parent)) {
                above.removeAll(name);
            }
        }
    }

    private ProjectObjects fetch(Assignment assignment) throws IOException, InterruptedException {
        ProjectObjects project = projects.project(assignment.getTenant(), assignment.getProject());
        for (PackRef pack : assignment.getPacksList()) {
            if (!project.holds(pack.getSha256())) {
                packs.fetch(assignment.getTask(), pack.getSha256(), bytes -> project.add(pack, bytes));
            }
        }
        return project;
    }

    private static Limits limits(Assignment assignment) {
        Limits usual = Limits.STANDARD;
        int memory = assignment.getLimits().getMemoryMib();
        int processes = assignment.getLimits().getProcesses();
        int disk = assignment.getLimits().getDiskMib();
        return new Limits(
                memory > 0 ? memory : usual.memoryMib(),
                processes > 0 ? processes : usual.processes(),
                usual.cpuPercent(),
                disk > 0 ? (long) disk << 20 : usual.fileSizeBytes(),
                usual.command(),
                disk > 0 ? disk : usual.diskMib());
    }

    static Tools tools(Assignment assignment, Hand hand, Guard guard) {
        return new Toolbox(
                hand,
                ToolChoice.of(assignment.getAllowedToolsList(), assignment.getDisallowedToolsList()),
                Editing.of(assignment.getModel()),
                guard);
    }

    private Dwelling dwelling(Workspace workspace, Assignment assignment, int slot) {
        WorkspaceFiles files = engine.mountsLayers()
                ? new WorkspaceFiles.Layers(workspace.lowerView(), workspace.upper())
                : new WorkspaceFiles.Merged(workspace.merged());
        SandboxSpec spec =
                new SandboxSpec(plain(assignment.getTask()) + "-" + slot, slot, files, limits(assignment), Map.of());
        return new Dwelling(workspace, engine.mountsLayers(), () -> engine.start(spec));
    }

    private static String plain(String task) {
        if (!task.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("not a task's id: " + task);
        }
        return task;
    }

    private synchronized int takeSlot() {
        int slot = slots.nextClearBit(0);
        if (slot >= room.slots()) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    "every place of this runner is taken",
                    "the runner has " + room.slots() + " places",
                    "belay ps; then try again");
        }
        slots.set(slot);
        return slot;
    }

    private synchronized void giveBack(int slot) {
        slots.clear(slot);
    }

    /** What is done with packs that have arrived. */
    private interface Received {
        void of(List<Path> files) throws IOException;
    }

    /** What is open so far; taken down whole when the rest cannot be opened. */
    private final class Opening {
        private final int slot;
        private final String task;
        private Volumes.@Nullable Volume volume;
        private @Nullable Workspace workspace;
        private @Nullable Dwelling dwelling;
        private @Nullable SnapshotStore snapshots;
        private List<NotCaptured> missing = List.of();

        Opening(int slot, String task) {
            this.slot = slot;
            this.task = task;
        }

        /** Whether the task's files are still here, as they were left. */
        boolean openVolume() throws IOException {
            try {
                volume = volumes.open(task).orElse(null);
            } catch (Broker.RefusedException now) {
                // On another try, or another runner, it may be had.
                throw new SandboxException("the task's volume cannot be opened: " + now.getMessage(), now);
            }
            return volume != null;
        }

        /** The overlay first: what it lies on does not go before it. */
        private Closeable closing() {
            return () -> {
                try (Volumes.Volume below = volume;
                        Workspace above = workspace) {}
            };
        }

        /** Where the workspace lies: as it was kept, else an empty place. */
        Path files(Limits limits) throws IOException {
            Volumes.Volume opened = volume == null ? volumes.make(task, limits.diskMib()) : volume;
            volume = opened;
            return opened.files();
        }

        void bring(Assignment assignment, From from, boolean kept) throws IOException, InterruptedException {
            SnapshotStore store = Objects.requireNonNull(snapshots);
            switch (from) {
                case From.Base() -> {}
                case From.GoingOn(Snapshot snapshot)
                when kept -> store.goOnFrom(snapshot, assignment.getNewestCommit());
                case From.Kept(Snapshot snapshot)
                when kept -> {
                    if (!store.knows(snapshot.getCommit()) || !store.knows(assignment.getNewestCommit())) {
                        receive(assignment, store::takeIn);
                    }
                    if (store.wentBeyond(assignment.getNewestCommit())) {
                        // The task was taken from this runner with work that it could not tell of any more.
                        store.goOnFrom(snapshot, assignment.getNewestCommit());
                    } else {
                        goBack(assignment, snapshot, store);
                    }
                }
                case From.GoingOn(Snapshot snapshot) -> adopt(assignment, snapshot, store);
                case From.Kept(Snapshot snapshot) -> adopt(assignment, snapshot, store);
            }
        }

        /** What the files hold beside the snapshot comes before whatever is recorded next: the controller needs it, too. */
        private void goBack(Assignment assignment, Snapshot snapshot, SnapshotStore store)
                throws IOException, InterruptedException {
            List<Captured> beside = new ArrayList<>();
            try {
                store.restore(snapshot, new Moment(snapshot.getStep(), 0, "safety", ""), beside::add);
            } finally {
                for (Captured one : beside) {
                    if (one.pack().isPresent()) {
                        packs.store(
                                assignment.getTask(),
                                0,
                                one.snapshot().getPackSha256(),
                                one.pack().get());
                    }
                }
            }
        }

        private void adopt(Assignment assignment, Snapshot snapshot, SnapshotStore store)
                throws IOException, InterruptedException {
            receive(assignment, files -> store.adopt(snapshot, assignment.getNewestCommit(), files));
            missing = snapshot.getNotCapturedList();
        }

        private void receive(Assignment assignment, Received use) throws IOException, InterruptedException {
            Path home = home(assignment);
            remove(home, RECEIVED);
            Path received = Files.createDirectory(home.resolve(RECEIVED));
            try {
                List<Path> files = new ArrayList<>();
                for (PackRef pack : assignment.getSnapshotPacksList()) {
                    Path file = received.resolve(files.size() + ".pack");
                    packs.fetch(
                            assignment.getTask(), pack.getSha256(), bytes -> ProjectObjects.receive(pack, bytes, file));
                    files.add(file);
                }
                use.of(files);
            } finally {
                remove(home, RECEIVED);
            }
        }

        Place place(
                Environment environment,
                SandboxedPlace.Rights rights,
                BiFunction<Hand, Guard, Tools> tools,
                Denials denials)
                throws IOException, InterruptedException {
            if (workspace == null || dwelling == null || snapshots == null) {
                throw new IllegalStateException("not everything is open");
            }
            return new SandboxedPlace(
                    engine.name(),
                    report.weaker(),
                    new SandboxedPlace.Parts(dwelling, snapshots, closing(), missing, environment, () -> {
                        giveBack(slot);
                        leave(task);
                    }),
                    rights,
                    tools,
                    denials);
        }

        void abandon(Exception why) {
            SnapshotStore store = snapshots;
            Dwelling inside = dwelling;
            try {
                TakeDown.all(
                        inside == null ? null : inside::close,
                        store == null ? null : store::close,
                        closing(),
                        () -> giveBack(slot));
            } catch (IOException | RuntimeException failed) {
                why.addSuppressed(failed);
            }
        }
    }
}
