package dev.belay.runner.task;

import dev.belay.policies.Policy;
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
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.snapshot.Captured;
import dev.belay.runner.snapshot.Moment;
import dev.belay.runner.snapshot.Settings;
import dev.belay.runner.snapshot.SnapshotStore;
import dev.belay.runner.snapshot.Stillness;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.Checkouts;
import dev.belay.runner.workspace.ProjectObjects;
import dev.belay.runner.workspace.ProjectStore;
import dev.belay.runner.workspace.PushedObjects;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final String WORKSPACE = "workspace";
    private static final String RECEIVED = "received";
    private static final String PUSHES = "pushes";
    /** The epoch of those that nobody holds. */
    private static final int ENDED = 0;

    private final Room room;
    private final SandboxEngine engine;
    private final EngineReport report;
    private final Packs packs;
    private final Secrets secrets;
    private final OpenedAddresses addresses;
    private final Path tasks;
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
        this.secrets = secrets;
        this.addresses = addresses;
        this.room = room;
        this.engine = engine;
        this.report = report;
        this.packs = packs;
        this.tasks = room.state().resolve("tasks");
        this.projects = new ProjectStore(room.state().resolve("projects"));
        this.checkouts = new Checkouts(room.checkouts(), projects);
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

    private void use(String task) {
        synchronized (inUse) {
            inUse.add(task);
        }
    }

    private void leave(String task) {
        synchronized (inUse) {
            inUse.remove(task);
        }
    }

    private Place opened(Assignment assignment, Whose whose, From from, Denials denials)
            throws IOException, InterruptedException {
        Path home = home(assignment);
        Path files = home.resolve(WORKSPACE);
        boolean kept = keeps(home, files, assignment, from);
        if (!kept) {
            remove(tasks, plain(assignment.getTask()));
        }
        ProjectObjects project = fetch(assignment);
        Checkout checkout = checkouts.of(
                assignment.getTenant(),
                assignment.getProject(),
                assignment.getBaseCommit(),
                assignment.getHeadCommit(),
                assignment.getBranch());
        int slot = takeSlot();
        Opening opening = new Opening(slot, plain(assignment.getTask()));
        try {
            Files.createDirectories(home);
            Path lower = room.views().isPresent() ? checkout.filesIn(room.checkouts(slot)) : checkout.files();
            int uid = room.uid(slot);
            opening.workspace = kept
                    ? Workspace.open(files, checkout, lower, uid, uid)
                    : Workspace.create(files, checkout, lower, uid, uid);
            opening.sandbox = engine.start(new SandboxSpec(
                    plain(assignment.getTask()) + "-" + slot,
                    slot,
                    opening.workspace.merged(),
                    limits(assignment),
                    Map.of()));
            opening.snapshots = SnapshotStore.open(
                    home.resolve(SNAPSHOTS),
                    assignment.getTask(),
                    opening.workspace,
                    project,
                    stillness(opening.sandbox),
                    Settings.standard());
            opening.bring(assignment, from, kept);
            return opening.place(
                    rights(assignment, whose, project), (hand, guard) -> tools(assignment, hand, guard), denials);
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
    private static boolean keeps(Path home, Path files, Assignment assignment, From from) throws IOException {
        return switch (from) {
            case From.Base() -> false;
            case From.GoingOn(Snapshot snapshot) ->
                Workspace.exists(files)
                        && SnapshotStore.holds(home.resolve(SNAPSHOTS), snapshot.getCommit())
                        && SnapshotStore.holds(home.resolve(SNAPSHOTS), assignment.getNewestCommit());
            case From.Kept(Snapshot snapshot) ->
                Workspace.exists(files)
                        && (SnapshotStore.holds(home.resolve(SNAPSHOTS), snapshot.getCommit())
                                || isOnTopOfOurs(home, snapshot));
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
            return home.allocated();
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
        remove(tasks, plain(task));
    }

    @Override
    public void discardFiles(String task) throws IOException {
        remove(tasks.resolve(plain(task)), WORKSPACE);
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
        return new Limits(
                memory > 0 ? memory : usual.memoryMib(),
                processes > 0 ? processes : usual.processes(),
                usual.cpuPercent(),
                usual.fileSizeBytes(),
                usual.command());
    }

    static Tools tools(Assignment assignment, Hand hand, Guard guard) {
        return new Toolbox(
                hand,
                ToolChoice.of(assignment.getAllowedToolsList(), assignment.getDisallowedToolsList()),
                Editing.of(assignment.getModel()),
                guard);
    }

    private static Stillness stillness(Sandbox sandbox) {
        return new Stillness() {
            @Override
            public boolean freeze() {
                return sandbox.freeze();
            }

            @Override
            public void thaw() {
                sandbox.thaw();
            }

            @Override
            public List<Long> processes() {
                return sandbox.processes();
            }
        };
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
        private @Nullable Workspace workspace;
        private @Nullable Sandbox sandbox;
        private @Nullable SnapshotStore snapshots;
        private List<NotCaptured> missing = List.of();

        Opening(int slot, String task) {
            this.slot = slot;
            this.task = task;
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

        Place place(SandboxedPlace.Rights rights, BiFunction<Hand, Guard, Tools> tools, Denials denials)
                throws IOException {
            if (workspace == null || sandbox == null || snapshots == null) {
                throw new IllegalStateException("not everything is open");
            }
            return new SandboxedPlace(
                    engine.name(),
                    report.weaker(),
                    new SandboxedPlace.Parts(sandbox, snapshots, workspace, missing, () -> {
                        giveBack(slot);
                        leave(task);
                    }),
                    rights,
                    tools,
                    denials);
        }

        void abandon(Exception why) {
            Workspace files = workspace;
            SnapshotStore store = snapshots;
            Sandbox box = sandbox;
            try {
                TakeDown.all(
                        box == null ? null : box::close,
                        store == null ? null : store::close,
                        files == null ? null : files::close,
                        () -> giveBack(slot));
            } catch (IOException | RuntimeException failed) {
                why.addSuppressed(failed);
            }
        }
    }
}
