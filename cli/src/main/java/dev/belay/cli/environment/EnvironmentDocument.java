package dev.belay.cli.environment;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.foreign.EnvironmentTranslation;
import dev.belay.policies.environment.foreign.Fate;
import dev.belay.proto.json.Json;
import java.util.List;

/** An environment for machines. A variable's value may be nobody's business, so only its name is in it. */
final class EnvironmentDocument {
    private EnvironmentDocument() {}

    static Json of(boolean isThere, Environment environment, Suggestion suggestion) {
        return Json.object()
                .put("file", isThere ? Json.of(Environment.FILE) : Json.NULL)
                .put(
                        "setup",
                        new Json.Arr(environment.setup().stream()
                                .<Json>map(step -> Json.object()
                                        .put("name", step.name())
                                        .put("run", step.run())
                                        .put("timeout_seconds", step.timeout().toSeconds())
                                        .put("place", step.spot().toString())
                                        .build())
                                .toList()))
                .put(
                        "env",
                        new Json.Arr(environment.variables().stream()
                                .<Json>map(variable -> Json.object()
                                        .put("name", variable.name())
                                        .put("place", variable.spot().toString())
                                        .build())
                                .toList()))
                .put(
                        "check",
                        environment
                                .check()
                                .<Json>map(check -> Json.object()
                                        .put("command", check.command())
                                        .put("place", check.spot().toString())
                                        .build())
                                .orElse(Json.NULL))
                .put("suggested", Json.array(suggestion.lines()))
                .build();
    }

    /** @param written where; empty where it was not */
    static Json imported(
            String source, String kind, EnvironmentTranslation translation, List<String> others, String written) {
        Json.ObjectBuilder document = Json.object();
        if (!written.isEmpty()) {
            document.put("written", written);
        }
        return document.put("source", source)
                .put("kind", kind)
                .put("environment", translation.text())
                .put(
                        "parts",
                        new Json.Arr(translation.fates().stream()
                                .map(EnvironmentDocument::fate)
                                .toList()))
                .put("also_here", Json.array(others))
                .build();
    }

    private static Json fate(Fate fate) {
        Json.ObjectBuilder part =
                Json.object().put("place", fate.spot().toString()).put("part", fate.part());
        return switch (fate) {
            case Fate.Taken taken ->
                part.put("outcome", "taken").put("became", taken.became()).build();
            case Fate.NotNeeded not ->
                part.put("outcome", "not_needed").put("why", not.why()).build();
            case Fate.Refused refused ->
                part.put("outcome", "refused")
                        .put("why", refused.why())
                        .put("instead", refused.instead())
                        .build();
        };
    }
}
