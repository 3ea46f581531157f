package dev.belay.policies.claude;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonSyntaxException;
import dev.belay.policies.json.JsonTree;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;

/**
 * {@code .claude/settings.json}: the project's rules for another program. They are translated, not copied: what is allowed
 * there is what that program does not ask about, so nothing here is bounded by it.
 */
public final class ClaudeSettings {
    private static final int MAX_CHARACTERS = 256 << 10;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private ClaudeSettings() {}

    public static Reading read(Source source) {
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
                new SettingsReader(findings).file(members);
            } else {
                findings.problem(root, "the file must be an object, not " + root.kind(), "begin it with {");
            }
        } catch (JsonSyntaxException broken) {
            findings.problem(places.of(broken.at()), String.valueOf(broken.getMessage()), broken.fix());
        }
        return findings.reading();
    }
}
