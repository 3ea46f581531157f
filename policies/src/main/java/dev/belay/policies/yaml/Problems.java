package dev.belay.policies.yaml;

import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Spot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** All that is wrong with one file, so that it is mended once and not line by line. */
public final class Problems {
    /** From the top of a file to its end. */
    static final Comparator<Spot> DOWN = Comparator.comparingInt(Spot::line).thenComparingInt(Spot::column);

    /** Nobody mends more than this before reading it again. */
    private static final int MOST = 100;

    private final String file;
    private final List<Problem> all = new ArrayList<>();

    public Problems(String file) {
        this.file = file;
    }

    public void add(Spot spot, String what, String fix) {
        if (all.size() < MOST) {
            all.add(new Problem(spot, what, fix));
        }
    }

    public void add(Node node, String what, String fix) {
        add(spot(node), what, fix);
    }

    void wholeFile(String what, String fix) {
        add(new Spot(file, 0, 0), what, fix);
    }

    public Spot spot(Node node) {
        return spot(node.getStartMark());
    }

    Spot spot(Optional<Mark> mark) {
        return mark.map(at -> new Spot(file, at.getLine() + 1, at.getColumn() + 1))
                .orElseGet(() -> new Spot(file, 0, 0));
    }

    Spot spot(int line, int column) {
        return new Spot(file, line, column);
    }

    public boolean any() {
        return !all.isEmpty();
    }

    public List<Problem> inOrder() {
        return all.stream().sorted(Comparator.comparing(Problem::spot, DOWN)).toList();
    }
}
