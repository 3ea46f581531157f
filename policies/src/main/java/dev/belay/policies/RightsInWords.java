package dev.belay.policies;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.RequestPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a policy means for who works under it, a sentence for each thing; nothing of what every sandbox has. */
final class RightsInWords {
    private static final int MOST = 60;

    private final List<Clause> clauses;
    private final List<RequestPattern> requests = new ArrayList<>();

    RightsInWords(List<Clause> clauses) throws PatternException {
        this.clauses = List.copyOf(clauses);
        for (Clause clause : of(Effect.ALLOW, Subject.REQUEST).toList()) {
            requests.add(RequestPattern.parse(clause.pattern()));
        }
    }

    List<String> sentences() {
        List<String> all = new ArrayList<>();
        add(all, Effect.ALLOW, Subject.EDIT, "Change only these files: %s. What else is changed is not delivered.");
        add(all, Effect.DENY, Subject.EDIT, "Do not change these files: %s. They are not delivered.");
        add(all, Effect.DENY, Subject.READ, "Do not read these files: %s.");
        add(all, Effect.DENY, Subject.COMMAND, "Do not run these commands, in any form: %s.");
        add(all, Effect.DENY, Subject.REQUEST, "Do not send these requests: %s.");
        add(all, Effect.ASK, Subject.COMMAND, "These commands need a person, and nobody can be asked: %s.");
        return all;
    }

    /** The hosts that can be reached, and what can be asked of one that is not reached whole; nothing where there is none. */
    String hosts() {
        Stream<String> whole = of(Effect.ALLOW, Subject.HOST).map(clause -> "`" + clause.pattern() + "`");
        return Stream.concat(whole, partly()).distinct().limit(MOST).collect(Collectors.joining(", "));
    }

    /** {@code `api.example.com` (GET, HEAD of /repos/acme/**; POST of /graphql)}. */
    private Stream<String> partly() {
        return requests.stream()
                .collect(Collectors.groupingBy(RequestPattern::host, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(host -> "`" + host.getKey() + "` ("
                        + host.getValue().stream()
                                .map(RequestPattern::inWords)
                                .distinct()
                                .limit(MOST)
                                .collect(Collectors.joining("; "))
                        + ")");
    }

    private void add(List<String> all, Effect effect, Subject subject, String sentence) {
        String patterns = patterns(effect, subject);
        if (!patterns.isEmpty()) {
            all.add(sentence.formatted(patterns));
        }
    }

    private String patterns(Effect effect, Subject subject) {
        return of(effect, subject)
                .map(clause -> "`" + clause.pattern() + "`")
                .distinct()
                .limit(MOST)
                .collect(Collectors.joining(", "));
    }

    private Stream<Clause> of(Effect effect, Subject subject) {
        return clauses.stream().filter(clause -> clause.effect() == effect && clause.subject() == subject);
    }
}
