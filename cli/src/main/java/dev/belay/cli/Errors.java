package dev.belay.cli;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;

/** The one shape of every error: what, why with the layer, the state of the work, the next command, the exit code. */
public final class Errors {
    private Errors() {}

    /**
     * On stderr for people; as a document on stdout too when a machine asked.
     *
     * @param context which server it is about, empty for the local one
     */
    public static void print(BelayException error, int exitCode, boolean json, Screen screen, String context) {
        screen.note(new Line()
                .add(Line.Look.RED, "error[" + error.code() + "]")
                .add(" ")
                .bold(error.what()));
        Line exit = new Line().dim("exit " + exitCode);
        Line last = null;
        for (String text : new String[] {
            error.why(),
            context.isEmpty() ? "" : "context: " + context,
            error.work(),
            error.next().isEmpty() ? "" : "Try: " + error.next()
        }) {
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
            screen.machine(document(error, exitCode, context).print());
        }
    }

    static Json document(BelayException error, int exitCode, String context) {
        Json.ObjectBuilder members = Json.object()
                .put("code", error.code().name())
                .put("what", error.what())
                .put("why", error.why())
                .put("work", error.work())
                .put("next", error.next())
                .put("exit_code", exitCode);
        if (!context.isEmpty()) {
            members.put("context", context);
        }
        return Json.object().put("error", members.build()).build();
    }
}
