package dev.belay.policies.shell;

import java.util.Optional;

/**
 * A redirection.
 *
 * @param operator as it is written, without a descriptor's number: {@code >>}, {@code <<-}, {@code &>}
 * @param target the file, the descriptor, or a here-document's delimiter
 * @param text what a here-document or here-string brings, where it is certain
 */
public record Redirect(String operator, Word target, Optional<String> text) {
    public boolean writes() {
        return operator.contains(">") && !operator.startsWith("<");
    }
}
