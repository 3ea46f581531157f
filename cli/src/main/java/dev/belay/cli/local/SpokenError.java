package dev.belay.cli.local;

import dev.belay.proto.error.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the launcher or the controller said when it could not start: an error in the shape of all of them, as lines of a
 * log. It knows better what is wrong than any guess from outside.
 */
public record SpokenError(ErrorCode code, String what, String why, String next) {
    private static final String MARK = "error[";

    /** The last one in the text. */
    public static Optional<SpokenError> in(String text) {
        List<String> lines = text.lines().map(String::strip).toList();
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            int end = line.indexOf("] ");
            if (!line.startsWith(MARK) || end < 0) {
                continue;
            }
            Map<String, String> parts = new HashMap<>();
            for (String part : lines.subList(i + 1, lines.size())) {
                int colon = part.indexOf(": ");
                if (colon > 0) {
                    parts.putIfAbsent(part.substring(0, colon), part.substring(colon + 2));
                }
            }
            String what = line.substring(end + 2);
            return ErrorCode.named(line.substring(MARK.length(), end))
                    .map(code ->
                            new SpokenError(code, what, parts.getOrDefault("why", ""), parts.getOrDefault("next", "")));
        }
        return Optional.empty();
    }
}
