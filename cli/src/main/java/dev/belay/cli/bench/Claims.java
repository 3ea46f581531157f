package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** From a place that comes free to the task that is given to it, with a short queue and with a very long one. */
record Claims() implements Round {
    private static final int QUEUE = 100_000;
    private static final int CLAIMS = 300;
    static final int MOST_QUEUED = 2 * QUEUE;

    static final Figure SHORT = Figure.withoutTarget("claim-short-queue", "a free place → its next task", "ms");
    static final Figure LONG =
            Figure.withoutTarget("claim-long-queue", "the same with " + QUEUE + " tasks queued", "ms");

    @Override
    public List<Figure> figures() {
        return List.of(SHORT, LONG);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.onlyForCrowds();
        site.beginMany(CLAIMS + 1);
        Sample near = Crowd.millis(Crowd.play(site, "gaps", CLAIMS));
        site.beginMany(QUEUE);
        Sample far = Crowd.millis(Crowd.play(site, "gaps", CLAIMS));
        return Map.of(
                SHORT,
                Reading.of(near, near.rare()),
                LONG,
                Reading.beside(new Yardstick("a queue of " + CLAIMS, near), far, far.rare()));
    }
}
