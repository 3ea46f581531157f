package dev.belay.policies.sandboxruntime;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonSyntaxException;
import dev.belay.policies.json.JsonTree;
import dev.belay.policies.language.Places;
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
    private static final int MAX_CHARACTERS = 256 << 10;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private static final Comparator<Spot> DOWN =
            Comparator.comparingInt(Spot::line).thenComparingInt(Spot::column);

    private SandboxRuntimeSettings() {}

    /** Never throws, whatever the source is. */
    public static Reading read(Source source, ProjectFolder project) {
        String text = source.text().startsWith(BYTE_ORDER_MARK) ? source.text().substring(1) : source.text();
        Places places = new Places(source.file(), text);
        Findings findings = new Findings(places);
        if (text.length() > MAX_CHARACTERS) {
            findings.problem(
                    places.wholeFile(), "the file is larger than " + (MAX_CHARACTERS >> 10) + " KiB", "shorten it");
            return findings.reading();
        }
        try {
            JsonNode root = JsonTree.read(text);
            if (root instanceof Members members) {
                new SettingsReader(findings, project).file(members);
            } else {
                findings.problem(root, "the file must be an object, not " + root.kind(), "begin it with {");
            }
        } catch (JsonSyntaxException broken) {
            findings.problem(places.of(broken.at()), String.valueOf(broken.getMessage()), broken.fix());
        }
        return inOrder(findings.reading());
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
