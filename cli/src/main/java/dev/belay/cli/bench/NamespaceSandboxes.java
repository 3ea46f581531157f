package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a sandbox of namespaces costs by itself, beside bubblewrap with nothing around it. */
record NamespaceSandboxes() implements Round {
    private static final int TURNS = 60;
    private static final int TOGETHER = 2;
    private static final int PLAINLY = 3;
    private static final int IDLE = 10;
    private static final Duration UNTIL_ASLEEP = Duration.ofMillis(200);

    static final Figure START =
            Figure.withoutTarget("sandbox-start-namespace", "a sandbox of namespaces, until it answers", "ms");
    static final Figure RATE = Figure.withoutTarget(
            "sandboxes-per-second", "sandboxes of namespaces, each for one command, " + TOGETHER + " at once", "/s");
    static final Figure MEMORY =
            Figure.withoutTarget("sandbox-memory", "memory of an idle sandbox of namespaces", "MB");

    @Override
    public List<Figure> figures() {
        return List.of(START, RATE, MEMORY);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        Path bubblewrap = site.program("bwrap")
                .orElseThrow(() -> new AbsentException("bwrap is not installed (apt-get install bubblewrap)"));
        String plainly = bubblewrap + " --unshare-all --ro-bind / / --dev /dev --proc /proc /bin/true";
        Map<Figure, Reading> readings = new LinkedHashMap<>();
        try (Trial trial = Trial.of(site.launch().withNamespaces(), IDLE)) {
            Sample before = Stopwatch.forks(runs, plainly);
            Sample starts = trial.starts(runs);
            Sample bare = before.and(Stopwatch.forks(runs, plainly));
            readings.put(
                    START,
                    Reading.beside(
                            new Yardstick("bwrap --unshare-all /bin/true", bare),
                            starts,
                            "cold, of the engine alone, over an empty project; " + OtherSandboxes.told(site, runs)));
            readings.put(
                    RATE,
                    Reading.beside(
                            new Yardstick("the same of bwrap alone", plainRate(site, plainly)),
                            rates(trial.millis("turns", TURNS)),
                            TURNS + " in all; started, asked for /bin/true, and ended"));
            readings.put(MEMORY, memory(site, trial.idle(IDLE)));
        }
        return readings;
    }

    /**
     * How many per second, in up to ten stretches of the same count.
     *
     * @param ended when each was done, in milliseconds since all of them began
     */
    static Sample rates(List<Double> ended) {
        List<Double> rates = new ArrayList<>();
        int stretch = Math.max(1, ended.size() / 10);
        double from = 0;
        for (int last = stretch - 1; last < ended.size(); last += stretch) {
            rates.add(stretch * 1000 / Math.max(ended.get(last) - from, 1e-3));
            from = ended.get(last);
        }
        return Sample.of(rates);
    }

    private static Sample plainRate(Site site, String plainly) throws IOException, InterruptedException {
        Sample all = Stopwatch.processes(
                PLAINLY,
                site.environment(),
                List.of("/bin/sh", "-c", "seq " + TURNS + " | xargs -P " + TOGETHER + " -I _ " + plainly));
        return Sample.of(
                all.sorted().stream().map(millis -> TURNS * 1000 / millis).toList());
    }

    private static Reading memory(Site site, List<List<Long>> sandboxes) throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        Footprint last = Footprint.of("one", List.of());
        for (List<Long> pids : sandboxes) {
            last = Footprint.of("one", pids);
            all.add(last.megabytes());
        }
        return Reading.beside(
                new Yardstick("a plain sleep", Sample.of(List.of(sleeping(site)))),
                Sample.of(all),
                sandboxes.size() + " at once; " + last.note());
    }

    private static double sleeping(Site site) throws IOException, InterruptedException {
        Process sleep = new ProcessBuilder("sleep", "600")
                .redirectInput(new File("/dev/null"))
                .start();
        try {
            site.pause(UNTIL_ASLEEP);
            return Footprint.of(sleep.toHandle());
        } finally {
            sleep.destroyForcibly();
            sleep.onExit().join();
        }
    }
}
