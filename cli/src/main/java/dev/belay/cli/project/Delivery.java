package dev.belay.cli.project;

import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.policies.delivery.ProtectedFiles;
import dev.belay.policies.delivery.Protection;
import dev.belay.policies.shell.OneWord;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How far a person lets a result in.
 *
 * @param task as the person names it, for what is to be typed next
 * @param check compare and say, and write nothing
 * @param agreed protected files, or folders of them, that the person has looked at
 * @param leaveProtected the other protected files stay as they are here, and the rest is written
 * @param policy the task's: what it does not let a task change is left out, whoever changed it
 */
public record Delivery(String task, boolean check, List<String> agreed, boolean leaveProtected, Policy policy) {
    private static final int MOST_TOLD = 10;

    public Delivery {
        agreed = agreed.stream()
                .map(path -> path.replaceFirst("^(\\./)+", "").replaceFirst("/+$", ""))
                .toList();
    }

    public static Delivery written() {
        return new Delivery("TASK", false, List.of(), false, Policy.standard());
    }

    public static Delivery checked() {
        return new Delivery("TASK", true, List.of(), false, Policy.standard());
    }

    /** Those of the paths that the task's policy does not let it change, and nobody has agreed to; with the rule. */
    SortedMap<String, String> outside(Collection<String> paths) {
        SortedMap<String, String> outside = new TreeMap<>();
        for (String path : paths) {
            if (agreed.stream().noneMatch(one -> covers(one, path))) {
                switch (policy.edit(path)) {
                    case Verdict.Allowed _ -> {}
                    case Verdict.Denied denied -> outside.put(path, denied.rule() + ", " + denied.place());
                    case Verdict.Asks asks -> outside.put(path, asks.rule() + ", " + asks.place());
                }
            }
        }
        return outside;
    }

    /** Those of the paths that are protected, and nobody has agreed to. */
    SortedMap<String, Protection> heldBack(Collection<String> paths) {
        SortedMap<String, Protection> held = ProtectedFiles.among(paths);
        for (String one : agreed) {
            if (held.keySet().stream().noneMatch(path -> covers(one, path))
                    && (policy.equals(Policy.standard()) || paths.stream().noneMatch(path -> covers(one, path)))) {
                throw BelayException.of(
                        ErrorCode.E_USAGE,
                        "--agree " + Shown.path(one) + " names no protected file of this result",
                        held.isEmpty()
                                ? "it has none (layer: delivery)"
                                : "protected are " + Shown.paths(List.copyOf(held.keySet())) + " (layer: delivery)",
                        "belay apply --check " + task);
            }
        }
        held.keySet().removeIf(path -> agreed.stream().anyMatch(one -> covers(one, path)));
        return held;
    }

    private static boolean covers(String agreed, String path) {
        return path.equals(agreed) || path.startsWith(agreed + "/");
    }

    BelayException refused(SortedMap<String, Protection> held) {
        List<String> paths = List.copyOf(held.keySet());
        List<String> reasons = new ArrayList<>(held.entrySet().stream()
                .limit(MOST_TOLD)
                .map(file -> Shown.path(file.getKey()) + ": " + file.getValue().why())
                .toList());
        if (held.size() > MOST_TOLD) {
            reasons.add("and " + (held.size() - MOST_TOLD) + " more");
        }
        String agree = paths.stream()
                .limit(MOST_TOLD)
                .map(path -> "--agree " + OneWord.of(path))
                .collect(Collectors.joining(" "));
        return BelayException.of(
                ErrorCode.E_PROTECTED,
                (held.size() == 1 ? "a protected file is" : held.size() + " protected files are")
                        + " in the result: nobody has agreed to " + Shown.paths(paths),
                String.join("; ", reasons) + " (layer: delivery)",
                "belay diff " + task + " -- "
                        + paths.stream().limit(MOST_TOLD).map(OneWord::of).collect(Collectors.joining(" "))
                        + "; then belay apply " + task + " " + agree + ", or --leave-protected for the rest alone");
    }
}
