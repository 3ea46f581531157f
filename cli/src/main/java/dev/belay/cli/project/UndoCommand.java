package dev.belay.cli.project;

import dev.belay.cli.project.Comparison.Ready;
import dev.belay.cli.project.Staging.Committed;
import dev.belay.policies.shell.OneWord;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The git command that takes a staged result back. */
final class UndoCommand {
    private static final int MOST_IN_COMMAND = 40;

    private UndoCommand() {}

    /** Empty unless HEAD has every old file, so that nothing but the result is lost. */
    static String of(Path root, List<Ready> ready, Staging index, Map<String, Committed> committed) {
        if (ready.size() > MOST_IN_COMMAND) {
            return "";
        }
        Set<String> deleted = new HashSet<>();
        ready.stream()
                .map(Ready::change)
                .filter(change -> !change.stays())
                .forEach(change -> deleted.add(change.path()));
        StringBuilder command = new StringBuilder("git --literal-pathspecs -C ")
                .append(OneWord.of(root.toString()))
                .append(" restore --staged --worktree --");
        boolean plain = true;
        for (Ready each : ready) {
            ChangedPath change = each.change();
            Committed head = committed.get(change.path());
            boolean same = change.wasThere()
                    ? head != null && head.blob().equals(change.oldBlob()) && head.mode() == change.oldMode()
                    : head == null;
            // git restore fails where a file became a folder.
            boolean below = ChangedPath.foldersOf(change.path()).stream().anyMatch(deleted::contains);
            boolean shown = Shown.path(change.path()).equals(change.path());
            if (!same
                    || !shown
                    || below
                    || each.before() == null && change.wasThere()
                    || !index.isAsCommitted(change.path(), committed)) {
                return "";
            }
            plain &= change.path().chars().noneMatch(c -> "*?[\\:".indexOf(c) >= 0);
            command.append(' ').append(OneWord.of(change.path()));
        }
        return plain ? command.toString().replace("git --literal-pathspecs ", "git ") : command.toString();
    }
}
