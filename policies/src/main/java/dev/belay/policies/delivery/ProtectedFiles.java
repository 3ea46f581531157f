package dev.belay.policies.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which files of a result are protected, whether they were made, changed or deleted, and why. */
public final class ProtectedFiles {
    /** What begins like a protected name and is none: samples hold no secrets and are read by nobody. */
    private static final Set<String> SAMPLES = Set.of(".env.example", ".env.sample", ".env.template", ".env.dist");

    private ProtectedFiles() {}

    /** Those of the paths that are protected, in order. */
    public static SortedMap<String, Protection> among(Collection<String> paths) {
        Map<String, List<String>> folded = new HashMap<>();
        paths.forEach(path -> folded.put(path, Names.folded(path)));
        Set<List<String>> repositories = repositories(folded.values());
        SortedMap<String, Protection> found = new TreeMap<>();
        folded.forEach((path, names) -> of(names, repositories).ifPresent(why -> found.put(path, why)));
        return found;
    }

    private static Optional<Protection> of(List<String> names, Set<List<String>> repositories) {
        for (int depth = 0; depth < names.size(); depth++) {
            if (repositories.contains(names.subList(0, depth))) {
                return Optional.of(Protection.GIT);
            }
        }
        for (Protection protection : Protection.values()) {
            if (protection.covers(names) && !(protection == Protection.SHELL && isSample(names))) {
                return Optional.of(protection);
            }
        }
        return Optional.empty();
    }

    /** By its own name; the folder that it lies in may protect it all the same. */
    private static boolean isSample(List<String> names) {
        return SAMPLES.contains(names.getLast());
    }

    /** Folders that are made to look like a repository without a work tree: git obeys the settings in them. */
    private static Set<List<String>> repositories(Collection<List<String>> paths) {
        Map<List<String>, Set<String>> marks = new HashMap<>();
        for (List<String> names : paths) {
            for (int depth = 0; depth < names.size(); depth++) {
                String name = names.get(depth);
                boolean last = depth == names.size() - 1;
                if (last
                        ? name.equals("head") || name.equals("config")
                        : name.equals("objects") || name.equals("refs")) {
                    marks.computeIfAbsent(new ArrayList<>(names.subList(0, depth)), _ -> new HashSet<>())
                            .add(name);
                }
            }
        }
        Set<List<String>> found = new HashSet<>();
        marks.forEach((folder, seen) -> {
            if (seen.contains("head") && seen.size() > 1) {
                found.add(folder);
            }
        });
        return found;
    }
}
