package dev.belay.policies.claude;

import dev.belay.policies.json.JsonFile;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;

/**
 * {@code .claude/settings.json}: the project's rules for another program. They are translated, not copied: what is allowed
 * there is what that program does not ask about, so nothing here is bounded by it.
 */
public final class ClaudeSettings {
    private ClaudeSettings() {}

    public static Reading read(Source source) {
        return JsonFile.read(source, (findings, members) -> new SettingsReader(findings).file(members));
    }
}
