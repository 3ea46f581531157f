package dev.belay.cli.project;

import dev.belay.cli.project.Comparison.Conflict;
import dev.belay.cli.project.Comparison.Ready;
import dev.belay.cli.project.Staging.Committed;
import dev.belay.policies.delivery.Protection;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Brings a task's result into the person's folder and stages it. Every path is compared before one is written; then all
 * of them are written or none. Nothing of the repository is run: no hook, filter, helper or file monitor.
 */
public final class ResultApplier {
    private final ProjectFolder folder;
    private final Path root;
    private final ResultPack results;
    private final Optional<Staging> staging;
    private final List<ChangedPath> changes;
    private final List<String> notes = new ArrayList<>();

    private ResultApplier(
            ProjectFolder folder, ResultPack results, Optional<Staging> staging, List<ChangedPath> changes) {
        this.folder = folder;
        this.root = folder.root();
        this.results = results;
        this.staging = staging;
        this.changes = changes;
    }

    /**
     * @param changeSet the server's ChangeSet: what the folder was, byte for byte, and what it is to be
     * @param deltaPack holds the new contents
     * @throws BelayException E_CONFLICT or E_BASE_MOVED, when a file is not as it was, E_PROTECTED, when it takes a person to
     *     let one in; nothing was written
     */
    public static ApplyReport apply(ProjectFolder folder, Json changeSet, Path deltaPack, Delivery delivery) {
        return apply(folder, changeSet, deltaPack, delivery, path -> {});
    }

    static ApplyReport apply(
            ProjectFolder folder, Json changeSet, Path deltaPack, Delivery delivery, FolderWrite.Witness witness) {
        HermeticGit.install();
        List<ChangedPath> changes = ChangedPath.of(changeSet, folder.scope());
        try (ResultPack results = ResultPack.open(folder.git(), deltaPack)) {
            Optional<Staging> staging = folder.git().isPresent()
                    ? Optional.of(Staging.open(folder.git().get(), !delivery.check()))
                    : Optional.empty();
            try {
                return new ResultApplier(folder, results, staging, changes).run(delivery, witness);
            } finally {
                if (staging.isPresent()) {
                    staging.get().close();
                }
            }
        } catch (AccessDeniedException e) {
            throw WorkTree.unreadable(String.valueOf(e.getFile()), e);
        } catch (IOException e) {
            throw BelayException.of(
                            ErrorCode.E_BAD_PROJECT,
                            "the project cannot be read",
                            String.valueOf(e.getMessage()) + " (layer: client)",
                            "git status")
                    .causedBy(e);
        }
    }

    private ApplyReport run(Delivery delivery, FolderWrite.Witness witness) throws IOException {
        List<ChangedPath> wanted = letIn(delivery, withoutIgnored());
        Set<String> touched = new HashSet<>();
        for (ChangedPath change : wanted) {
            touched.add(change.path());
            Optional<String> submodule = staging.flatMap(index -> index.submodule(change.path()));
            if (submodule.isPresent()) {
                throw ChangedPath.refused(change.path(), Shown.path(submodule.get()) + " is a submodule");
            }
            if (change.becomesLink()) {
                link(change);
            }
        }
        Optional<ObjectId> head = folder.head();
        Optional<Map<String, Committed>> known =
                head.isPresent() ? Staging.committed(results.reader(), head.get(), touched) : Optional.of(Map.of());
        Map<String, Committed> committed = known.orElse(Map.of());
        List<Ready> ready = compared(wanted, committed, touched);
        List<Ready> stageable = stageable(ready);
        boolean staged = !ready.isEmpty() && stageable.size() == ready.size();
        List<ApplyReport.Change> made = ready.stream()
                .filter(each -> !each.done())
                .map(each -> new ApplyReport.Change(
                        each.change().path(), each.change().status()))
                .toList();
        if (made.size() < ready.size()) {
            notes.add("here already as the result has them: "
                    + Shown.paths(ready.stream()
                            .filter(Ready::done)
                            .map(each -> each.change().path())
                            .toList()));
        }
        String undo = staged && made.size() == ready.size() && known.isPresent()
                ? UndoCommand.of(root, ready, staging.orElseThrow(), committed)
                : "";
        if (!delivery.check()) {
            try (ExitHold hold = ExitHold.take()) {
                write(ready, stageable, witness);
            }
        }
        return new ApplyReport(made, staged, undo, notes);
    }

