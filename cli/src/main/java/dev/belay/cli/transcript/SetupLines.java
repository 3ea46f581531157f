package dev.belay.cli.transcript;

import dev.belay.proto.json.Json;

/** A step of a project's set-up in a few words. */
final class SetupLines {
    private SetupLines() {}

    /** {@code install: npm ci}, or the command alone where it has no other name. */
    static String begun(Json started) {
        String name = started.text("name");
        String command = started.text("command").strip();
        int end = command.indexOf('\n');
        String line = end < 0 ? command : command.substring(0, end);
        String shown = name.endsWith("…") ? name.substring(0, name.length() - 1) : name;
        return (started.flag("again") ? "again " : "") + (line.startsWith(shown) ? line : name + ": " + line);
    }

    static String ended(Json ended) {
        return ended.flag("timed_out") ? "timed out" : "exit " + ended.number("exit_code");
    }
}
