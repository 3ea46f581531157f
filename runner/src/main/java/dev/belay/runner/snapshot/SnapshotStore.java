package dev.belay.runner.snapshot;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.snapshot.RevertRefused;
import dev.belay.proto.snapshot.State;
import dev.belay.proto.snapshot.StepRevert;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.workspace.ObjectPack;
import dev.belay.runner.workspace.ProjectObjects;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    private final Recorder recorder;
    private final Passage passage;
    private Optional<String> finished = Optional.empty();

    private SnapshotStore(String task, Workspace workspace, Shadow shadow, Stillness stillness, Settings settings)
            throws IOException {
        this.task = task;
        this.workspace = workspace;
        this.shadow = shadow;
        this.stillness = stillness;
        this.recorder = new Recorder(task, workspace, shadow, settings);
        this.passage = new Passage(workspace, shadow, recorder, stillness, settings);
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
        Shadow shadow = Shadow.open(directory, project, workspace.checkout());
        try {
            SnapshotStore store = new SnapshotStore(task, workspace, shadow, stillness, settings);
            store.finished = store.passage.finish().map(ObjectId::name);
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
            if (passage.isOpen()) {
                throw new SnapshotException("a rollback of this task did not end; its files are in between");
            }
            return recorder.capture(moment, true, stillness).orElseThrow();
        } catch (IOException | UncheckedIOException | IllegalStateException failed) {
            throw new SnapshotException(String.valueOf(failed.getMessage()), failed);
        }
    }

    /** What {@link #restore} would do now. Changes nothing and records nothing. */
    public synchronized RestorePlan plan(Snapshot to) throws IOException {
        State target = target(to);
        try (Trial trial = Trial.of(shadow)) {
            State now = recorder.look(trial.pack(), stillness).state();
            try (ObjectReader reader = trial.reader()) {
                Rollback rollback = new Rollback(reader, now, target);
                rollback.check();
                return passage.described(to, rollback, now);
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
     * @param witness told of that snapshot before a file is changed, and so also where the rollback then fails: whatever is
     *     captured next is built on it
     * @throws BelayException E_NO_SUCH_SNAPSHOT, E_BUSY, E_CONFLICT, E_SNAPSHOT: nothing was changed;
     *     E_ROLLBACK_INCOMPLETE: the files are in between, and a second call or the next open goes on
     */
    public synchronized Restored restore(Snapshot to, Moment safety, Witness witness) throws IOException {
        State target = target(to);
        ObjectId commit = ObjectId.fromString(to.getCommit());
        boolean still = stillness.freeze();
        try {
            if (!still) {
                throw notStill();
            }
            passage.clean();
            Optional<Captured> before = safely(safety);
            before.ifPresent(witness::taken);
            RestorePlan done = passage.go(to, commit, target, before, () -> {});
            return new Restored(done, before);
        } finally {
            stillness.thaw();
        }
    }

    private Optional<Captured> safely(Moment moment) throws IOException {
        try {
            return recorder.capture(moment, false, Stillness.held(stillness));
        } catch (SnapshotException | UncheckedIOException failed) {
            throw notSafe(failed);
        }
    }

    private static BelayException notStill() {
        return BelayException.of(
                ErrorCode.E_BUSY,
                "the rollback cannot begin",
                "the runner: processes in the sandbox could not be stopped",
                "belay exec TASK -- ps, then try again");
    }

    /** What {@link #revert} would do now. Changes nothing and records nothing. */
    public synchronized RestorePlan planRevert(Snapshot undone, Snapshot before) throws IOException {
        return tried(undone, target(undone), target(before), stillness);
    }

    private RestorePlan tried(Snapshot undone, State after, State prior, Stillness calm) throws IOException {
        try (Trial trial = Trial.of(shadow)) {
            State now = recorder.look(trial.pack(), calm).state();
            try (ObjectReader reader = trial.reader()) {
                StepRevert.Outcome.Done done = undo(reader, now, undone, after, prior);
                Rollback rollback = new Rollback(done.objects().over(reader), now, done.state());
                rollback.check();
                return describedRevert(undone, rollback, now, done);
            }
        } catch (SnapshotException moving) {
            throw notSafe(moving);
        }
    }

    private StepRevert.Outcome.Done undo(ObjectReader reader, State now, Snapshot undone, State after, State prior)
            throws IOException {
        return RevertRefused.orDone(StepRevert.of(reader, now, after, prior), task, undone.getId(), "the runner");
    }

    private RestorePlan describedRevert(Snapshot to, Rollback rollback, State from, StepRevert.Outcome.Done done)
            throws IOException {
        RestorePlan plan = passage.described(to, rollback, from);
        return new RestorePlan(to, plan.files(), plan.filesChanged(), done.left());
    }

    /**
     * Undoes one step and keeps what came later, as a snapshot of its own. Nothing but Belay may be at work in the
     * workspace. From when {@code witness} is told of the snapshot that it makes until this returns, a death of the process
     * does not take it back: the next {@link #open} ends it.
     *
     * @param undone the snapshot of the step, {@code before} the one that it was made on
     * @param safety for the snapshot of the state before, taken when no snapshot holds it
     * @param moment of the snapshot that it makes
     * @param witness told of the former as soon as it is taken, of the latter when it is certain, before a file is changed
     * @throws BelayException E_CONFLICT, E_NOTHING_TO_REVERT, E_NO_SUCH_SNAPSHOT, E_BUSY, E_SNAPSHOT: no file was changed;
     *     E_ROLLBACK_INCOMPLETE: the files are in between, and the next open goes on
     */
    public synchronized Reverted revert(Snapshot undone, Snapshot before, Moment safety, Moment moment, Witness witness)
            throws IOException {
        State after = target(undone);
        State prior = target(before);
        long begun = System.nanoTime();
        boolean still = stillness.freeze();
        try {
            if (!still) {
                throw notStill();
            }
            if (passage.isOpen()) {
                throw notSafe(new SnapshotException("a rollback of this task did not end; its files are in between"));
            }
            // Before anything is recorded: a step that cannot be undone leaves no trace.
            tried(undone, after, prior, Stillness.held(stillness));
            Optional<Captured> safe = safely(safety);
            safe.ifPresent(witness::taken);
            ObjectId newest = shadow.newest().orElseThrow();
            State merged;
            Captured captured;
            StepRevert.Outcome.Done done;
            try (ObjectPack pack = ObjectPack.create(shadow.packs(), shadow::has);
                    ObjectReader reader = shadow.reader()) {
                done = undo(reader, recorder.current(), undone, after, prior);
                merged = done.state();
                done.objects().into(pack::add);
                Snapshot.Builder known =
                        Snapshot.newBuilder().setReverts(undone.getId()).addAllNotReverted(done.left());
                captured = recorder.publish(pack, merged, moment, known, shadow::recordBeside, begun);
            }
            Snapshot made = captured.snapshot();
            ObjectId commit = ObjectId.fromString(made.getCommit());
            boolean[] told = {false};
            try {
                RestorePlan plan = passage.go(made, commit, merged, safe, () -> {
                    witness.taken(captured);
                    told[0] = true;
                });
                return new Reverted(
                        new RestorePlan(made, plan.files(), plan.filesChanged(), done.left()), safe, captured);
            } catch (IOException | RuntimeException failed) {
                if (!told[0] && !passage.isOpen()) {
                    shadow.takeBack(commit, newest);
                }
                throw failed;
            }
        } finally {
            stillness.thaw();
        }
    }

    private static BelayException notSafe(Exception failed) {
        return BelayException.of(
                        ErrorCode.E_SNAPSHOT,
                        "the rollback cannot begin",
                        "the runner: the present state could not be captured: " + failed.getMessage(),
                        "")
                .causedBy(failed);
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

    /**
     * Goes on from a snapshot that this store holds: the files become what it has, and what was done later, snapshots of
     * it included, counts as not done, because nobody but this store ever heard of it.
     *
     * @param newest the commit of the last snapshot that is known outside
     */
    public synchronized void goOnFrom(Snapshot from, String newest) throws IOException {
        target(from);
        passage.leaveBehind(from);
        recorder.begin(ObjectId.fromString(newest), ObjectId.fromString(from.getCommit()));
        // What only forgotten snapshots hold is captured again.
        recorder.sawNothing();
    }

    /** What the files have beside a snapshot that no snapshot holds; empty where they do not equal it otherwise. */
    public synchronized Optional<List<NotCaptured>> beside(Snapshot snapshot) throws IOException {
        target(snapshot);
        return passage.beside(snapshot);
    }

    /**
     * Takes back what became of the files since they equalled a snapshot, and records nothing of it. What no snapshot holds
     * stays, but where this one holds something.
     *
     * @return what that is
     * @throws BelayException E_BUSY: nothing was changed
     */
    public synchronized List<NotCaptured> settle(Snapshot snapshot) throws IOException {
        target(snapshot);
        boolean still = stillness.freeze();
        try {
            if (!still) {
                throw notStill();
            }
            List<NotCaptured> beside = passage.leaveWhollyBehind(snapshot);
            // What only was there meanwhile is captured again when it comes again.
            recorder.sawNothing();
            return beside;
        } finally {
            stillness.thaw();
        }
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
            recorder.begin(ObjectId.fromString(newest), commit);
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
        recorder.equalBase();
        return new Restored(passage.go(snapshot, commit, target, Optional.empty(), () -> {}), Optional.empty());
    }

    /** Takes in packs of snapshots that were made of this task without this store. */
    public synchronized void takeIn(List<Path> packs) throws IOException {
        shadow.adopt(packs);
    }

    /**
     * Whether it has snapshots that none up to {@code newest} was made after: nobody but this store has heard of them.
     *
     * @param newest the commit of the last snapshot that is known outside; one of this store's
     */
    public synchronized boolean wentBeyond(String newest) throws IOException {
        Optional<ObjectId> last = shadow.newest();
        return last.isPresent() && !shadow.leads(ObjectId.fromString(newest), last.get());
    }

    /** Whether the snapshot with this commit is one of this store's. */
    public synchronized boolean knows(String commit) {
        return ObjectId.isId(commit) && shadow.knows(ObjectId.fromString(commit));
    }

    @Override
    public synchronized void close() throws IOException {
        shadow.close();
    }
}
