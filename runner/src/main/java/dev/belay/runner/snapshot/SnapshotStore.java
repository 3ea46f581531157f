package dev.belay.runner.snapshot;

import com.google.protobuf.Timestamp;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.ObjectPack;
import dev.belay.runner.workspace.ProjectObjects;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * The snapshots of one task, and the way back to each.
 *
 * <p>A capture either gives an id whose objects are on disk, or throws and leaves no trace. A rollback either ends with
 * files that equal the snapshot's, which is checked, or says that it did not; one that was killed is finished when the
 * store is opened again. Calls are one at a time.
 */
public final class SnapshotStore implements AutoCloseable {
    private final String task;
    private final Workspace workspace;
    private final Shadow shadow;
    private final Stillness stillness;
    private final Settings settings;
    private final Capture capture;
    private final FileChanges counts = new FileChanges();
    private final State base;

    /** The state that the files had when they were last known to equal a snapshot. */
    private State current;

    private Layer.Folder layer = Layer.Folder.nothing();
    /** The git objects that all captures so far hold. */
    private ObjectId objects = Constants.EMPTY_TREE_ID;

    private Optional<String> finished = Optional.empty();

    private SnapshotStore(String task, Workspace workspace, Shadow shadow, Stillness stillness, Settings settings) {
        this.task = task;
        this.workspace = workspace;
        this.shadow = shadow;
        this.stillness = stillness;
        this.settings = settings;
        this.capture = new Capture(workspace, shadow, settings);
        this.base = baseOf(workspace.checkout());
        this.current = base;
    }

    private static State baseOf(Checkout checkout) {
        Meta meta = Meta.gather();
        meta.directories().addAll(checkout.emptyDirectories());
        State.Slot git = new State.Slot(FileMode.TYPE_TREE, checkout.gitTree());
        return new State(checkout.workTree(), git, Constants.EMPTY_TREE_ID, meta);
    }

    /**
     * Opens the task's snapshots, making the store when there is none, and finishes a rollback that was interrupted.
     *
     * @param directory the shadow repository's; must be out of the sandbox's reach
     * @param workspace open
     */
    public static SnapshotStore open(
            Path directory,
            String task,
            Workspace workspace,
            ProjectObjects project,
            Stillness stillness,
            Settings settings)
            throws IOException {
        refuseOverlap(directory, workspace);
        Shadow shadow = Shadow.open(
                directory, List.of(project.objects(), workspace.checkout().stateObjects()));
        try {
            SnapshotStore store = new SnapshotStore(task, workspace, shadow, stillness, settings);
            Optional<ObjectId> newest = shadow.newest();
            if (newest.isPresent()) {
                store.objects = shadow.read(newest.get()).objects();
            }
            Optional<ObjectId> head = shadow.head();
            if (head.isPresent()) {
                store.current = shadow.read(head.get());
            }
            store.finishInterrupted();
            return store;
        } catch (IOException | RuntimeException failed) {
            shadow.close();
            throw failed;
        }
    }

    private static void refuseOverlap(Path directory, Workspace workspace) throws IOException {
        Path shadow = Files.createDirectories(directory.toAbsolutePath().getParent())
                .toRealPath()
                .resolve(directory.getFileName());
        for (Path visible : List.of(workspace.merged(), workspace.upper(), workspace.lower())) {
            Path real = visible.toRealPath();
            if (shadow.startsWith(real) || real.startsWith(shadow)) {
                throw BelayException.of(
                        ErrorCode.E_SNAPSHOT,
                        "the snapshots would lie inside the workspace",
                        "the runner: " + shadow + " and " + real + " overlap",
                        "set BELAY_STATE to a directory outside the project");
            }
        }
    }

    /** Whether the store in {@code directory}, which nobody has open, holds a snapshot. */
    public static boolean holds(Path directory, String commit) throws IOException {
        return ObjectId.isId(commit) && Shadow.holds(directory, ObjectId.fromString(commit));
    }

    /** The commit of the snapshot whose interrupted rollback was finished by {@link #open}. */
    public Optional<String> finishedAtOpen() {
        return finished;
    }

    /** The pack of a snapshot taken by this store, for another try to send it. */
    public Optional<Path> pack(Snapshot snapshot) {
        return ObjectId.isId(snapshot.getCommit())
                ? Optional.of(shadow.pack(ObjectId.fromString(snapshot.getCommit())))
                        .filter(Files::exists)
                : Optional.empty();
    }

