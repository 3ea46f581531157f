package dev.belay.runner.task;

import dev.belay.runner.agent.Check;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolsLostException;
import dev.belay.runner.hands.HeadTail;
import dev.belay.runner.task.Place.Ran;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** A command line that says whether the work is done, run in the task's sandbox. */
final class ProjectCheck implements Check {
    static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int SHOWN = 10_000;

    private final Place place;
    private final Gate gate;
    private final String command;
    private final Needs needs;

    /**
     * @param detected whether it was found and not named
     * @param probe a shell command that fails where what the check needs is missing; empty when there is none
     */
    record Needs(boolean detected, String probe) {
        static final Needs NAMED = new Needs(false, "");
    }

    ProjectCheck(Place place, Gate gate, String command, Needs needs) {
        this.place = place;
        this.gate = gate;
        this.command = command;
        this.needs = needs;
    }

    @Override
    public String command() {
        return command;
    }

    @Override
    public boolean detected() {
        return needs.detected();
    }

    @Override
    public ToolOutcome run() throws ToolsLostException, InterruptedException {
        gate.busyWith("the project's check to end");
        HeadTail printed = new HeadTail();
        Place.Output output = new Place.Output() {
            @Override
            public void stdout(byte[] bytes) {
                printed.add(bytes);
            }

            @Override
            public void stderr(byte[] bytes) {
                printed.add(bytes);
            }
        };
        try {
            Ran ran = place.run(List.of("/bin/bash", "-c", script()), LONGEST, output);
            String first = ran.timedOut()
                    ? "ended after " + Stop.words(LONGEST) + ": it did not end by itself"
                    : "exit code: " + ran.exitCode();
            return new ToolOutcome(
                    ran.exitCode() != 0,
                    OptionalInt.of(ran.exitCode()),
                    first + "\n" + printed.text(SHOWN),
                    ran.timedOut() ? "timed out" : "exit " + ran.exitCode(),
                    printed.total(),
                    ran.timedOut());
        } catch (IOException lost) {
            throw new ToolsLostException("the sandbox ended while the check ran: " + lost.getMessage(), lost);
        }
    }

    /** 127 is what a shell says of a program that is not there. */
    private String script() {
        return needs.probe().isEmpty()
                ? command
                : "if ! { " + needs.probe() + "; } >/dev/null 2>&1; then exit 127; fi\n" + command;
    }
}
