package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Optional;

/** The note that a model gets of a rollback, a revert, an undo or a redo, as its runner words it. */
final class FilesMoved {
    private static final int NAMED = 20;

    private FilesMoved() {}

    /** Nothing where no file changed. */
    static Optional<String> words(Json operation) {
        long changed = operation.number("files_changed");
        if (changed == 0) {
            return Optional.empty();
        }
        String what = switch (operation.text("kind")) {
            case "revert" -> "A person undid what step " + operation.text("reverts") + " changed, and nothing else.";
            case "rollback" -> "A person took the project back to the state after " + operation.text("to") + ".";
            default -> "A person moved the project to the state of " + operation.text("to") + ".";
        };
        List<Json> files = operation.get("files").items();
        long more = changed - Math.min(NAMED, files.size());
        return Optional.of(what + " These files are other than you saw them last; read them before you rely on them:\n"
                + String.join(
                        "\n", files.stream().limit(NAMED).map(FilesMoved::line).toList())
                + (more > 0 ? "\nand " + more + " more" : ""));
    }

    private static String line(Json file) {
        String what = switch (file.text("status")) {
            case "A" -> "is there again: ";
            case "D" -> "is gone: ";
            default -> "changed: ";
        };
        StringBuilder path = new StringBuilder(what);
        for (char c : file.text("path").toCharArray()) {
            path.append(c < 0x20 || c == 0x7f ? '?' : c);
        }
        return path.toString();
    }
}
