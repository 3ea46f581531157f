package dev.belay.cli.policy;

import dev.belay.cli.server.Server;
import dev.belay.policies.Compiled;
import dev.belay.policies.Granted;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.Optional;

/** The policy that a task was begun with: not what the folder says now, and not what the task wrote. */
public final class TaskRights {
    private TaskRights() {}

    /** @param task as a person names it */
    public static Policy of(Server server, String task) {
        return compiled(server, task).policy();
    }

    static Compiled compiled(Server server, String task) {
        Json words = server.policy(task);
        Compiled compiled = PolicyCompiler.compile(
                words.get("sources").items().stream()
                        .map(source -> new Source(source.text("file"), source.text("text")))
                        .toList(),
                words.get("grants").items().stream()
                        .map(grant -> new Granted(grant.text("host"), grant.text("actor")))
                        .toList(),
                Optional.of(words.get("ceiling"))
                        .filter(ceiling -> !ceiling.text("file").isEmpty())
                        .map(ceiling -> new Source(ceiling.text("file"), ceiling.text("text"))));
        if (!compiled.problems().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_POLICY,
                    "this client does not understand the policy of " + task,
                    compiled.problems().getFirst().spot() + ": "
                            + compiled.problems().getFirst().what() + " (layer: client)",
                    "use the client of the server's version: belay version");
        }
        return compiled;
    }
}
