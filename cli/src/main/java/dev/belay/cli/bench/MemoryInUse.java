package dev.belay.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The memory of everything that Belay runs: controller, database, runner, sandboxes, and what is at work in them. */
record MemoryInUse() implements Round {
    static final int FLEET = 20;
    static final Figure IDLE = Figure.withoutTarget("memory-idle", "memory of everything, no task", "MB");
    static final Figure ONE = Figure.withoutTarget("memory-1-task", "memory of everything, 1 live task", "MB");
    static final Figure MANY =
            Figure.withoutTarget("memory-20-tasks", "memory of everything, " + FLEET + " live tasks", "MB");
    static final Figure EACH = Figure.of(
            "memory-per-task",
            "everything ÷ tasks, at " + FLEET + " live tasks",
            "MB",
            Target.design(40, "memory per task, at 20 tasks"));

    private static final Duration BETWEEN = Duration.ofMillis(200);

    @Override
    public List<Figure> figures() {
        return List.of(IDLE, ONE, MANY, EACH);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.warmUp();
        Map<Figure, Reading> readings = new LinkedHashMap<>();
        readings.put(IDLE, reading(site, runs, 0));
        List<String> ids = new ArrayList<>();
        try {
            readings.put(ONE, withLiveTasks(site, runs, ids, 1));
            Reading many = withLiveTasks(site, runs, ids, FLEET);
            readings.put(MANY, many);
            readings.put(EACH, Reading.of(many.sample().dividedBy(FLEET), many.note()));
        } finally {
            site.cancel(ids);
        }
        return readings;
    }

    private static Reading withLiveTasks(Site site, int runs, List<String> ids, int count)
            throws IOException, InterruptedException {
        String script = Site.script(1, "sleep 600");
        while (ids.size() < count) {
            ids.add(site.begin(script));
        }
        for (String id : ids) {
            site.untilCalled(id);
        }
        return reading(site, runs, count);
    }

    private static Reading reading(Site site, int runs, int live) throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        Footprint last = Footprint.of(site.processes());
        all.add(last.megabytes());
        while (all.size() < runs) {
            site.pause(BETWEEN);
            last = Footprint.of(site.processes());
            all.add(last.megabytes());
        }
        long running = site.running();
        if (running != live) {
            throw new IOException(running + " tasks were live at the end of the measurement and not " + live);
        }
        return Reading.of(Sample.of(all), last.note());
    }
}
