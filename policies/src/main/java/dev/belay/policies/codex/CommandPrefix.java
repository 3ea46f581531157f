package dev.belay.policies.codex;

import dev.belay.policies.Verdict;
import dev.belay.policies.commands.CommandPattern;
import dev.belay.policies.commands.CommandRules;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words that a command begins with, as a pattern. */
final class CommandPrefix {
    /** With its tool around it, a rule may not be longer than a policy takes. */
    private static final int LONGEST = 980;

    private static final String GLOBS = "*?[]{}~!";

    private final List<String> words;
    private final String line;

    CommandPrefix(List<String> words) {
        this.words = List.copyOf(words);
        this.line = CommandPattern.words(words);
    }

    /** Nothing where a pattern would mean other words as well. */
    Optional<String> permission() {
        String pattern = line + " *";
        return line.indexOf('*') >= 0 || !line.equals(visible(line)) || !isPattern(pattern)
                ? Optional.empty()
                : Optional.of(pattern);
    }

    /**
     * What a pattern cannot hold is a star in it, so that it means more. A word that a shell would make something of is looked
     * at as it was written, with its quotes or without: so both are forbidden. Nothing where even that does not say it.
     */
    List<String> prohibitions(Effect effect) {
        List<String> patterns = new ArrayList<>();
        patterns.add(visible(line) + " *");
        if (words.stream().anyMatch(word -> word.chars().anyMatch(c -> GLOBS.indexOf(c) >= 0))) {
            patterns.add(visible(String.join(" ", words)) + " *");
        }
        for (String pattern : patterns) {
            Clause clause = new Clause(effect, Subject.COMMAND, pattern, new Origin("", new Spot("", 0, 0), ""));
            if (!isPattern(pattern) || !decides(clause, line)) {
                return List.of();
            }
        }
        return patterns;
    }

    /** How the prohibition means more than was said. */
    Optional<String> wider() {
        if (words.getFirst().indexOf('/') >= 0) {
            return Optional.of("the program is meant from whatever folder");
        }
        return line.indexOf('*') >= 0 || !line.equals(visible(line))
                ? Optional.of("a star, or what no pattern can hold, stands for any characters in " + visible(line))
                : Optional.empty();
    }

    /** Whether it is this rule that speaks of the line, and not a doubt about what the line is. */
    boolean decides(Clause clause, String commandLine) {
        String rule = clause.effect().heading() + " Bash(" + clause.pattern() + ")";
        try {
            return switch (new CommandRules(List.of(clause)).judge(commandLine)) {
                case Verdict.Denied denied -> denied.rule().equals(rule);
                case Verdict.Asks asks -> asks.rule().equals(rule);
                case Verdict.Allowed _ -> false;
            };
        } catch (PatternException checkedBefore) {
            return false;
        }
    }

    /** One blank is all that a pattern keeps of several, and no control character stands in one. */
    private static String visible(String line) {
        StringBuilder visible = new StringBuilder();
        line.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE || Character.isISOControl(c) ? '*' : c)
                .forEach(visible::appendCodePoint);
        return visible.toString().replaceAll(" {2,}", "*");
    }

    private static boolean isPattern(String pattern) {
        try {
            CommandPattern.parse(pattern);
            return pattern.length() <= LONGEST;
        } catch (PatternException none) {
            return false;
        }
    }
}
