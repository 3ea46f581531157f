package dev.belay.policies.foreign;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Spot;
import java.util.ArrayList;
import java.util.List;

/** What was read, as tables write it: a rule, {@code !} before what is not said, {@code =} before what always holds. */
public final class Outcome {
    private Outcome() {}

    public static List<String> of(Reading reading) {
        List<String> said = new ArrayList<>();
        for (Line line : reading.lines()) {
            String place = place(line.origin().spot());
            switch (line) {
                case Line.Rules rules -> rules.clauses().forEach(clause -> said.add(place + " " + words(clause)));
                case Line.NotEnforced open -> said.add("! " + place + " " + open.why());
                case Line.Inherent always -> said.add("= " + place + " " + always.mechanism());
            }
        }
        for (Problem problem : reading.problems()) {
            said.add("x " + place(problem.spot()) + " " + problem.what() + " >> " + problem.fix());
        }
        return said;
    }

    private static String words(Clause clause) {
        String reason = clause.origin().reason();
        return clause.effect() + " " + clause.subject() + " " + clause.pattern()
                + (reason.isEmpty() ? "" : " because " + reason);
    }

    private static String place(Spot spot) {
        return spot.line() + ":" + spot.column();
    }
}