    private void write(List<Ready> ready, List<Ready> stageable, FolderWrite.Witness witness) {
        FolderWrite write = new FolderWrite(root, results, witness);
        try {
            write.write(ready);
            if (staging.isPresent() && !stageable.isEmpty()) {
                witness.before(folder.git().orElseThrow().index());
                staging.get().stage(stageable, results, root);
            }
        } catch (IOException e) {
            throw undone(write, FolderWrite.failed(root, e));
        } catch (BelayException e) {
            throw undone(write, e);
        } catch (RuntimeException | Error e) {
            write.rollback();
            throw e;
        }
        List<String> left = write.finish();
        if (!left.isEmpty()) {
            notes.add("could not be tidied away: " + Shown.paths(left));
        }
    }

    private static BelayException undone(FolderWrite write, BelayException cause) {
        List<String> failed = write.rollback();
        return failed.isEmpty()
                ? cause
                : BelayException.of(
                                cause.code(),
                                cause.what(),
                                cause.why(),
                                "not all could be put back: " + Shown.paths(failed)
                                        + "; old files are kept beside their places as .belay-*",
                                "git status")
                        .causedBy(cause);
    }

    /** What the folder did not hand over it does not get back: a build's output is not a result. */
    private List<ChangedPath> withoutIgnored() throws IOException {
        IgnoreRules rules = new IgnoreRules(folder.git());
        rules(IgnoreRules.IGNORE, rules::enter, rules::enter);
        List<ChangedPath> wanted = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        for (ChangedPath change : changes) {
            boolean tracked =
                    staging.map(index -> index.isTracked(change.path())).orElse(false);
            boolean left = !change.wasThere()
                    && !tracked
                    && (rules.isIgnored(change.path(), false)
                            || ChangedPath.foldersOf(change.path()).stream()
                                    .anyMatch(above -> rules.isIgnored(above, true)));
            if (left) {
                ignored.add(change.path());
            } else {
                wanted.add(change);
            }
        }
        if (!ignored.isEmpty()) {
            notes.add("left out, git ignores them: " + Shown.paths(ignored));
        }
        return wanted;
    }

    /** Without what a person must agree to, and has not. What is here already as the result has it, is no question. */
    private List<ChangedPath> letIn(Delivery delivery, List<ChangedPath> all) throws IOException {
        List<ChangedPath> wanted = withinBounds(delivery, all);
        SortedMap<String, Protection> held =
                delivery.heldBack(wanted.stream().map(ChangedPath::path).toList());
        List<ChangedPath> asked = wanted.stream()
                .filter(change -> held.containsKey(change.path()))
                .toList();
        new Comparison(root, asked, true, change -> false)
                .ready().stream()
                        .filter(Ready::done)
                        .forEach(each -> held.remove(each.change().path()));
        if (held.isEmpty()) {
            return wanted;
        }
        if (!delivery.leaveProtected()) {
            throw delivery.refused(held);
        }
        notes.add("left out, protected: " + Shown.paths(List.copyOf(held.keySet())));
        return wanted.stream()
                .filter(change -> !held.containsKey(change.path()))
                .toList();
    }

    /** What a task was not to change it may have changed on its copy; it is named, and stays there. */
    private List<ChangedPath> withinBounds(Delivery delivery, List<ChangedPath> all) {
        SortedMap<String, String> outside =
                delivery.outside(all.stream().map(ChangedPath::path).toList());
        if (outside.isEmpty()) {
            return all;
        }
        notes.add("left out, the policy does not let the task change "
                + (outside.size() == 1 ? "it" : "them") + ": " + Shown.paths(List.copyOf(outside.keySet()))
                + " (" + outside.get(outside.firstKey()) + "; --agree FILE lets one in)");
        return all.stream()
                .filter(change -> !outside.containsKey(change.path()))
                .toList();
    }

    private interface OnDisk {
        void enter(String path, Path folder) throws IOException;
    }

    private interface InResult {
        void enter(String path, String rules) throws IOException;
    }

