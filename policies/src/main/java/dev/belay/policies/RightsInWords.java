package dev.belay.policies;

import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.RequestPattern;
import dev.belay.policies.secrets.SecretUse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a policy means for who works under it, a sentence for each thing; nothing of what every sandbox has. */
final class RightsInWords {
    private static final int MOST = 60;

    private final List<Clause> clauses;
    private final List<SecretUse> secrets;
    private final List<Remote> remotes;
    private final List<RequestPattern> requests = new ArrayList<>();

    RightsInWords(List<Clause> clauses, List<SecretUse> secrets, List<Remote> remotes) throws PatternException {
        this.clauses = Following.without(clauses);
        this.secrets = List.copyOf(secrets);
        this.remotes = List.copyOf(remotes);
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
        secrets.stream()
                .limit(MOST)
                .flatMap(secret -> secret.variable().stream().map(variable -> placeholder(secret, variable)))
                .forEach(all::add);
        remotes.stream().limit(MOST).map(this::repository).forEach(all::add);
        if (remotes.stream().anyMatch(Remote::push)) {
            all.add("Push only to branches of this task: `belay/$BELAY_TASK/NAME`. A person merges them.");
        }
        return all;
    }

    private static String placeholder(SecretUse secret, String variable) {
        return "`$" + variable + "` holds a placeholder that is worth nothing elsewhere: send it in a header to "
                + secret.hosts().stream()
                        .limit(MOST)
                        .map(host -> "`" + host + "`")
                        .collect(Collectors.joining(", "))
                + ", through TLS, and the gateway puts the value in. Never try to learn the value.";
    }

    private String repository(Remote remote) {
        return (remote.equals(remotes.getFirst()) ? "`origin` is `" : "There is also the repository `")
                + remote.url() + "`"
                + (remote.secret().isPresent() ? "; the gateway signs in for you." : ".")
                + (remote.push() ? "" : " It can be fetched from, and not pushed to.");
    }

    /**
     * The hosts that can be reached, and what can be asked of one that is not reached whole; and repositories. Nothing where
     * there is none.
     */
    String hosts() {
        Stream<String> whole = of(Effect.ALLOW, Subject.HOST).map(clause -> "`" + clause.pattern() + "`");
        Stream<String> repositories = remotes.stream().map(remote -> "`" + remote.url() + "`");
        return Stream.concat(Stream.concat(whole, partly()), repositories)
                .distinct()
                .limit(MOST)
                .collect(Collectors.joining(", "));
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
