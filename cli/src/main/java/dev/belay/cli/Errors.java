package dev.belay.cli;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;

/** The one shape of every error: what, why with the layer, the state of the work, the next command, the exit code. */
public final class Errors {
    private Errors() {}

    /** On stderr for people; as a document on stdout too when a machine asked. */
    public static void print(BelayException error, int exitCode, boolean json, Screen screen) {
        screen.note(new Line()
                .add(Line.Look.RED, "error[" + error.code() + "]")
                .add(" ")
                .bold(error.what()));
        Line exit = new Line().dim("exit " + exitCode);
        Line last = null;
        for (String text :
                new String[] {error.why(), error.work(), error.next().isEmpty() ? "" : "Try: " + error.next()}) {
            if (!text.isEmpty()) {
                if (last != null) {
                    screen.note(last);
                }
                last = new Line().add("  ").add(text);
            }
        }
        screen.note(
                last == null ? exit : last.to(Math.min(screen.width() - 10, 96)).add(exit));
        if (json) {
            screen.machine(document(error, exitCode).print());
        }
    }

    static Json document(BelayException error, int exitCode) {
        return Json.object()
                .put(
                        "error",
                        Json.object()
                                .put("code", error.code().name())
                                .put("what", error.what())
                                .put("why", error.why())
                                .put("work", error.work())
                                .put("next", error.next())
                                .put("exit_code", exitCode)
                                .build())
                .build();
    }
}
