package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which tools a task is given. A name that no tool has gives nothing and takes nothing. */
public final class ToolChoice {
    public static final ToolChoice ALL = new ToolChoice(EnumSet.allOf(ToolName.class));

    private final Set<ToolName> given;

    private ToolChoice(Set<ToolName> given) {
        this.given = given;
    }

    /**
     * @param allowed none named is all; names that no tool has are none at all, and not all
     * @param disallowed not even when allowed
     */
    public static ToolChoice of(List<String> allowed, List<String> disallowed) {
        Set<ToolName> given = allowed.isEmpty() ? EnumSet.allOf(ToolName.class) : named(allowed);
        given.removeAll(named(disallowed));
        return new ToolChoice(given);
    }

    boolean gives(ToolName tool) {
        return given.contains(tool);
    }

    private static Set<ToolName> named(List<String> words) {
        return words.stream()
                .map(ToolName::named)
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(ToolName.class)));
    }
}
