package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From the request to the first thing that the task does. */
record Submission() implements Round {
    static final Figure ASSIGNED =
            Figure.of("submit-assigned", "submit → assigned to a runner", "ms", Target.design(20, "submit → assigned"));
    static final Figure FIRST = Figure.of(
            "submit-first-command",
            "submit → first command's result",
            "ms",
            Target.design(60, "submit → first command in the sandbox"));

    private static final String COMMAND = "/bin/true";

    @Override
    public List<Figure> figures() {
        return List.of(ASSIGNED, FIRST);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        double cold = site.warmUp();
        List<Double> assigned = new ArrayList<>();
        List<Double> first = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            TaskTimes task = site.run(Site.script(1, COMMAND));
            assigned.add(task.untilAssigned());
            first.add(task.untilFirstResult());
        }
        Yardstick bare = new Yardstick(
                "bwrap --unshare-all " + COMMAND,
                Stopwatch.forks(runs, "bwrap --unshare-all --ro-bind / / " + COMMAND));
        return Map.of(
                ASSIGNED,
                Reading.of(Sample.of(assigned), "a project of " + Site.FILES + " files, one task at a time"),
                FIRST,
                Reading.beside(
                        bare,
                        Sample.of(first),
                        "the very first task, not counted, took " + Report.figure(cold) + " ms"));
    }
}
