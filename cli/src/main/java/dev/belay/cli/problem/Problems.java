package dev.belay.cli.problem;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.policies.language.Problem;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;

/** All that is wrong with a file: for people, for machines, and for whoever looks at the exit code. */
public record Problems(List<Problem> all) {
    public Problems {
        all = List.copyOf(all);
    }

    public boolean none() {
        return all.isEmpty();
    }

    public int exit() {
        return none() ? ErrorCode.Exit.DONE : ErrorCode.Exit.USAGE;
    }

    public void print(Screen screen) {
        for (Problem problem : all) {
            screen.line(new Line()
                    .add(Look.RED, "✗ ")
                    .bold(problem.spot().toString())
                    .add(": " + Printable.line(problem.what())));
            screen.line(new Line().add("    ").dim(Printable.line(problem.fix())));
        }
    }

    public Json document() {
        return Json.object()
                .put(
                        "problems",
                        new Json.Arr(all.stream()
                                .<Json>map(problem -> Json.object()
                                        .put("place", problem.spot().toString())
                                        .put("what", problem.what())
                                        .put("fix", problem.fix())
                                        .build())
                                .toList()))
                .build();
    }
}
