package dev.belay.policies.environment.foreign;

import dev.belay.policies.language.Quoted;
import dev.belay.policies.yaml.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Steps and variables as the text of an environment, as a person would have written it where that is possible. */
final class EnvironmentText {
    private static final Set<String> WORDS_OF_YAML = Set.of("true", "false", "null", "yes", "no", "on", "off");

    private EnvironmentText() {}

    /**
     * A step to be.
     *
     * @param name empty where its first line will do
     * @param minutes after which it is ended; 0 for the usual time
     */
    record Command(String name, String run, int minutes) {}

    static String of(List<String> heading, List<Command> steps, Map<String, String> variables) {
        StringBuilder text = new StringBuilder();
        heading.forEach(
                line -> text.append(line.isEmpty() ? "#" : "# " + shown(line)).append('\n'));
        if (!steps.isEmpty()) {
            text.append("setup:\n");
            steps.forEach(step -> text.append(item(step)));
        }
        if (!variables.isEmpty()) {
            text.append("env:\n");
            variables.forEach((name, value) -> text.append(member(name, value)));
        }
        return text.toString();
    }

    private static String item(Command step) {
        if (step.name().isEmpty() && step.minutes() == 0) {
            return "  - " + command(step.run(), "    ");
        }
        String name = step.name().isEmpty() ? "" : "name: " + text(step.name()) + "\n    ";
        String timeout = step.minutes() == 0 ? "" : "    timeout: " + step.minutes() + "m\n";
        return "  - " + name + "run: " + command(step.run(), "      ") + timeout;
    }

    private static String member(String name, String value) {
        return "  " + name + ": " + Scalar.quoted(value) + "\n";
    }

    /** With the end of its line. */
    private static String command(String run, String indent) {
        if (!run.contains("\n")) {
            return text(run) + "\n";
        }
        // A line of nothing but blanks would lose them, and one of these could be the text of a file.
        boolean block = run.charAt(0) > ' '
                && run.codePoints().allMatch(c -> c == '\n' || c == '\t' || Quoted.visible(c) == c)
                && run.lines().noneMatch(line -> line.isBlank() && !line.isEmpty());
        if (!block) {
            return Scalar.quoted(run) + "\n";
        }
        StringBuilder lines = new StringBuilder("|\n");
        run.stripTrailing()
                .lines()
                .forEach(line ->
                        lines.append(line.isEmpty() ? "" : indent + line).append('\n'));
        return lines.toString();
    }

    private static String text(String text) {
        return isPlain(text) ? text : Scalar.quoted(text);
    }

    private static boolean isPlain(String text) {
        char first = text.isEmpty() ? ' ' : text.charAt(0);
        boolean begins = first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z' || text.startsWith("./");
        return begins
                && text.chars().allMatch(c -> c >= ' ' && c <= '~')
                && !text.contains(": ")
                && !text.contains(" #")
                && !text.endsWith(":")
                && !text.endsWith(" ")
                && !WORDS_OF_YAML.contains(text.toLowerCase(Locale.ROOT));
    }

    private static String shown(String line) {
        StringBuilder shown = new StringBuilder();
        line.codePoints().map(Quoted::visible).forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
