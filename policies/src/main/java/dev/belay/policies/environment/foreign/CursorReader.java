package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Source;
import java.util.Map;

/** Reads {@code .cursor/environment.json}: its {@code install} is set-up, the rest is that service's own. */
final class CursorReader {
    private static final Answer IMAGE = new Answer.Refused("it names a machine that is kept elsewhere", Answer.IMAGE);
    private static final Answer PROCESS = new Answer.Refused(
            "what it starts would have to go on running, and set-up ends before the agent begins",
            "take it out; whoever needs it starts it");
    private static final Map<String, Answer> ANSWERS = Map.ofEntries(
            Map.entry("snapshot", IMAGE),
            Map.entry("build", IMAGE),
            Map.entry("baseImage", IMAGE),
            Map.entry("start", PROCESS),
            Map.entry("terminals", PROCESS),
            Map.entry("ports", new Answer.Refused("nothing of a sandbox can be reached from outside", "leave it out")),
            Map.entry("user", new Answer.Refused("a sandbox has one user, who is not root", "leave it out")),
            Map.entry(
                    "repositoryDependencies",
                    new Answer.Refused(
                            "a sandbox holds one project", "fetch the others in a step, and allow their hosts")),
            Map.entry("agentCanUpdateSnapshot", new Answer.NotNeeded("it is about snapshots of that service")),
            Map.entry("name", new Answer.NotNeeded("an environment has no name")),
            Map.entry("$schema", new Answer.NotNeeded("it is for an editor")));

    private final JsonParts parts;
    private final NewEnvironment into;

    CursorReader(Source source, NewEnvironment into) {
        this.parts = new JsonParts(source, into);
        this.into = into;
    }

    void read() {
        for (Member member : parts.members()) {
            if (!member.key().value().equals("install")) {
                parts.other(member, ANSWERS);
            } else if (member.value() instanceof Text text) {
                into.step(parts.spot(text), "install", new Command("", text.value(), 0), "");
            } else if (JsonParts.saysNothing(member.value())) {
                into.notNeeded(parts.spot(member.key()), "install", "it asks for nothing");
            } else {
                parts.malformed(member.value(), "install", "a string");
            }
        }
    }
}
