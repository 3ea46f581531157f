package dev.belay.policies.json;

import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Spot;
import java.util.ArrayList;
import java.util.List;

/** What is found in one file, in its order. */
public final class Findings {
    /** Nobody mends more than this before reading it again. */
    private static final int MOST_PROBLEMS = 100;

    private final Places places;
    private final List<Line> lines = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    public Findings(Places places) {
        this.places = places;
    }

    public Origin origin(Text said) {
        String quoted = Quoted.of(said.value());
        return new Origin(quoted.substring(1, quoted.length() - 1), places.of(said.at()), "");
    }

    public void line(Line line) {
        lines.add(line);
    }

    public void problem(JsonNode node, String what, String fix) {
        problem(places.of(node.at()), what, fix);
    }

    /** @param index the offending character of the string */
    public void problem(Text string, int index, String what, String fix) {
        problem(places.of(JsonTree.offset(places.text(), string, index)), what, fix);
    }

    public void problem(Spot spot, String what, String fix) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(spot, what, fix));
        }
    }

    /** Limits and modes are not taken from this file. */
    public Reading reading() {
        return new Reading(lines, Settings.NONE, problems);
    }
}
