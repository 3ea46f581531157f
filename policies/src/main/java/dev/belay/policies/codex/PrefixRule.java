package dev.belay.policies.codex;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Subject;
import dev.belay.policies.yaml.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code prefix_rule(pattern = ["git", ["push", "fetch"]], decision = "forbidden")}: a rule for each choice of words. */
final class PrefixRule {
    private static final int MOST = 256;

    private final CodexRules.Found found;
    private final Arguments arguments;

    PrefixRule(CodexRules.Found found, Arguments arguments) {
        this.found = found;
        this.arguments = arguments;
    }

    void read() throws RulesSyntaxException {
        Effect effect = arguments.decision(List.of("forbidden"));
        List<List<String>> words = words();
        Origin origin = arguments.origin(
                found.places(),
                words.stream().map(choice -> String.join("|", choice)).collect(Collectors.joining(" ")));
        int at = arguments.items("pattern").isEmpty()
                ? arguments.call().at()
                : arguments.items("pattern").getFirst().at();
        List<Example> matching = Example.all(arguments, "match");
        List<Example> others = Example.all(arguments, "not_match");
        hold(words, matching, others);
        List<Line> remarks = new ArrayList<>();
        Map<Clause, CommandPrefix> rules = new LinkedHashMap<>();
        for (List<String> command : expanded(words, at)) {
            CommandPrefix prefix = new CommandPrefix(command);
            if (effect == Effect.ALLOW) {
                prefix.permission()
                        .ifPresentOrElse(
                                pattern -> rules.put(new Clause(effect, Subject.COMMAND, pattern, origin), prefix),
                                () -> remarks.add(new Line.NotEnforced(
                                        origin, "it allows nothing: no pattern here means these words alone")));
            } else {
                List<String> patterns = prefix.prohibitions(effect);
                if (patterns.isEmpty()) {
                    throw new RulesSyntaxException(at, "no rule here can name this command", "name it otherwise");
                }
                patterns.forEach(pattern -> rules.put(new Clause(effect, Subject.COMMAND, pattern, origin), prefix));
                prefix.wider().ifPresent(why -> remarks.add(new Line.NotEnforced(origin, "stricter here: " + why)));
            }
        }
        if (!rules.isEmpty()) {
            found.lines().add(new Line.Rules(origin, List.copyOf(rules.keySet())));
        }
        if (effect != Effect.ALLOW) {
            examples(rules, matching, others, origin, remarks);
        }
        if (arguments.value("reviewer").isPresent()) {
            remarks.add(new Line.NotEnforced(origin, "a policy does not choose who is asked"));
        }
        found.lines().addAll(remarks.stream().distinct().toList());
    }

    private List<List<String>> words() throws RulesSyntaxException {
        List<List<String>> words = new ArrayList<>();
        for (Value item : arguments.items("pattern")) {
            List<String> choice = new ArrayList<>();
            for (Value word : item instanceof Value.Items(int _, List<Value> choices) ? choices : List.of(item)) {
                if (!(word instanceof Value.Text text)) {
                    throw Arguments.mustBe(word, "a word of the pattern", "a string");
                }
                if (!choice.contains(text.value())) {
                    choice.add(text.value());
                }
            }
            if (choice.isEmpty()) {
                throw new RulesSyntaxException(item.at(), "this names no word to choose", "write one, or take it out");
            }
            words.add(choice);
        }
        if (words.isEmpty()) {
            throw new RulesSyntaxException(
                    arguments.value("pattern").map(Value::at).orElse(0), "the pattern is empty", "name a command");
        }
        return words;
    }

    private static List<List<String>> expanded(List<List<String>> words, int at) throws RulesSyntaxException {
        List<List<String>> commands = List.of(List.of());
        for (List<String> choice : words) {
            if (commands.size() * choice.size() > MOST) {
                throw new RulesSyntaxException(
                        at, "the choices make more than " + MOST + " commands", "write several rules");
            }
            commands = commands.stream()
                    .flatMap(begun -> choice.stream().map(word -> {
                        List<String> longer = new ArrayList<>(begun);
                        longer.add(word);
                        return List.copyOf(longer);
                    }))
                    .toList();
        }
        return commands;
    }

    /** That program refuses the file, too: what its author believes of the rule does not hold. */
    private static void hold(List<List<String>> words, List<Example> matching, List<Example> others)
            throws RulesSyntaxException {
        for (Example example : matching) {
            if (!example.beginsWith(words) && !example.anywhere().beginsWith(words)) {
                throw new RulesSyntaxException(
                        example.at(), "this example should match the pattern and does not", "mend one of them");
            }
        }
        for (Example example : others) {
            if (example.beginsWith(words)) {
                throw new RulesSyntaxException(
                        example.at(), "this example should not match the pattern and does", "mend one of them");
            }
        }
    }

    private void examples(
            Map<Clause, CommandPrefix> rules,
            List<Example> matching,
            List<Example> others,
            Origin origin,
            List<Line> remarks) {
        rules.forEach((clause, prefix) -> {
            List<String> match = matching.stream()
                    .filter(example -> prefix.decides(clause, example.line()))
                    .map(Example::line)
                    .filter(Example::fits)
                    .distinct()
                    .toList();
            List<String> notMatch = others.stream()
                    .filter(example -> !prefix.decides(clause, example.line()))
                    .map(Example::line)
                    .filter(Example::fits)
                    .distinct()
                    .toList();
            found.samples().put(clause, new Samples(match, notMatch));
            others.stream()
                    .filter(example -> prefix.decides(clause, example.line()))
                    .forEach(example -> remarks.add(
                            new Line.NotEnforced(origin, "stricter here: it speaks of " + example.line() + ", too")));
        });
    }
}
