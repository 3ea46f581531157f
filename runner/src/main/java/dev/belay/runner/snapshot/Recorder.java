package dev.belay.runner.snapshot;

import com.google.protobuf.Timestamp;
import dev.belay.proto.snapshot.Meta;
import dev.belay.proto.snapshot.State;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.ObjectPack;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/** Records what the files are as snapshots, and knows which of them they equal. One thread at a time. */
final class Recorder {
    private final String task;
    private final Workspace workspace;
    private final Shadow shadow;
    private final Settings settings;
    private final Capture capture;
    private final FileChanges counts = new FileChanges();
    private final State base;

    /** The state that the files had when they were last known to equal a snapshot. */
    private State current;

    /** The first snapshot's: the project as it was sent, and what was made of it before the task began. */
    private @Nullable State first;

    private Layer.Folder layer = Layer.Folder.nothing();
    /** The git objects that all captures so far hold. */
    private ObjectId objects = Constants.EMPTY_TREE_ID;

    Recorder(String task, Workspace workspace, Shadow shadow, Settings settings) throws IOException {
        this.task = task;
        this.workspace = workspace;
        this.shadow = shadow;
        this.settings = settings;
        this.capture = new Capture(workspace, shadow, settings);
        this.base = baseOf(workspace.checkout());
        this.current = base;
        Optional<ObjectId> newest = shadow.newest();
        if (newest.isPresent()) {
            objects = shadow.read(newest.get()).objects();
        }
        Optional<ObjectId> head = shadow.head();
        if (head.isPresent()) {
            current = shadow.read(head.get());
        }
    }

    private static State baseOf(Checkout checkout) {
        Meta meta = Meta.gather();
        meta.directories().addAll(checkout.emptyDirectories());
        State.Slot git = new State.Slot(FileMode.TYPE_TREE, checkout.gitTree());
        return new State(checkout.workTree(), git, Constants.EMPTY_TREE_ID, meta);
    }

    State current() {
        return current;
    }

    FileChanges counts() {
        return counts;
    }

    /** The files equal this now. */
    void equal(State state) {
        current = state;
    }

    /** They are those of the project as it was sent. */
    void equalBase() {
        current = base;
    }

    /** What a look found, all of whose objects are in the shadow repository; else {@link #sawNothing}. */
    void saw(Layer.Folder found) {
        layer = found;
    }

    void sawNothing() {
        layer = Layer.Folder.nothing();
    }

    /** Nobody heard of what came after {@code newest}. */
    void begin(ObjectId newest, ObjectId head) throws IOException {
        shadow.goBackTo(newest);
        shadow.moveHead(head);
        objects = shadow.read(newest).objects();
    }

    /** What the files are, whose new objects go to a pack of the caller's; records nothing. */
    Capture.Found look(ObjectPack pack, Stillness calm) throws IOException, SnapshotException {
        return capture.run(pack, layer, objects, calm);
    }

    /** Empty when {@code always} is false and the files are as the last snapshot has them. */
    Optional<Captured> capture(Moment moment, boolean always, Stillness calm) throws IOException, SnapshotException {
        long begun = System.nanoTime();
        Optional<ObjectId> newest = shadow.newest();
        if (always && newest.isPresent() && shadow.step(newest.get()) >= moment.step()) {
            throw new SnapshotException("step " + moment.step() + " is not after the last snapshot");
        }
        Optional<ObjectId> parent = shadow.head();
        try (ObjectPack pack = ObjectPack.create(shadow.packs(), shadow::has)) {
            Capture.Found found = look(pack, calm);
            if (!always && found.state().sameFiles(current) && parent.isPresent()) {
                // What is not captured may be another than before.
                current = new State(
                        current.work(),
                        current.git(),
                        current.objects(),
                        found.state().meta());
                return Optional.empty();
            }
            Captured captured = publish(
                    pack,
                    found.state(),
                    moment,
                    Snapshot.newBuilder(),
                    commit -> shadow.record(commit, () -> reach("half-a-ref")),
                    begun);
            current = found.state();
            layer = found.layer();
            objects = found.state().objects();
            settings.faults().reach("after-ref");
            return Optional.of(captured);
        }
    }

    /** What makes a snapshot one: the last act. */
    interface Recording {
        void record(ObjectId commit) throws IOException;
    }

    Captured publish(
            ObjectPack pack, State state, Moment moment, Snapshot.Builder known, Recording recording, long begun)
            throws IOException {
        Instant at = settings.clock().instant();
        Optional<ObjectId> newest = shadow.newest();
        Optional<ObjectId> parent = shadow.head();
        if (!shadow.holds(workspace.checkout().gitTree())) {
            pack.append(workspace.checkout().statePack());
        }
        ObjectId commit = shadow.commit(pack, state, task, moment, at);
        ObjectPack.Sealed sealed = pack.seal();
        settings.faults().reach("pack-sealed");
        Path file = pack.publish(commit, () -> reach("pack-without-index"));
        try {
            settings.faults().reach("pack-published");
            shadow.use(file);
            known.setId("s" + moment.step())
                    .setStep(moment.step())
                    .setTurn(moment.turn())
                    .setCommit(commit.name())
                    .setTree(state.work().name())
                    .setKind(moment.kind())
                    .setTool(moment.tool())
                    .setAt(Timestamp.newBuilder()
                            .setSeconds(at.getEpochSecond())
                            .setNanos(at.getNano()))
                    .addAllNotCaptured(state.meta().notCaptured())
                    .setPackSha256(sealed.sha256())
                    .setParentCommit(parent.map(ObjectId::name).orElse(""));
            count(known, state, newest.isEmpty());
            settings.faults().reach("before-ref");
            recording.record(commit);
            Snapshot snapshot =
                    known.setCaptureMs((System.nanoTime() - begun) / 1e6).build();
            return new Captured(snapshot, Optional.of(file));
        } catch (IOException | RuntimeException failed) {
            forget(commit, newest, parent);
            throw failed;
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
            shadow.takeBackRefs(newest, head);
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

    private void count(Snapshot.Builder snapshot, State now, boolean isFirst) throws IOException {
        State from = isFirst ? now : first();
        first = from;
        try (ObjectReader reader = shadow.reader()) {
            FileChanges.Summary step = counts.between(reader, current, now);
            FileChanges.Summary total = counts.between(reader, from, now);
            snapshot.addAllFiles(step.listed())
                    .setFilesChanged(step.count())
                    .setLinesAdded(step.added())
                    .setLinesRemoved(step.removed())
                    .setTotalFilesChanged(total.count())
                    .setTotalLinesAdded(total.added())
                    .setTotalLinesRemoved(total.removed());
        }
    }

    private State first() throws IOException {
        State known = first;
        if (known != null) {
            return known;
        }
        Optional<ObjectId> commit = shadow.first();
        return commit.isPresent() ? shadow.read(commit.get()) : base;
    }
}
