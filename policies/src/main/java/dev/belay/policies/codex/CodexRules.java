package dev.belay.policies.codex;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import dev.belay.policies.yaml.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code .rules} file. The strictest rule wins there as here; a command is named by the words that it begins with. What is
 * allowed there runs outside of that program's sandbox; nothing here does.
 *
 * @param samples the examples of the rules that take something away
 */
public record CodexRules(Reading reading, Map<Clause, Samples> samples) {
    private static final int MAX_CHARACTERS = 256 << 10;
    private static final int MOST_PROBLEMS = 100;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    /** What is found in the file, in its order. */
    record Found(Places places, List<Line> lines, Map<Clause, Samples> samples, List<Problem> problems) {
        void problem(int at, String what, String fix) {
            if (problems.size() < MOST_PROBLEMS) {
                problems.add(new Problem(places.of(at), what, fix));
            }
        }
    }

    public CodexRules {
        samples = Map.copyOf(samples);
    }

    /** Never throws, whatever the source is. */
    public static CodexRules read(Source source) {
        String text = source.text().startsWith(BYTE_ORDER_MARK) ? source.text().substring(1) : source.text();
        Found found = new Found(new Places(source.file(), text), new ArrayList<>(), new HashMap<>(), new ArrayList<>());
        if (text.length() > MAX_CHARACTERS) {
            found.problems()
                    .add(new Problem(
                            found.places().wholeFile(),
                            "the file is larger than " + (MAX_CHARACTERS >> 10) + " KiB",
                            "shorten it"));
        } else {
            calls(text, found);
        }
        return new CodexRules(new Reading(found.lines(), Settings.NONE, found.problems()), found.samples());
    }

    private static void calls(String text, Found found) {
        List<Call> calls;
        try {
            calls = RulesText.read(text);
        } catch (RulesSyntaxException broken) {
            found.problem(broken.at(), String.valueOf(broken.getMessage()), broken.fix());
            return;
        }
        for (Call call : calls) {
            try {
                Signature signature = Signature.of(call);
                Arguments arguments = new Arguments(call, signature.bind(call));
                switch (signature.name()) {
                    case "prefix_rule" -> new PrefixRule(found, arguments).read();
                    case "network_rule" -> new NetworkRule(found, arguments).read();
                    default -> hostExecutable(found, arguments);
                }
            } catch (RulesSyntaxException wrong) {
                found.problem(wrong.at(), String.valueOf(wrong.getMessage()), wrong.fix());
            }
        }
    }

    private static void hostExecutable(Found found, Arguments arguments) throws RulesSyntaxException {
        String name = arguments.text("name").value();
        arguments.texts("paths");
        found.lines()
                .add(new Line.NotEnforced(
                        arguments.origin(found.places(), name),
                        "a command is found by its name, and from which folder it is run says nothing"));
    }
}
