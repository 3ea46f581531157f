package dev.belay.policies.codex;

import dev.belay.policies.language.Quoted;
import dev.belay.proto.error.Nearest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a function takes, in its order. */
record Signature(String name, List<String> required, List<String> optional) {
    private static final int LONGEST = 40;

    static final Signature PREFIX_RULE = new Signature(
            "prefix_rule", List.of("pattern"), List.of("decision", "match", "not_match", "justification", "reviewer"));
    static final Signature NETWORK_RULE =
            new Signature("network_rule", List.of("host", "protocol", "decision"), List.of("justification"));
    static final Signature HOST_EXECUTABLE = new Signature("host_executable", List.of("name", "paths"), List.of());

    static final List<Signature> ALL = List.of(PREFIX_RULE, NETWORK_RULE, HOST_EXECUTABLE);

    static Signature of(Call call) throws RulesSyntaxException {
        List<String> names = ALL.stream().map(Signature::name).toList();
        return ALL.stream()
                .filter(one -> one.name.equals(call.name()))
                .findFirst()
                .orElseThrow(() -> new RulesSyntaxException(
                        call.at(),
                        "there is no rule " + Quoted.of(call.name()) + hint(call.name(), names),
                        "rules: " + String.join(", ", names)));
    }

    private static String hint(String word, List<String> known) {
        return word.length() > LONGEST ? "" : Nearest.hint(word, known);
    }

    private List<String> all() {
        return Stream.concat(required.stream(), optional.stream()).toList();
    }

    Map<String, Value> bind(Call call) throws RulesSyntaxException {
        Map<String, Value> bound = new HashMap<>();
        boolean named = false;
        for (int i = 0; i < call.arguments().size(); i++) {
            Call.Argument argument = call.arguments().get(i);
            named |= !argument.name().isEmpty();
            if (named && argument.name().isEmpty() || !named && i >= all().size()) {
                throw new RulesSyntaxException(
                        argument.at(), "this argument has no name", "arguments: " + String.join(", ", all()));
            }
            String key = named ? argument.name() : all().get(i);
            if (!all().contains(key)) {
                throw new RulesSyntaxException(
                        argument.at(),
                        name + " takes no " + Quoted.of(key) + hint(key, all()),
                        "arguments: " + String.join(", ", all()));
            }
            if (bound.put(key, argument.value()) != null) {
                throw new RulesSyntaxException(argument.at(), Quoted.of(key) + " is there twice", "keep one of them");
            }
        }
        for (String key : required) {
            if (!bound.containsKey(key)) {
                throw new RulesSyntaxException(call.at(), name + " has no `" + key + "`", "add it");
            }
        }
        return bound;
    }
}
