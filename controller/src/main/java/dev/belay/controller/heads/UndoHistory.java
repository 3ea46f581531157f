package dev.belay.controller.heads;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What undo and redo mean, computed from the operation log alone. A step, an exec, a rollback and a revert can be undone,
 * the last one first, and forget what could be redone; an undo takes the last one back, a redo takes the last undo back.
 */
final class UndoHistory {
    /** One entry of the log: the head went from {@code from} to {@code to}. */
    record Move(String kind, String from, String to) {}

    private final Deque<Move> done = new ArrayDeque<>();
    private final Deque<Move> undone = new ArrayDeque<>();

    private UndoHistory() {}

    static UndoHistory of(List<Move> log) {
        UndoHistory history = new UndoHistory();
        log.forEach(history::follow);
        return history;
    }

    private void follow(Move move) {
        switch (move.kind()) {
            case "step", "exec", "rollback", "revert" -> {
                // What moved nothing is nothing to undo; the first step has no head before it to go back to.
                if (!move.from().equals(move.to()) && !move.from().isEmpty()) {
                    done.push(move);
                    undone.clear();
                }
            }
            case "undo" -> {
                if (!done.isEmpty()) {
                    undone.push(done.pop());
                }
            }
            case "redo" -> {
                if (!undone.isEmpty()) {
                    done.push(undone.pop());
                }
            }
            default -> {}
        }
    }

    /** The snapshot that undo goes to. */
    Optional<String> undo() {
        return Optional.ofNullable(done.peek()).map(Move::from);
    }

    /** The snapshot that redo goes to. */
    Optional<String> redo() {
        return Optional.ofNullable(undone.peek()).map(Move::to);
    }
}
