package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.policies.delivery.ProtectedFiles;
import dev.belay.policies.delivery.Protection;
import dev.belay.policies.language.Quoted;
import dev.belay.runner.workspace.PushedObjects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * Whether the files that a push brings may leave. A push is a delivery that nobody looks at before it arrives: what a person
 * has to agree to is not pushed, and what a task may not change is not either.
 */
final class PushedWork {
    private static final String RULE = "RESTRICTED git push (default)";
    private static final int MOST_TOLD = 5;

    /** {@link PushedObjects#changed}. */
    @FunctionalInterface
    interface Changes {
        SortedSet<String> of(List<String> tips, InputStream pack) throws IOException;
    }

    private final Path folder;
    private final Changes changes;
    private final String task;

    /**
     * @param folder for pushes while they are looked through; nothing in it outlives a place
     * @param task as a person names it
     */
    PushedWork(Path folder, Changes changes, String task) {
        this.folder = folder;
        this.changes = changes;
        this.task = task;
    }

    Path folder() {
        return folder;
    }

    /** Empty: they may. */
    Optional<Verdict> judge(Policy policy, List<String> tips, InputStream pack) throws IOException {
        SortedSet<String> paths;
        try {
            paths = changes.of(tips, pack);
        } catch (PushedObjects.UnreadableException unclear) {
            return Optional.of(new Verdict.Denied(
                    "gateway",
                    RULE,
                    "default",
                    "what this push brings cannot be looked through: " + unclear.getMessage(),
                    "push commits that are made on the project as the task was given it; a person takes over the rest:"
                            + " belay apply " + task));
        }
        SortedMap<String, Protection> held = ProtectedFiles.among(paths);
        return held.isEmpty() ? outside(policy, paths) : Optional.of(refused(held));
    }

    private Verdict refused(SortedMap<String, Protection> held) {
        String files = held.entrySet().stream()
                .limit(MOST_TOLD)
                .map(file -> Quoted.of(file.getKey()) + " (" + file.getValue().why() + ")")
                .collect(Collectors.joining(", "));
        return new Verdict.Denied(
                "gateway",
                "RESTRICTED protected files (default)",
                "default",
                "this push changes " + files
                        + (held.size() > MOST_TOLD ? ", and " + (held.size() - MOST_TOLD) + " more" : "")
                        + ": a person has to agree to each",
                "leave them out of every commit, and push again; a person delivers them: belay apply " + task
                        + " --agree FILE");
    }

    private static Optional<Verdict> outside(Policy policy, SortedSet<String> paths) {
        return paths.stream()
                .map(path -> about(path, policy.edit(path)))
                .filter(verdict -> !verdict.allowed())
                .findFirst();
    }

    private static Verdict about(String path, Verdict verdict) {
        return verdict.winning()
                .<Verdict>map(denied -> new Verdict.Denied(
                        "gateway",
                        denied.rule(),
                        denied.place(),
                        "this push changes " + Quoted.of(path) + ": " + denied.reason(),
                        "leave it out of every commit, and push again"))
                .orElse(verdict);
    }
}
