package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a sandbox in a container costs by itself, beside Docker's own command. */
record DockerSandboxes() implements Round {
    private static final int CALLS = 60;
    private static final String COMMAND = "/bin/true";

    static final Figure START =
            Figure.withoutTarget("sandbox-start-docker", "a sandbox in a container, until it answers", "ms");
    static final Figure CALL = Figure.of(
            "tool-call-docker",
            "one command in a container's sandbox, less it run plainly",
            "ms",
            Target.design(2, "one tool call, added latency"));

    @Override
    public List<Figure> figures() {
        return List.of(START, CALL);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        Docker docker = Docker.needed(site);
        try (Trial trial = Trial.of(site.launch().withDocker(), 1)) {
            Sample runBefore = Stopwatch.forks(runs, docker.run(COMMAND));
            Sample starts = trial.starts(runs);
            Sample bare = runBefore.and(Stopwatch.forks(runs, docker.run(COMMAND)));
            return Map.of(
                    START,
                    Reading.beside(
                            new Yardstick("docker run --rm --network none " + COMMAND, bare),
                            starts,
                            "cold, of the engine alone, over an empty project; image " + docker.image()),
                    CALL,
                    calls(trial, docker));
        }
    }

    /** What both add to the command: neither can be faster than it. */
    private static Reading calls(Trial trial, Docker docker) throws IOException, InterruptedException {
        try (Docker.Container container = docker.begin()) {
            Sample plain = Stopwatch.forks(CALLS, COMMAND);
            Sample execBefore = Stopwatch.forks(CALLS, container.exec(COMMAND));
            Sample calls = Sample.of(trial.millis("calls", CALLS));
            Sample exec = execBefore.and(Stopwatch.forks(CALLS, container.exec(COMMAND)));
            double each = plain.and(Stopwatch.forks(CALLS, COMMAND)).median();
            return Reading.beside(
                    new Yardstick("docker exec, less the same", exec.less(each)),
                    calls.less(each),
                    "by the hand alone; what a task's record adds to a call is in tool-call");
        }
    }
}