    /** Goes through the rule files of all folders that the result touches, as they are with the result. */
    private void rules(String name, OnDisk onDisk, InResult inResult) throws IOException {
        Set<String> folders = new HashSet<>(Set.of(""));
        Map<String, ChangedPath> files = new HashMap<>();
        for (ChangedPath change : changes) {
            folders.addAll(ChangedPath.foldersOf(change.path()));
            files.put(change.path(), change);
        }
        for (String above : folders) {
            String path = above.isEmpty() ? name : above + "/" + name;
            ChangedPath change = files.get(path);
            if (change == null) {
                onDisk.enter(above, root.resolve(above));
            } else if (change.stays() && !change.becomesLink()) {
                inResult.enter(above, results.rules(change));
            }
        }
    }

    private void link(ChangedPath change) throws IOException {
        Path place = root.resolve(change.path());
        Path target = place.resolveSibling(results.linkTarget(change)).normalize();
        if (!target.startsWith(root)) {
            notes.add("a link that leads out of the project: " + Shown.path(change.path()) + " → "
                    + Shown.path(target.toString()));
        }
    }

    private List<Ready> compared(List<ChangedPath> wanted, Map<String, Committed> committed, Set<String> touched)
            throws IOException {
        boolean trustExecutable =
                folder.git().isEmpty() || folder.git().get().config().getBoolean("core", "filemode", true);
        Comparison comparison = new Comparison(
                root,
                wanted,
                trustExecutable,
                change -> staging.map(index -> index.isAbsentByWish(change)).orElse(false));
        if (!comparison.conflicts().isEmpty()) {
            List<ChangedPath> theirs =
                    comparison.conflicts().stream().map(Conflict::change).toList();
            Comparison withHead = new Comparison(
                    root, theirs.stream().map(change -> from(change, committed)).toList(), trustExecutable, c -> false);
            throw withHead.conflicts().isEmpty() && folder.head().isPresent()
                    ? Obstacles.moved(comparison.conflicts(), wanted.size())
                    : Obstacles.conflict(comparison.conflicts());
        }
        List<Conflict> inIndex = new ArrayList<>();
        for (ChangedPath change : wanted) {
            staging.flatMap(index -> index.conflict(change, committed, touched)).ifPresent(inIndex::add);
        }
        if (!inIndex.isEmpty()) {
            throw Obstacles.conflict(inIndex);
        }
        return comparison.ready();
    }

    /** The change as if the task had begun with what is committed. */
    private static ChangedPath from(ChangedPath change, Map<String, Committed> committed) {
        Committed head = committed.get(change.path());
        return head == null
                ? new ChangedPath(change.path(), ObjectId.zeroId(), 0, change.newBlob(), change.newMode())
                : new ChangedPath(change.path(), head.blob(), head.mode(), change.newBlob(), change.newMode());
    }

    private List<Ready> stageable(List<Ready> ready) throws IOException {
        if (staging.isEmpty()) {
            return List.of();
        }
        if (!staging.get().isPossible()) {
            notes.add("written, not staged: only git itself can write this repository's index (git add -A)");
            return List.of();
        }
        Conversions conversions = new Conversions(folder.git());
        rules(Conversions.ATTRIBUTES, conversions::enter, conversions::enter);
        List<Ready> stageable = new ArrayList<>();
        List<String> rewritten = new ArrayList<>();
        List<String> nested = new ArrayList<>();
        for (Ready each : ready) {
            ChangedPath change = each.change();
            boolean content = change.stays() && !change.becomesLink() && conversions.mayApply();
            if (ChangedPath.foldersOf(change.path()).stream().anyMatch(this::isRepository)) {
                nested.add(change.path());
            } else if (content && conversions.rewrites(change.path(), results.hasCarriageReturns(change.newBlob()))) {
                rewritten.add(change.path());
            } else {
                stageable.add(each);
            }
        }
        if (!rewritten.isEmpty()) {
            notes.add("written, not staged, because git would convert them (git add): " + Shown.paths(rewritten));
        }
        if (!nested.isEmpty()) {
            notes.add("written, not staged, because they lie in a repository of their own: " + Shown.paths(nested));
        }
        return stageable;
    }

    private boolean isRepository(String above) {
        return Files.exists(root.resolve(above).resolve(".git"), LinkOption.NOFOLLOW_LINKS);
    }
}
