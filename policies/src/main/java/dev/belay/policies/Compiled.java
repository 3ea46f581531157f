package dev.belay.policies;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a project's sources became.
 *
 * @param files those of the sources that say anything of rights
 * @param policy the standard one where there is a problem
 * @param lines what became of each line that speaks of rights, source by source
 * @param problems why no task may start with these sources
 * @param hash of what the rules of the sources mean, and not of how they are written: the same for the same rights, whatever
 *     people or a ceiling say beside; empty when there is none
 */
public record Compiled(List<String> files, Policy policy, List<Line> lines, List<Problem> problems, String hash) {
    public Compiled {
        files = List.copyOf(files);
        lines = List.copyOf(lines);
        problems = List.copyOf(problems);
    }

    /** Every rule, whoever's words it was made of. */
    public List<Clause> clauses() {
        return lines.stream()
                .flatMap(line -> line instanceof Line.Rules rules ? rules.clauses().stream() : Stream.empty())
                .toList();
    }

    /**
     * What reaches beyond the project's copy, and so needs a person's word. What follows from a repository is not said beside
     * it.
     */
    public List<Clause> requests() {
        return Following.without(clauses()).stream().filter(Compiled::isRequest).toList();
    }

    static boolean isRequest(Clause clause) {
        return clause.effect() == Effect.ALLOW
                && switch (clause.subject()) {
                    case HOST, REQUEST, SECRET, REMOTE -> true;
                    case COMMAND, READ, EDIT, TOOL -> false;
                };
    }

    /** What somebody wrote down and nothing enforces. */
    public List<Line.NotEnforced> notEnforced() {
        return lines.stream()
                .filter(Line.NotEnforced.class::isInstance)
                .map(Line.NotEnforced.class::cast)
                .toList();
    }
}
