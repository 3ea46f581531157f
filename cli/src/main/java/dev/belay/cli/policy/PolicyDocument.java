package dev.belay.cli.policy;

import dev.belay.policies.Compiled;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Locale;

/** A policy for machines. */
final class PolicyDocument {
    private PolicyDocument() {}

    static String subject(Clause clause) {
        return clause.subject().name().toLowerCase(Locale.ROOT);
    }

    static Json of(Compiled compiled, boolean accepted) {
        return Json.object()
                .put("hash", compiled.hash())
                .put("asks", Json.of(!compiled.requests().isEmpty()))
                .put("accepted", Json.of(accepted))
                .put(
                        "rules",
                        new Json.Arr(compiled.clauses().stream()
                                .map(PolicyDocument::rule)
                                .toList()))
                .put("not_enforced", without(compiled.notEnforced()))
                .build();
    }

    /** Lines that became nothing, each with why. */
    static Json without(List<Line.NotEnforced> lines) {
        return new Json.Arr(lines.stream()
                .<Json>map(line -> Json.object()
                        .put("line", line.origin().text())
                        .put("place", line.origin().spot().toString())
                        .put("why", line.why())
                        .build())
                .toList());
    }

    static Json lines(Compiled compiled) {
        return Json.object()
                .put(
                        "lines",
                        new Json.Arr(compiled.lines().stream()
                                .map(PolicyDocument::line)
                                .toList()))
                .build();
    }

    private static Json rule(Clause clause) {
        return Json.object()
                .put("effect", clause.effect().key())
                .put("subject", subject(clause))
                .put("pattern", clause.pattern())
                .put("place", clause.origin().spot().toString())
                .put("mechanism", Mechanism.of(clause))
                .build();
    }

    private static Json line(Line line) {
        Json.ObjectBuilder all = Json.object()
                .put("line", line.origin().text())
                .put("place", line.origin().spot().toString());
        return switch (line) {
            case Line.Rules rules ->
                all.put("became", "rules")
                        .put(
                                "rules",
                                new Json.Arr(rules.clauses().stream()
                                        .map(PolicyDocument::rule)
                                        .toList()))
                        .build();
            case Line.Inherent inherent ->
                all.put("became", "inherent")
                        .put("mechanism", inherent.mechanism())
                        .build();
            case Line.NotEnforced open ->
                all.put("became", "not_enforced").put("why", open.why()).build();
        };
    }
}