    /** Takes a snapshot. @throws SnapshotException when there is none; nothing was recorded */
    public synchronized Captured capture(Moment moment) throws SnapshotException {
        try {
            if (Intent.read(shadow.directory()).isPresent()) {
                throw new SnapshotException("a rollback of this task did not end; its files are in between");
            }
            return capture(moment, true, stillness).orElseThrow();
        } catch (IOException | UncheckedIOException | IllegalStateException failed) {
            throw new SnapshotException(String.valueOf(failed.getMessage()), failed);
        }
    }

    /** Empty when {@code always} is false and the files are as the last snapshot has them. */
    private Optional<Captured> capture(Moment moment, boolean always, Stillness calm)
            throws IOException, SnapshotException {
        long begun = System.nanoTime();
        Optional<ObjectId> newest = shadow.newest();
        if (always && newest.isPresent() && shadow.step(newest.get()) >= moment.step()) {
            throw new SnapshotException("step " + moment.step() + " is not after the last snapshot");
        }
        Optional<ObjectId> parent = shadow.head();
        try (ObjectPack pack = ObjectPack.create(shadow.packs(), shadow::has)) {
            Capture.Found found = capture.run(pack, layer, objects, calm);
            if (!always && found.state().sameFiles(current) && parent.isPresent()) {
                // What is not captured may be another than before.
                current = new State(
                        current.work(),
                        current.git(),
                        current.objects(),
                        found.state().meta());
                return Optional.empty();
            }
            Instant at = settings.clock().instant();
            if (!shadow.holds(workspace.checkout().gitTree())) {
                pack.append(workspace.checkout().statePack());
            }
            ObjectId commit = shadow.commit(pack, found.state(), task, moment, at);
            ObjectPack.Sealed sealed = pack.seal();
            settings.faults().reach("pack-sealed");
            Path file = pack.publish(commit, () -> reach("pack-without-index"));
            Snapshot snapshot;
            try {
                settings.faults().reach("pack-published");
                shadow.use(file);
                Snapshot.Builder known = Snapshot.newBuilder()
                        .setId("s" + moment.step())
                        .setStep(moment.step())
                        .setTurn(moment.turn())
                        .setCommit(commit.name())
                        .setTree(found.state().work().name())
                        .setKind(moment.kind())
                        .setTool(moment.tool())
                        .setAt(Timestamp.newBuilder()
                                .setSeconds(at.getEpochSecond())
                                .setNanos(at.getNano()))
                        .addAllNotCaptured(found.state().meta().notCaptured())
                        .setPackSha256(sealed.sha256())
                        .setParentCommit(parent.map(ObjectId::name).orElse(""));
                count(known, found.state());
                settings.faults().reach("before-ref");
                shadow.record(commit, () -> reach("half-a-ref"));
                snapshot = known.setCaptureMs((System.nanoTime() - begun) / 1e6).build();
            } catch (IOException | RuntimeException failed) {
                forget(commit, newest, parent);
                throw failed;
            }
            current = found.state();
            layer = found.layer();
            objects = found.state().objects();
            settings.faults().reach("after-ref");
            return Optional.of(new Captured(snapshot, Optional.of(file)));
        }
    }

