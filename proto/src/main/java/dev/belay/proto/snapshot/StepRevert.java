package dev.belay.proto.snapshot;

import dev.belay.proto.v1.NotCaptured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * Takes one step out of a state and keeps what came after it: a three-way merge whose base is the state that the step left,
 * and whose sides are the state now and the one that the step began with. The project's {@code .git} goes back whole, and
 * only where nothing has touched it since; else it is left as it is. Nothing is read but the three states' objects, and
 * nothing is written but into {@link Outcome.Done#objects}.
 */
public final class StepRevert {
    private StepRevert() {}

    /** What came of it. */
    public sealed interface Outcome {
        /**
         * @param objects what the state has and the three had not
         * @param left what of the step is not undone
         */
        record Done(State state, FreshObjects objects, List<NotCaptured> left) implements Outcome {}

        /** The step had left everything as it was. */
        record ChangedNothing() implements Outcome {}

        /** What the step did is not there any more. */
        record NotThere() implements Outcome {}

        record Conflicts(List<Conflict> all) implements Outcome {}
    }

    /**
     * @param now the state to change
     * @param after the state that the step left
     * @param before the state that it began with
     */
    public static Outcome of(ObjectReader objects, State now, State after, State before) throws IOException {
        if (after.sameFiles(before)) {
            return new Outcome.ChangedNothing();
        }
        FreshObjects fresh = new FreshObjects();
        ObjectReader reader = fresh.over(objects);
        TreeMerge trees = new TreeMerge(reader, fresh);
        ObjectId work = trees.merge(after.work(), now.work(), before.work());
        List<Conflict> conflicts = new ArrayList<>(trees.conflicts());
        if (!conflicts.isEmpty()) {
            return new Outcome.Conflicts(conflicts);
        }
        boolean gitUndone = !sameGit(after, before) && sameGit(after, now);
        boolean gitLeft = !sameGit(after, before) && !sameGit(after, now) && !sameGit(now, before);
        State git = gitUndone ? before : now;
        Set<String> changed = new TreeSet<>();
        TreeDiff.between(reader, now.work(), work).forEach(change -> changed.add(change.path()));
        MetaMerge metas = new MetaMerge(reader, after, now, before, work);
        Meta meta = metas.merge(changed, git);
        conflicts.addAll(metas.conflicts());
        State merged = new State(work, git.git(), now.objects(), meta);
        if (conflicts.isEmpty() && merged.sameFiles(now)) {
            if (!gitLeft) {
                return new Outcome.NotThere();
            }
            conflicts.add(new Conflict(".git", Conflict.Why.GIT));
        }
        if (!conflicts.isEmpty()) {
            conflicts.sort(Comparator.comparing(Conflict::path));
            return new Outcome.Conflicts(conflicts);
        }
        return new Outcome.Done(merged, fresh, left(after, before, gitLeft));
    }

    private static boolean sameGit(State one, State other) {
        return one.git().equals(other.git()) && gitMeta(one).equals(gitMeta(other));
    }

    private static Meta gitMeta(State state) {
        Meta git = Meta.gather();
        state.meta().directories().stream().filter(StepRevert::isGit).forEach(git.directories()::add);
        state.meta().fileModes().forEach((path, mode) -> {
            if (isGit(path)) {
                git.fileModes().put(path, mode);
            }
        });
        state.meta().directoryModes().forEach((path, mode) -> {
            if (isGit(path)) {
                git.directoryModes().put(path, mode);
            }
        });
        return git;
    }

    private static boolean isGit(String path) {
        return path.equals(".git") || path.startsWith(".git/");
    }

    private static List<NotCaptured> left(State after, State before, boolean gitLeft) {
        List<NotCaptured> left = new ArrayList<>();
        if (gitLeft) {
            left.add(NotCaptured.newBuilder()
                    .setPath(".git")
                    .setWhy("changed_later")
                    .build());
        }
        Map<String, NotCaptured> differs = new HashMap<>();
        before.meta().notCaptured().forEach(one -> differs.put(one.getPath(), one));
        for (NotCaptured one : after.meta().notCaptured()) {
            if (!one.equals(differs.remove(one.getPath()))) {
                differs.put(one.getPath(), one);
            }
        }
        differs.values().stream()
                .sorted(Comparator.comparing(NotCaptured::getPath))
                .forEach(left::add);
        return left;
    }
}
