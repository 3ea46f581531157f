package dev.belay.policies.yaml;

import dev.belay.policies.ToolName;

/** A text as a value of YAML: as it is where nobody could read anything else, or else in quotes. */
public final class Scalar {
    private Scalar() {}

    static String of(String text) {
        boolean plain = text.matches("[A-Z][A-Za-z]*[(][A-Za-z0-9_./*-]+( [A-Za-z0-9_./*-]+)*[)]");
        return plain || ToolName.words().contains(text) ? text : quoted(text);
    }

    /** In quotes, with an escape for everything that could be mistaken for something else. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
            } else if (point >= ' ' && point <= '~' || Character.isLetterOrDigit(point)) {
                quoted.appendCodePoint(point);
            } else {
                quoted.append(String.format("\\U%08x", point));
            }
        });
        return quoted.append('"').toString();
    }
}
