package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Parsed;
import dev.belay.policies.environment.Step;
import dev.belay.policies.environment.Variable;
import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an environment is meant to say. Its text counts only where the reader of environments finds just this in it: text of
 * others must never become a step, a variable or a check that nobody told a person of.
 */
record Draft(List<Command> steps, Map<String, String> variables) {
    static final String NO_NAME = "write letters, digits and _, not beginning with a digit: NODE_ENV";

    String text(List<String> heading) {
        return EnvironmentText.of(heading, steps, variables);
    }

    /** @param file in the problem */
    Optional<Problem> wrong(String file, List<String> heading) {
        Spot whole = new Spot(file, 0, 0);
        Optional<String> noName = variables.keySet().stream()
                .filter(name -> !VariableName.is(name))
                .findFirst();
        if (noName.isPresent()) {
            return Optional.of(new Problem(whole, Quoted.of(noName.get()) + " is no name of a variable", NO_NAME));
        }
        return switch (Environment.parse(file, text(heading))) {
            case Parsed.Refused refused -> Optional.of(refused.problems().getFirst());
            case Parsed.Understood understood when isMeant(understood.environment()) -> Optional.empty();
            case Parsed.Understood _ ->
                Optional.of(new Problem(whole, "it would be read as something else", "write it yourself"));
        };
    }

    /** Exactly what was wanted, in its order, and nothing beside it. */
    boolean isMeant(Environment read) {
        List<Step> found = read.setup();
        boolean same = read.check().isEmpty() && found.size() == steps.size();
        for (int i = 0; same && i < found.size(); i++) {
            same = isMeant(steps.get(i), found.get(i));
        }
        return same
                && read.variables().stream().map(Variable::name).toList().equals(List.copyOf(variables.keySet()))
                && read.variables().stream().map(Variable::value).toList().equals(List.copyOf(variables.values()));
    }

    /** A text of many lines ends with the end of its last one. */
    private static boolean isMeant(Command wanted, Step found) {
        Duration timeout = wanted.minutes() == 0 ? Step.USUAL : Duration.ofMinutes(wanted.minutes());
        return found.run().stripTrailing().equals(wanted.run().stripTrailing())
                && found.timeout().equals(timeout)
                && (wanted.name().isEmpty() || found.name().equals(wanted.name()));
    }
}
