package dev.belay.policies;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Subject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules on requests that nobody wrote, because they follow from a repository: those with its very words and place. */
final class Following {
    private final Set<Origin> repositories;

    Following(List<Clause> clauses) {
        this.repositories = clauses.stream()
                .filter(clause -> clause.subject() == Subject.REMOTE)
                .map(Clause::origin)
                .collect(Collectors.toSet());
    }

    boolean has(Clause clause) {
        return clause.subject() == Subject.REQUEST && repositories.contains(clause.origin());
    }

    static List<Clause> without(List<Clause> clauses) {
        Following following = new Following(clauses);
        return clauses.stream().filter(clause -> !following.has(clause)).toList();
    }
}
