package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.foreign.YamlParts.Member;
import java.util.Map;

/**
 * How the commands of a workflow are run where they do not say it themselves.
 *
 * @param shell empty for the usual one
 * @param folder empty for the project's root
 */
record RunDefaults(String shell, String folder) {
    private static final String UNKNOWN = "unknown";
    static final RunDefaults NONE = new RunDefaults("", "");

    /** These, but for what is said further below. */
    RunDefaults with(Member defaults, String part, YamlParts parts) {
        RunDefaults now = this;
        for (Map.Entry<String, Member> section :
                parts.members(defaults.value(), "`defaults`").entrySet()) {
            String name = part + "." + section.getKey();
            if (section.getKey().equals("run")) {
                now = now.ofRun(section.getValue(), name, parts);
            } else {
                parts.other(name, section.getKey(), section.getValue(), Map.of());
            }
        }
        return now;
    }

    private RunDefaults ofRun(Member run, String part, YamlParts parts) {
        RunDefaults now = this;
        for (Map.Entry<String, Member> one : parts.members(run.value(), "`run`").entrySet()) {
            String name = part + "." + one.getKey();
            switch (one.getKey()) {
                // Where it cannot be said, every command that it holds for is refused, which has its own place.
                case "shell" ->
                    now = new RunDefaults(parts.text(name, one.getValue()).orElse(UNKNOWN), now.folder);
                case "working-directory" ->
                    now = new RunDefaults(
                            now.shell, parts.text(name, one.getValue()).orElse(WorkflowStep.NOWHERE));
                default -> parts.other(name, one.getKey(), one.getValue(), Map.of());
            }
        }
        return now;
    }
}
