package dev.belay.policies.commands;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What rules say of command lines. They are help for whoever works with them and no wall: what a program does inside
 * itself is held by the sandbox.
 */
public final class CommandRules {
    /** The rule where no other speaks. */
    static final String STANDARD = "standard";

    private final List<Restriction> restrictions;
    private final List<CommandPattern> allowed;

    public CommandRules(List<Clause> commandClauses) throws PatternException {
        List<Restriction> restricting = new ArrayList<>();
        List<CommandPattern> allowing = new ArrayList<>();
        for (Clause clause : commandClauses) {
            if (clause.subject() != Subject.COMMAND) {
                throw new IllegalArgumentException("a clause on " + clause.subject() + " is none on commands");
            }
            CommandPattern pattern = CommandPattern.parse(clause.pattern());
            if (clause.effect() == Effect.ALLOW) {
                allowing.add(pattern);
            } else {
                restricting.add(new Restriction(clause, pattern));
            }
        }
        restricting.sort(
                Comparator.comparing(restriction -> restriction.clause().effect()));
        this.restrictions = List.copyOf(restricting);
        this.allowed = List.copyOf(allowing);
    }

    public Verdict judge(String commandLine) {
        return restrictions.isEmpty() ? new Verdict.Allowed(STANDARD) : Inspection.of(commandLine, restrictions);
    }

    /** Whether every command in the line is one that a rule allows. What is not certain is not listed. */
    public boolean everyCommandListed(String commandLine) {
        return Listing.covers(commandLine, allowed);
    }
}