    /**
     * A published pack of a capture that failed: its objects must not be taken for recorded ones, and no ref may name it. An
     * interrupt, which may be what the capture failed of, waits.
     */
    private void forget(ObjectId commit, Optional<ObjectId> newest, Optional<ObjectId> head) throws IOException {
        if (shadow.knows(commit)) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            shadow.takeBack(newest, head);
            shadow.withdraw(commit);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void reach(String point) {
        try {
            settings.faults().reach(point);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void count(Snapshot.Builder snapshot, State now) throws IOException {
        try (ObjectReader reader = shadow.reader()) {
            FileChanges.Summary step = counts.between(reader, current, now);
            FileChanges.Summary total = counts.between(reader, base, now);
            snapshot.addAllFiles(step.listed())
                    .setFilesChanged(step.count())
                    .setLinesAdded(step.added())
                    .setLinesRemoved(step.removed())
                    .setTotalFilesChanged(total.count())
                    .setTotalLinesAdded(total.added())
                    .setTotalLinesRemoved(total.removed());
        }
    }

    /** What {@link #restore} would do now. Changes nothing and records nothing. */
    public synchronized RestorePlan plan(Snapshot to) throws IOException {
        State target = target(to);
        try (Trial trial = Trial.of(shadow)) {
            Capture.Found found = capture.run(trial.pack(), layer, objects, stillness);
            try (ObjectReader reader = trial.reader()) {
                Rollback rollback = new Rollback(reader, found.state(), target);
                rollback.check();
                return described(to, rollback, found.state());
            }
        } catch (SnapshotException moving) {
            throw notSafe(moving);
        }
    }

    /**
     * Makes the files equal those of a snapshot. Nothing but Belay may be at work in the workspace; processes that cannot
     * be frozen are a reason to refuse.
     *
     * @param safety for the snapshot of the state before, taken when no snapshot holds it
     * @throws BelayException E_NO_SUCH_SNAPSHOT, E_BUSY, E_CONFLICT, E_SNAPSHOT: nothing was changed;
     *     E_ROLLBACK_INCOMPLETE: the files are in between, and a second call or the next open goes on
     */
    public synchronized Restored restore(Snapshot to, Moment safety) throws IOException {
        State target = target(to);
        ObjectId commit = ObjectId.fromString(to.getCommit());
        boolean still = stillness.freeze();
        try {
            if (!still) {
                throw BelayException.of(
                        ErrorCode.E_BUSY,
                        "the rollback cannot begin",
                        "the runner: processes in the sandbox could not be stopped",
                        "belay exec TASK -- ps, then try again");
            }
            Optional<Intent> earlier = Intent.read(shadow.directory());
            if (earlier.isPresent()) {
                MergedFiles.removeStage(workspace, earlier.get().stage());
            }
            Optional<Captured> before;
            try {
                before = capture(safety, false, frozen());
            } catch (SnapshotException | UncheckedIOException failed) {
                throw notSafe(failed);
            }
            RestorePlan done = goTo(to.getId(), to, commit, target, before);
            return new Restored(done, before);
        } finally {
            stillness.thaw();
        }
    }

    /** For captures while this store holds the sandbox frozen. */
    private Stillness frozen() {
        return new Stillness() {
            @Override
            public boolean freeze() {
                return true;
            }

            @Override
            public void thaw() {}

            @Override
            public List<Long> processes() {
                return stillness.processes();
            }
        };
    }

    private RestorePlan goTo(String name, Snapshot to, ObjectId commit, State target, Optional<Captured> before)
            throws IOException {
        String safe = before.map(captured -> captured.snapshot().getId() + " holds the state before")
                .orElse("the snapshot before holds the state before");
        String stage = ".belay-rollback-" + commit.name().substring(0, 12);
        State from = current;
        RestorePlan plan;
        try (ObjectReader reader = shadow.reader()) {
            Rollback rollback = new Rollback(reader, from, target);
            rollback.check();
            plan = described(to, rollback, from);
            if (!rollback.changesNothing() || Intent.read(shadow.directory()).isPresent()) {
                new Intent(commit.name(), stage).write(shadow.directory());
                settings.faults().reach("intent-written");
                try (MergedFiles files = new MergedFiles(workspace, reader, rollback, settings.faults(), stage)) {
                    prepare(files, stage);
                    files.carryOut();
                } catch (IOException failed) {
                    throw incomplete(name, safe, String.valueOf(failed.getMessage()))
                            .causedBy(failed);
                }
                verify(name, target, safe);
            }
        }
        shadow.moveHead(commit);
        settings.faults().reach("head-moved");
        current = target;
        Intent.clear(shadow.directory());
        return plan;
    }

    /** A failure here has changed nothing yet, and the intent is withdrawn. */
    private void prepare(MergedFiles files, String stage) throws IOException {
        try {
            files.prepare();
        } catch (IOException failed) {
            MergedFiles.removeStage(workspace, stage);
            Intent.clear(shadow.directory());
            throw BelayException.of(
                            ErrorCode.E_SNAPSHOT,
                            "the rollback could not begin",
                            "the runner: " + failed.getMessage(),
                            "")
                    .causedBy(failed);
        }
    }

    private void verify(String name, State target, String safe) throws IOException {
        try (Trial trial = Trial.of(shadow)) {
            Capture.Found found = capture.run(trial.pack(), layer, objects, frozen());
            boolean allKnown = trial.pack().objects() == 0;
            if (!found.state().sameFiles(target)) {
                try (ObjectReader reader = trial.reader()) {
                    Rollback rest = new Rollback(reader, found.state(), target);
                    if (!rest.changesNothing()) {
                        throw incomplete(name, safe, "the files differ from the snapshot afterwards");
                    }
                }
            }
            layer = allKnown ? found.layer() : Layer.Folder.nothing();
            settings.faults().reach("verified");
        } catch (SnapshotException failed) {
            throw incomplete(name, safe, String.valueOf(failed.getMessage())).causedBy(failed);
        }
    }

    private static BelayException incomplete(String name, String safe, String why) {
        return BelayException.of(
                ErrorCode.E_ROLLBACK_INCOMPLETE,
                "the rollback to " + name + " is incomplete",
                "the runner: " + why,
                safe,
                "belay rollback, once more");
    }

    private static BelayException notSafe(Exception failed) {
        return BelayException.of(
                        ErrorCode.E_SNAPSHOT,
                        "the rollback cannot begin",
                        "the runner: the present state could not be captured: " + failed.getMessage(),
                        "")
                .causedBy(failed);
    }

    private RestorePlan described(Snapshot to, Rollback rollback, State from) throws IOException {
        FileChanges.Summary summary = rollback.summary(counts, from);
        return new RestorePlan(to, summary.listed(), summary.count(), rollback.notRestored);
    }

    private State target(Snapshot to) throws IOException {
        if (ObjectId.isId(to.getCommit())) {
            ObjectId commit = ObjectId.fromString(to.getCommit());
            if (shadow.knows(commit) && shadow.step(commit) == to.getStep()) {
                State state = shadow.read(commit);
                if (state.work().name().equals(to.getTree())) {
                    return state;
                }
            }
        }
        throw BelayException.of(
                ErrorCode.E_NO_SUCH_SNAPSHOT,
                "no snapshot " + to.getId() + " in this task",
                "the runner: its commit is not among this task's",
                "belay snapshots " + task);
    }

    private void finishInterrupted() throws IOException {
        Optional<Intent> intent = Intent.read(shadow.directory());
        if (intent.isEmpty()) {
            return;
        }
        ObjectId commit = ObjectId.fromString(intent.get().to());
        leaveBehind(commit, intent.get().stage(), "the snapshot before it holds the state before");
        finished = Optional.of(commit.name());
    }

    /** Makes the files equal those of a snapshot, whatever they are now; that is not recorded. */
    private void leaveBehind(ObjectId commit, String stage, String safe) throws IOException {
        MergedFiles.removeStage(workspace, stage);
        State target = shadow.read(commit);
        String name = "s" + shadow.step(commit);
        try (Trial trial = Trial.of(shadow)) {
            State between = capture.run(trial.pack(), layer, objects, stillness).state();
            try (ObjectReader reader = trial.reader()) {
                Rollback rollback = new Rollback(reader, between, target);
                try (MergedFiles files = new MergedFiles(workspace, reader, rollback, settings.faults(), stage)) {
                    files.prepare();
                    files.carryOut();
                }
                verify(name, target, safe);
            }
        } catch (SnapshotException failed) {
            throw incomplete(name, safe, String.valueOf(failed.getMessage()));
        }
        shadow.moveHead(commit);
        current = target;
        Intent.clear(shadow.directory());
    }

    /**
     * Goes on from a snapshot that this store holds: the files become what it has, and what was done later, snapshots of
     * it included, counts as not done, because nobody but this store ever heard of it.
     *
     * @param newest the commit of the last snapshot that is known outside
     */
    public synchronized void goOnFrom(Snapshot from, String newest) throws IOException {
        target(from);
        ObjectId commit = ObjectId.fromString(from.getCommit());
        String stage = ".belay-rollback-" + commit.name().substring(0, 12);
        // Killed in between, it is done when the store is opened again.
        new Intent(commit.name(), stage).write(shadow.directory());
        settings.faults().reach("intent-written");
        leaveBehind(commit, stage, from.getId() + " holds the state that is wanted");
        begin(ObjectId.fromString(newest), commit);
    }

    private void begin(ObjectId newest, ObjectId head) throws IOException {
        shadow.record(newest, () -> {});
        shadow.moveHead(head);
        objects = shadow.read(newest).objects();
    }

    /**
     * Builds the task's snapshots and files again on a fresh workspace of the same base.
     *
     * @param newest the commit of the task's last snapshot, from which all others can be reached
     * @param packs of every snapshot of the task, in the order of their steps
     */
    public synchronized Restored adopt(Snapshot snapshot, String newest, List<Path> packs) throws IOException {
        shadow.adopt(packs);
        State target = target(snapshot);
        ObjectId commit = ObjectId.fromString(snapshot.getCommit());
        if (shadow.newest().isEmpty()) {
            begin(ObjectId.fromString(newest), commit);
        }
        try (Directory upper = Directory.open(workspace.upper())) {
            if (!upper.list().isEmpty()) {
                throw BelayException.of(
                        ErrorCode.E_SNAPSHOT,
                        "the task's files are already there",
                        "the runner: a workspace is built again only from an empty one",
                        "");
            }
        }
        current = base;
        return new Restored(goTo(snapshot.getId(), snapshot, commit, target, Optional.empty()), Optional.empty());
    }

    @Override
    public synchronized void close() throws IOException {
        shadow.close();
    }
}
