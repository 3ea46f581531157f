package dev.belay.cli.project;

import dev.belay.policies.delivery.ProtectedFiles;
import dev.belay.policies.delivery.Protection;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * How far a person lets a result in.
 *
 * @param task as the person names it, for what is to be typed next
 * @param check compare and say, and write nothing
 * @param agreed protected files, or folders of them, that the person has looked at
 * @param leaveProtected the other protected files stay as they are here, and the rest is written
 */
public record Delivery(String task, boolean check, List<String> agreed, boolean leaveProtected) {
    private static final int MOST_TOLD = 10;

    public Delivery {
        agreed = agreed.stream()
                .map(path -> path.replaceFirst("^(\\./)+", "").replaceFirst("/+$", ""))
                .toList();
    }

    public static Delivery written() {
        return new Delivery("TASK", false, List.of(), false);
    }

    public static Delivery checked() {
        return new Delivery("TASK", true, List.of(), false);
    }

    /** Those of the paths that nobody has agreed to. */
    SortedMap<String, Protection> heldBack(Collection<String> paths) {
        SortedMap<String, Protection> held = ProtectedFiles.among(paths);
        for (String one : agreed) {
            if (held.keySet().stream().noneMatch(path -> covers(one, path))) {
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
                .map(path -> "--agree " + Shown.argument(path))
                .collect(Collectors.joining(" "));
        return BelayException.of(
                ErrorCode.E_PROTECTED,
                (held.size() == 1 ? "a protected file is" : held.size() + " protected files are")
                        + " in the result: nobody has agreed to " + Shown.paths(paths),
                String.join("; ", reasons) + " (layer: delivery)",
                "belay diff " + task + " -- "
                        + paths.stream().limit(MOST_TOLD).map(Shown::argument).collect(Collectors.joining(" "))
                        + "; then belay apply " + task + " " + agree + ", or --leave-protected for the rest alone");
    }
}
