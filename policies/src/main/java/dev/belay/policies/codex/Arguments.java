package dev.belay.policies.codex;

import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Reasons;
import dev.belay.proto.error.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one call was given, each taken for what it has to be. */
record Arguments(Call call, Map<String, Value> values) {
    Optional<Value> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    Value.Text text(String key) throws RulesSyntaxException {
        Value value = required(key);
        if (value instanceof Value.Text text) {
            return text;
        }
        throw mustBe(value, key, "a string");
    }

    /** A list of strings. */
    List<Value.Text> texts(String key) throws RulesSyntaxException {
        List<Value.Text> texts = new ArrayList<>();
        for (Value item : items(key)) {
            if (!(item instanceof Value.Text text)) {
                throw mustBe(item, "an item of " + key, "a string");
            }
            texts.add(text);
        }
        return texts;
    }

    List<Value> items(String key) throws RulesSyntaxException {
        Value value = required(key);
        if (value instanceof Value.Items list) {
            return list.items();
        }
        throw mustBe(value, key, "a list");
    }

    /** Allowed where nothing is said. */
    Effect decision(List<String> forbidding) throws RulesSyntaxException {
        if (value("decision").isEmpty()) {
            return Effect.ALLOW;
        }
        Value.Text said = text("decision");
        if (forbidding.contains(said.value())) {
            return Effect.DENY;
        }
        List<String> known = new ArrayList<>(List.of("allow", "prompt"));
        known.addAll(forbidding);
        return switch (said.value()) {
            case "allow" -> Effect.ALLOW;
            case "prompt" -> Effect.ASK;
            default ->
                throw new RulesSyntaxException(
                        said.at(),
                        "there is no decision " + Quoted.of(said.value())
                                + (said.value().length() > 40 ? "" : Nearest.hint(said.value(), known)),
                        "decisions: " + String.join(", ", known));
        };
    }

    String reason() throws RulesSyntaxException {
        if (value("justification").isEmpty()) {
            return "";
        }
        Value.Text said = text("justification");
        if (said.value().isBlank()) {
            throw new RulesSyntaxException(said.at(), "the justification is empty", "write it, or take it out");
        }
        return Reasons.shown(said.value());
    }

    /** @param what the rule is about */
    Origin origin(Places places, String what) throws RulesSyntaxException {
        String quoted = Quoted.of(call.name() + " " + what);
        return new Origin(quoted.substring(1, quoted.length() - 1), places.of(call.at()), reason());
    }

    private Value required(String key) throws RulesSyntaxException {
        return value(key)
                .orElseThrow(
                        () -> new RulesSyntaxException(call.at(), call.name() + " has no `" + key + "`", "add it"));
    }

    static RulesSyntaxException mustBe(Value value, String what, String kind) {
        return new RulesSyntaxException(
                value.at(), "`" + what + "` must be " + kind + ", not " + value.kind(), "write " + kind);
    }
}
