package dev.belay.cli.policy;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.policies.Verdict;
import dev.belay.proto.json.Json;

/**
 * A question with its verdict, for people and for machines.
 *
 * @param expected who asked said beforehand that this is the verdict
 */
record Answered(Question question, Verdict verdict, boolean expected) {
    Answered expected(String word) {
        return new Answered(question, verdict, word.equals(word()));
    }

    String word() {
        return switch (verdict) {
            case Verdict.Allowed _ -> "allow";
            case Verdict.Denied _ -> "deny";
            case Verdict.Asks _ -> "ask";
        };
    }

    Json json() {
        Json.ObjectBuilder all = Json.object().put("asked", question.text()).put("verdict", word());
        return switch (verdict) {
            case Verdict.Allowed allowed -> all.put("rule", allowed.rule()).build();
            case Verdict.Denied(String layer, String rule, String place, String reason, String instead) ->
                refusal(all, layer, rule, place, reason, instead);
            case Verdict.Asks(String layer, String rule, String place, String reason, String instead) ->
                refusal(all, layer, rule, place, reason, instead);
        };
    }

    private static Json refusal(
            Json.ObjectBuilder all, String layer, String rule, String place, String reason, String instead) {
        return all.put("layer", layer)
                .put("rule", rule)
                .put("place", place)
                .put("reason", reason)
                .put("instead", instead)
                .build();
    }

    void print(Screen screen) {
        String asked = Printable.line(question.text());
        switch (verdict) {
            case Verdict.Allowed allowed ->
                screen.line(new Line().add(Look.GREEN, "allowed  ").add(asked).dim("   " + allowed.rule()));
            case Verdict.Denied(String layer, String rule, String place, String reason, String instead) -> {
                screen.line(new Line().add(Look.RED, "denied   ").add(asked));
                explain(screen, layer, rule, place, reason, instead);
            }
            case Verdict.Asks(String layer, String rule, String place, String reason, String instead) -> {
                screen.line(new Line()
                        .add(Look.YELLOW, "asks     ")
                        .add(asked)
                        .dim("   a person; in this version nobody can be asked, so it is refused"));
                explain(screen, layer, rule, place, reason, instead);
            }
        }
    }

    private static void explain(Screen screen, String layer, String rule, String place, String reason, String instead) {
        screen.line(
                new Line().add("   rule: " + Printable.line(rule)).dim("   " + place + "   (layer: " + layer + ")"));
        screen.line(new Line().add("   " + Printable.line(reason)));
        screen.line(new Line().add("   ").dim(Printable.line(instead)));
    }
}
