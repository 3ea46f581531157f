package dev.belay.policies.sandboxruntime;

import dev.belay.policies.json.JsonFile;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import java.util.Comparator;

/**
 * The settings file of sandbox-runtime. There an allowed path opens a denied one again for reading, and not for writing; a
 * list of what may be written or reached is all that may be. Here a denial always wins, so what is open there and cannot be
 * said is closed here, and told.
 */
public final class SandboxRuntimeSettings {
    private static final Comparator<Spot> DOWN =
            Comparator.comparingInt(Spot::line).thenComparingInt(Spot::column);

    private SandboxRuntimeSettings() {}

    /** Never throws, whatever the source is. */
    public static Reading read(Source source, ProjectFolder project) {
        return inOrder(
                JsonFile.read(source, (findings, members) -> new SettingsReader(findings, project).file(members)));
    }

    /** As it is written, and not as it is looked at. */
    private static Reading inOrder(Reading reading) {
        return new Reading(
                reading.lines().stream()
                        .sorted(Comparator.comparing(line -> line.origin().spot(), DOWN))
                        .toList(),
                reading.settings(),
                reading.problems().stream()
                        .sorted(Comparator.comparing(Problem::spot, DOWN))
                        .toList());
    }
}
