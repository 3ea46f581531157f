package dev.belay.runner.task;

import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.Operation;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a model is told of a rollback, a revert, an undo or a redo: without it, it would go on from files that are gone. */
final class FilesMoved {
    private static final int NAMED = 20;

    private FilesMoved() {}

    /** Nothing where no file changed. */
    static Optional<String> words(Operation operation) {
        if (operation.getFilesChanged() == 0) {
            return Optional.empty();
        }
        String what = switch (operation.getKind()) {
            case "revert" -> "A person undid what step " + operation.getReverts() + " changed, and nothing else.";
            case "rollback" -> "A person took the project back to the state after " + operation.getTo() + ".";
            default -> "A person moved the project to the state of " + operation.getTo() + ".";
        };
        int more = operation.getFilesChanged() - Math.min(NAMED, operation.getFilesCount());
        return Optional.of(what + " These files are other than you saw them last; read them before you rely on them:\n"
                + operation.getFilesList().stream()
                        .limit(NAMED)
                        .map(FilesMoved::line)
                        .collect(Collectors.joining("\n"))
                + (more > 0 ? "\nand " + more + " more" : ""));
    }

    private static String line(FileChange file) {
        String what = switch (file.getStatus()) {
            case "A" -> "is there again: ";
            case "D" -> "is gone: ";
            default -> "changed: ";
        };
        return what + file.getPath().replaceAll("\\p{Cntrl}", "?");
    }
}
