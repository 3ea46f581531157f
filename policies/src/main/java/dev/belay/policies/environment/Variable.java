package dev.belay.policies.environment;

import dev.belay.policies.language.Spot;
import java.util.List;
import java.util.Map;

/**
 * A variable of every command.
 *
 * @param value as it is written: {@code $PATH} in it stands for the sandbox's own, {@code $$} for a dollar
 */
public record Variable(String name, String value, Spot spot) {
    /** What a value may build on. */
    public static final List<String> KNOWN = List.of("PATH", "HOME", "TMPDIR");

    /** Whether it needs to be known what the sandbox has. */
    public boolean buildsOnOthers() {
        return KNOWN.stream().anyMatch(name -> Dollars.uses(value, name));
    }

    /** @param own the sandbox's own variables, with all of {@link #KNOWN} */
    public String valueIn(Map<String, String> own) {
        return Dollars.replaced(value, name -> own.getOrDefault(name, ""));
    }
}
