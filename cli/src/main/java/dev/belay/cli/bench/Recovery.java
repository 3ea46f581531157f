package dev.belay.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long it takes until all is as it was after a process has died by {@code kill -9} under a running task. */
record Recovery() implements Round {
    static final Figure ATTACHED =
            Figure.withoutTarget("controller-reattach", "controller killed → its runner holds its task again", "ms");
    static final Figure RESUMED = Figure.of(
            "runner-resume",
            "runner killed → the task runs again",
            "ms",
            Target.design(35_000, "lost runner → work resumed elsewhere"));

    private static final int TIMES = 3;
    private static final Duration LOOK = Duration.ofMillis(10);

    @Override
    public List<Figure> figures() {
        return List.of(ATTACHED, RESUMED);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.warmUp();
        List<Double> attached = new ArrayList<>();
        List<Double> resumed = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            String task = site.begin(Site.script(2, "sleep 600"));
            site.untilCalled(task);
            attached.add(untilAttached(site));
            resumed.add(untilResumed(site, task));
            site.cancel(List.of(task));
        }
        return Map.of(
                ATTACHED,
                Reading.of(Sample.of(attached), "the local start's supervisor brings it back; its database starts too"),
                RESUMED,
                Reading.of(Sample.of(resumed), "the same runner, started again by its supervisor"));
    }

    private static double untilAttached(Site site) throws IOException, InterruptedException {
        long before = site.controller().pid();
        long began = System.nanoTime();
        site.kill("controller");
        // Asked before it says that it is ready, a client would wait between its tries.
        while (site.readyController().filter(now -> now.pid() != before).isEmpty()) {
            site.pause(LOOK);
        }
        while (site.server().status().get("runners").items().stream()
                .noneMatch(runner -> runner.flag("connected") && runner.number("used") > 0)) {
            site.pause(LOOK);
        }
        return Stopwatch.millisSince(began);
    }

    private static double untilResumed(Site site, String task) throws IOException, InterruptedException {
        Instant killed = Instant.now();
        site.kill("runner");
        return site.timesUntil(
                        task,
                        event -> event.number("epoch") > 1
                                && event.get("task_state").text("to").equals("running"))
                .sinceOf(killed);
    }
}
