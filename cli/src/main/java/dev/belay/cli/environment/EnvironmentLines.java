package dev.belay.cli.environment;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.policies.environment.Environment;
import java.util.ArrayList;
import java.util.List;

/** An environment in the one line that a person reads before a run. */
public final class EnvironmentLines {
    private EnvironmentLines() {}

    /** @param goesAlong whether the file is in the part of the project that is sent */
    public static void print(Environment environment, boolean goesAlong, Screen people) {
        if (!goesAlong) {
            people.note(new Line()
                    .add(Look.YELLOW, "   ! ")
                    .add(Environment.FILE
                            + " does not go along, ignored by git or outside of --path: nothing is set up"));
            return;
        }
        List<String> heads = new ArrayList<>();
        if (!environment.setup().isEmpty()) {
            heads.add(Words.count(environment.setup().size(), "step"));
        }
        if (!environment.variables().isEmpty()) {
            heads.add(Words.count(environment.variables().size(), "variable"));
        }
        environment.check().ifPresent(check -> heads.add("check: " + Printable.line(check.command())));
        people.note(new Line().add("   ").dim("environment: " + Environment.FILE + " · " + String.join(" · ", heads)));
    }
}
