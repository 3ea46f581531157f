package dev.belay.cli.transcript;

import dev.belay.proto.json.Json;
import java.util.Locale;

/** Tasks that stand until a person lets them go on: what they are, and what to type. */
public final class Standing {
    private Standing() {}

    /** Whether nothing happens in it before somebody resumes it. */
    public static boolean is(Json task) {
        return task.text("state").equals("paused") || isAtLimit(task);
    }

    private static boolean isAtLimit(Json task) {
        String waiting = task.text("waiting_for");
        return waiting.equals("budget") || waiting.equals("doom_loop");
    }

    public static String words(Json task) {
        return isAtLimit(task) ? "at a limit: " + task.text("stop_detail") : "paused";
    }

    /** The command that lets it go on. */
    public static String next(Json task) {
        String resume = "belay resume " + task.text("short_id");
        return switch (task.text("stop_reason")) {
            case "limit_turns" -> resume + " --max-turns " + 2 * Math.max(1, task.number("turns"));
            case "limit_time" -> resume + " --timeout 8h";
            case "limit_usd" ->
                resume + String.format(Locale.ROOT, " --max-usd %.2f", 2 * Math.max(0.01, task.decimal("budget_usd")));
            default -> resume;
        };
    }
}
