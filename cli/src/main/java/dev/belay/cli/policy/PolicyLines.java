package dev.belay.cli.policy;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line.NotEnforced;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A policy in the few lines that a person reads before a run: whose words, what they grant, and what nothing enforces. */
public final class PolicyLines {
    private static final int MOST = 5;

    private PolicyLines() {}

    public static void print(ProjectPolicy policy, Screen people) {
        if (policy.isStandard()) {
            return;
        }
        people.note(new Line()
                .add("   ")
                .dim("policy: " + policy.sources().stream().map(Source::file).collect(Collectors.joining(", ")) + " · "
                        + String.join(" · ", heads(policy))));
        List<NotEnforced> open = policy.compiled().notEnforced();
        for (NotEnforced line : open.stream().limit(MOST).toList()) {
            people.note(new Line()
                    .add(Look.YELLOW, "   ! ")
                    .add("not enforced: " + Printable.line(line.origin().text()))
                    .dim("   " + line.origin().spot().lineOnly() + ": " + Printable.line(line.why())));
        }
        if (open.size() > MOST) {
            people.note("   ! and " + (open.size() - MOST) + " more: belay policy explain");
        }
    }

    private static List<String> heads(ProjectPolicy policy) {
        List<Clause> clauses = policy.compiled().clauses();
        List<String> heads = new ArrayList<>();
        long hosts = count(clauses, Effect.ALLOW, Subject.HOST);
        long requests = count(policy.compiled().requests(), Effect.ALLOW, Subject.REQUEST);
        long repositories = count(clauses, Effect.ALLOW, Subject.REMOTE);
        if (hosts > 0 || requests + repositories == 0) {
            heads.add(hosts == 0 ? "no network" : Words.count((int) hosts, "host"));
        }
        if (requests > 0) {
            heads.add(Words.count(requests, "kind") + " of requests");
        }
        if (repositories > 0) {
            heads.add(repositories == 1 ? "1 repository" : repositories + " repositories");
        }
        int secrets = policy.compiled().policy().secrets().size();
        if (secrets > 0) {
            heads.add(Words.count(secrets, "secret"));
        }
        if (policy.compiled().policy().boundsEdits()) {
            heads.add("changes in "
                    + clauses.stream()
                            .filter(clause -> clause.effect() == Effect.ALLOW && clause.subject() == Subject.EDIT)
                            .map(clause -> Printable.line(clause.pattern()))
                            .distinct()
                            .limit(MOST)
                            .collect(Collectors.joining(" ")));
        }
        long denied = clauses.stream()
                .filter(clause -> clause.effect() == Effect.DENY)
                .count();
        if (denied > 0) {
            heads.add(Words.count((int) denied, "restriction"));
        }
        return heads;
    }

    private static long count(List<Clause> clauses, Effect effect, Subject subject) {
        return clauses.stream()
                .filter(clause -> clause.effect() == effect && clause.subject() == subject)
                .count();
    }
}
