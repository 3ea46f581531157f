package dev.belay.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Many runners that have nothing to do but to renew. */
record Standing() implements Round {
    private static final int RUNNERS = 1000;
    private static final int SECONDS = 22;
    private static final int RENEWAL_SECONDS = 10;
    private static final int LOOKS = 5;
    private static final Duration BETWEEN = Duration.ofSeconds(3);

    static final Figure MEMORY =
            Figure.withoutTarget("fleet-memory", "the controller's memory, " + RUNNERS + " runners connected", "MB");
    static final Figure RENEWAL =
            Figure.withoutTarget("fleet-renewal", "a renewal, one of " + RUNNERS + " in 10 s", "ms");

    @Override
    public List<Figure> figures() {
        return List.of(MEMORY, RENEWAL);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.onlyForCrowds();
        double alone = Footprint.of(site.process("controller"));
        try (Crowd crowd = Crowd.begin(site, "stand", RUNNERS, SECONDS, RENEWAL_SECONDS)) {
            crowd.says();
            List<Double> memory = new ArrayList<>();
            for (int i = 0; i < LOOKS; i++) {
                site.pause(BETWEEN);
                memory.add(Footprint.of(site.process("controller")));
            }
            Sample answered = Crowd.millis(crowd.end());
            return Map.of(
                    MEMORY,
                    Reading.of(Sample.of(memory), "of its process; before, it was " + Report.figure(alone) + " MB"),
                    RENEWAL,
                    Reading.of(answered, answered.rare() + "; " + answered.size() + " answered in " + SECONDS + " s"));
        }
    }
}
