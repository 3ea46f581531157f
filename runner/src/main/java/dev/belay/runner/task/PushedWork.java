package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.policies.delivery.ProtectedFiles;
import dev.belay.policies.delivery.Protection;
import dev.belay.policies.git.PushRules;
import dev.belay.policies.git.PushedFile;
import dev.belay.policies.language.Quoted;
import dev.belay.runner.workspace.PushedObjects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the files that a push brings may leave. A push is a delivery that nobody looks at before it arrives: what a person
 * has to agree to is not pushed, and what a task may not change is not either.
 */
final class PushedWork {
    private static final int MOST_TOLD = 5;

    /** {@link PushedObjects#changed}. */
    @FunctionalInterface
    interface Changes {
        SortedMap<String, SortedSet<String>> of(List<String> tips, InputStream pack) throws IOException;
    }

    private final Path folder;
    private final Changes changes;
    private final Supplier<List<PushedFile>> agreed;
    private final String task;

    /**
     * @param folder for pushes while they are looked through; nothing in it outlives a place
     * @param agreed what people let this task push
     * @param task as a person names it
     */
    PushedWork(Path folder, Changes changes, Supplier<List<PushedFile>> agreed, String task) {
        this.folder = folder;
        this.changes = changes;
        this.agreed = agreed;
        this.task = task;
    }

    Path folder() {
        return folder;
    }

    /** Empty: they may. */
    Optional<Verdict> judge(Policy policy, List<String> tips, InputStream pack) throws IOException {
        SortedMap<String, SortedSet<String>> files;
        try {
            files = changes.of(tips, pack);
        } catch (PushedObjects.UnreadableException unclear) {
            return Optional.of(PushRules.unclear(String.valueOf(unclear.getMessage()), task));
        }
        SortedMap<String, Protection> held = ProtectedFiles.among(files.keySet());
        held.keySet().removeIf(path -> isAgreed(path, files.getOrDefault(path, Collections.emptySortedSet())));
        return held.isEmpty() ? outside(policy, files.keySet()) : Optional.of(refused(held, files));
    }

    /** In every content that any of the commits gives it. */
    private boolean isAgreed(String path, SortedSet<String> contents) {
        return contents.stream()
                .allMatch(content -> agreed.get().stream().anyMatch(file -> file.covers(path, content)));
    }

    private Verdict refused(SortedMap<String, Protection> held, SortedMap<String, SortedSet<String>> changed) {
        String files = held.entrySet().stream()
                .limit(MOST_TOLD)
                .map(file -> Quoted.of(file.getKey()) + " (" + file.getValue().why() + ")")
                .collect(Collectors.joining(", "));
        String agreeing = held.keySet().stream()
                .flatMap(path -> changed.getOrDefault(path, Collections.emptySortedSet()).stream()
                        .map(content -> " --push " + Quoted.of(PushedFile.text(path, content))))
                .limit(MOST_TOLD)
                .collect(Collectors.joining());
        return new Verdict.Denied(
                "gateway",
                "RESTRICTED protected files (default)",
                "default",
                "this push changes " + files
                        + (held.size() > MOST_TOLD ? ", and " + (held.size() - MOST_TOLD) + " more" : "")
                        + ": a person has to agree to each",
                "leave them out of every commit, and push again; or a person who has read them lets them through: belay"
                        + " policy allow " + task + agreeing);
    }

    private static Optional<Verdict> outside(Policy policy, Set<String> paths) {
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
