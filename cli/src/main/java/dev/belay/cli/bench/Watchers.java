package dev.belay.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How late an event is at whoever watches: it is stored before it is shown. */
record Watchers() implements Round {
    private static final int MANY = 500;
    private static final int TOLD = 40;
    private static final int PAUSE_MILLIS = 200;

    static final Figure ONE_WATCHER = Figure.withoutTarget("watch-1", "an event, from its runner to 1 watcher", "ms");
    static final Figure MANY_WATCHERS =
            Figure.withoutTarget("watch-" + MANY, "the same to each of " + MANY + " watchers", "ms");

    @Override
    public List<Figure> figures() {
        return List.of(ONE_WATCHER, MANY_WATCHERS);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.onlyForCrowds();
        return Map.of(ONE_WATCHER, watched(site, 1), MANY_WATCHERS, watched(site, MANY));
    }

    private static Reading watched(Site site, int watchers) throws IOException, InterruptedException {
        String task = site.beginNothing();
        List<Double> late = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Double>>> all = new ArrayList<>();
            for (int i = 0; i < watchers; i++) {
                all.add(threads.submit(() -> site.latencies(task)));
            }
            Crowd.play(site, "tell", TOLD, PAUSE_MILLIS);
            for (Future<List<Double>> one : all) {
                List<Double> heard = one.get();
                if (heard.size() != TOLD) {
                    throw new IOException("a watcher heard " + heard.size() + " of " + TOLD + " events");
                }
                late.addAll(heard);
            }
        } catch (ExecutionException failed) {
            throw new IOException("a watcher failed: " + failed.getCause(), failed);
        }
        Sample sample = Sample.of(late);
        return Reading.of(sample, sample.rare() + "; the watchers run on the same cores");
    }
}
