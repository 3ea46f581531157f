package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What it costs to call a tool, and to take a turn, inside one task that is running. */
record ToolCalls() implements Round {
    static final Figure CALL = Figure.withoutTarget("tool-call", "one Bash tool call, in a running task", "ms");
    static final Figure ADDED = Figure.of(
            "tool-call-added",
            "the same, less its command run plainly",
            "ms",
            Target.design(2, "one tool call, added latency"));
    static final Figure TURN = Figure.of(
            "turn-overhead",
            "one turn with its snapshot, less its command",
            "ms",
            Target.design(10, "harness overhead per turn, with snapshot"));

    private static final int CALLS = 60;
    private static final String COMMAND = "/bin/true";

    @Override
    public List<Figure> figures() {
        return List.of(CALL, ADDED, TURN);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.warmUp();
        String plainly = shell() + " -c " + COMMAND;
        Sample fork = Stopwatch.forks(CALLS, COMMAND);
        Sample plain = Stopwatch.forks(CALLS, plainly);
        TaskTimes task = site.run(Site.script(CALLS, COMMAND));
        Sample calls = Sample.of(task.calls());
        if (calls.size() != CALLS) {
            throw new IOException("the task made " + calls.size() + " calls and not " + CALLS);
        }
        Yardstick command = new Yardstick(plainly, plain);
        return Map.of(
                CALL,
                Reading.beside(new Yardstick("fork+exec of " + COMMAND, fork), calls, "from the record to the result"),
                ADDED,
                Reading.beside(command, calls.less(plain.median()), ""),
                TURN,
                Reading.beside(command, Sample.of(task.turns()).less(plain.median()), "the model is a script"));
    }

    /** What the sandbox runs commands with too. */
    private static String shell() {
        return Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/bin/sh";
    }
}
