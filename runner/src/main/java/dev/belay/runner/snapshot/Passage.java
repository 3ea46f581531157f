package dev.belay.runner.snapshot;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.snapshot.State;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * The way of the files from what they are to a snapshot: an intent on disk first, the files, a check that they equal it,
 * the head last. Cut off anywhere, it is gone to its end by {@link #finish}.
 */
final class Passage {
    private final Workspace workspace;
    private final Shadow shadow;
    private final Recorder recorder;
    private final Stillness stillness;
    private final Settings settings;

    Passage(Workspace workspace, Shadow shadow, Recorder recorder, Stillness stillness, Settings settings) {
        this.workspace = workspace;
        this.shadow = shadow;
        this.recorder = recorder;
        this.stillness = stillness;
        this.settings = settings;
    }

    private static String stage(ObjectId commit) {
        return ".belay-rollback-" + commit.name().substring(0, 12);
    }

    /** Goes on with one that was cut off; answers the snapshot that the files equal then. */
    Optional<ObjectId> finish() throws IOException {
        Optional<Intent> intent = Intent.read(shadow.directory());
        if (intent.isEmpty()) {
            return Optional.empty();
        }
        ObjectId commit = ObjectId.fromString(intent.get().to());
        arrive(intent.get(), "the snapshot before it holds the state before", stillness, false);
        return Optional.of(commit);
    }

    /** Whether one was cut off and not finished: the files are in between. */
    boolean isOpen() throws IOException {
        return Intent.read(shadow.directory()).isPresent();
    }

    /** What an earlier one left beside its way. */
    void clean() throws IOException {
        Optional<Intent> earlier = Intent.read(shadow.directory());
        if (earlier.isPresent()) {
            MergedFiles.removeStage(workspace, earlier.get().stage());
        }
    }

    /** @param decided told when nothing stands in the way any more, before the first change */
    RestorePlan go(Snapshot to, ObjectId commit, State target, Optional<Captured> before, Runnable decided)
            throws IOException {
        String name = to.getId();
        String safe = before.map(captured -> captured.snapshot().getId() + " holds the state before")
                .orElse("the snapshot before holds the state before");
        String stage = stage(commit);
        State from = recorder.current();
        RestorePlan plan;
        try (ObjectReader reader = shadow.reader()) {
            Rollback rollback = new Rollback(reader, from, target);
            rollback.check();
            plan = described(to, rollback, from);
            if (!rollback.changesNothing() || isOpen()) {
                new Intent(commit.name(), stage).write(shadow.directory());
                settings.faults().reach("intent-written");
                try (MergedFiles files = new MergedFiles(workspace, reader, rollback, settings.faults(), stage)) {
                    prepare(files, stage);
                    decided.run();
                    settings.faults().reach("decided");
                    files.carryOut();
                } catch (IOException failed) {
                    throw incomplete(name, safe, String.valueOf(failed.getMessage()))
                            .causedBy(failed);
                }
                verify(name, target, safe);
            } else {
                decided.run();
            }
        }
        shadow.moveHead(commit);
        settings.faults().reach("head-moved");
        recorder.equal(target);
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
            Capture.Found found = recorder.look(trial.pack(), Stillness.held(stillness));
            boolean allKnown = trial.pack().objects() == 0;
            if (!found.state().sameFiles(target)) {
                try (ObjectReader reader = trial.reader()) {
                    Rollback rest = new Rollback(reader, found.state(), target);
                    if (!rest.changesNothing()) {
                        throw incomplete(name, safe, "the files differ from the snapshot afterwards");
                    }
                }
            }
            if (allKnown) {
                recorder.saw(found.layer());
            } else {
                recorder.sawNothing();
            }
            settings.faults().reach("verified");
        } catch (SnapshotException failed) {
            throw incomplete(name, safe, String.valueOf(failed.getMessage())).causedBy(failed);
        }
    }

    /**
     * Makes the files equal those of a snapshot, whatever they are now; that is not recorded.
     *
     * @return what the files have beside it that no snapshot holds
     */
    List<NotCaptured> leaveBehind(Snapshot to) throws IOException {
        Intent intent = intent(to);
        begin(intent);
        return arrive(intent, wanted(to), stillness, false);
    }

    /**
     * As {@link #leaveBehind(Snapshot)}, while the caller keeps everything still; what no snapshot holds goes where it stands
     * in the way of what this one does.
     */
    List<NotCaptured> leaveWhollyBehind(Snapshot to) throws IOException {
        return arrive(intent(to), wanted(to), Stillness.held(stillness), true);
    }

    private static Intent intent(Snapshot to) {
        return new Intent(to.getCommit(), stage(ObjectId.fromString(to.getCommit())));
    }

    private static String wanted(Snapshot to) {
        return to.getId() + " holds the state that is wanted";
    }

    /** Killed after this, it is done when the store is opened again. */
    private void begin(Intent intent) throws IOException {
        intent.write(shadow.directory());
        settings.faults().reach("intent-written");
    }

    private void remove(Set<String> paths) throws IOException {
        try (Reach reach = new Reach(workspace.merged())) {
            for (String path : paths) {
                reach.parent(path).removeAll(path.substring(path.lastIndexOf('/') + 1));
            }
        }
    }

    /** What the files have beside a snapshot that no snapshot holds; empty where they do not equal it otherwise. */
    Optional<List<NotCaptured>> beside(Snapshot equal) throws IOException {
        return looked(
                shadow.read(ObjectId.fromString(equal.getCommit())),
                stillness,
                (now, reader, rollback) ->
                        rollback.changesNothing() && rollback.hiding().isEmpty()
                                ? Optional.of(now.meta().notCaptured())
                                : Optional.empty());
    }

    /** What is made of one look at the files, and of the way from there. */
    private interface Look<T> {
        T take(State now, ObjectReader reader, Rollback rollback) throws IOException;
    }

    private <T> T looked(State target, Stillness calm, Look<T> look) throws IOException {
        try (Trial trial = Trial.of(shadow)) {
            State now = recorder.look(trial.pack(), calm).state();
            try (ObjectReader reader = trial.reader()) {
                return look.take(now, reader, new Rollback(reader, now, target));
            }
        } catch (SnapshotException moving) {
            throw new IOException("the files could not be looked at: " + moving.getMessage(), moving);
        }
    }

    /** @param inTheWay empty where all else was done */
    private record Try(Set<String> inTheWay, List<NotCaptured> beside) {}

    /** @param wholly whether the intent is still to be written, once nothing hides the target's files */
    private List<NotCaptured> arrive(Intent intent, String safe, Stillness calm, boolean wholly) throws IOException {
        MergedFiles.removeStage(workspace, intent.stage());
        ObjectId commit = ObjectId.fromString(intent.to());
        State target = shadow.read(commit);
        String name = "s" + shadow.step(commit);
        Set<String> removed = new HashSet<>();
        Try last = attempt(target, intent, name, safe, calm, wholly);
        while (!last.inTheWay().isEmpty()) {
            // Each round uncovers what lay below; what went and is there again has come back by itself.
            if (!Collections.disjoint(removed, last.inTheWay())) {
                throw incomplete(name, safe, "something puts " + last.inTheWay() + " back");
            }
            removed.addAll(last.inTheWay());
            remove(last.inTheWay());
            last = attempt(target, intent, name, safe, calm, wholly);
        }
        verify(name, target, safe);
        shadow.moveHead(commit);
        recorder.equal(target);
        Intent.clear(shadow.directory());
        return last.beside();
    }

    private Try attempt(State target, Intent intent, String name, String safe, Stillness calm, boolean wholly)
            throws IOException {
        try {
            return attempt(target, intent, calm, wholly);
        } catch (IOException failed) {
            // Something may have been done to the files by now.
            if (failed.getCause() instanceof SnapshotException moving) {
                throw incomplete(name, safe, String.valueOf(moving.getMessage()));
            }
            throw failed;
        }
    }

    private Try attempt(State target, Intent intent, Stillness calm, boolean wholly) throws IOException {
        return looked(target, calm, (now, reader, rollback) -> {
            Set<String> inTheWay = wholly ? rollback.hiding() : Set.of();
            if (inTheWay.isEmpty()) {
                if (wholly) {
                    begin(intent);
                }
                // Else no way would ever lead to the end.
                inTheWay = rollback.standingOnUnheld();
            }
            if (inTheWay.isEmpty()) {
                try (MergedFiles files =
                        new MergedFiles(workspace, reader, rollback, settings.faults(), intent.stage())) {
                    files.prepare();
                    files.carryOut();
                }
            }
            return new Try(inTheWay, now.meta().notCaptured());
        });
    }

    private static BelayException incomplete(String name, String safe, String why) {
        return BelayException.of(
                ErrorCode.E_ROLLBACK_INCOMPLETE,
                "the rollback to " + name + " is incomplete",
                "the runner: " + why,
                safe,
                "belay rollback, once more");
    }

    RestorePlan described(Snapshot to, Rollback rollback, State from) throws IOException {
        FileChanges.Summary summary = rollback.summary(recorder.counts(), from);
        return new RestorePlan(to, summary.listed(), summary.count(), rollback.notRestored);
    }
}
