package dev.belay.policies.environment.foreign;

import dev.belay.policies.shell.OneWord;
import java.util.ArrayList;
import java.util.List;

/**
 * A command of a workflow for {@code sh -c}. There bash runs it and ends with the first line that fails, so more lines than one
 * begin with {@code set -e}, and what only bash reads is handed to bash.
 *
 * @param shell as it was asked for; empty for the usual one
 */
record ShellLines(String body, String shell) {
    private static final List<String> OF_BASH = List.of(
            "[[", "<(", ">(", "=(", "((", "<<<", "&>", "|&", "pipefail", "shopt", "source ", "declare ", "function ");

    private boolean isBash() {
        return shell.equals("bash") || shell.isEmpty() && OF_BASH.stream().anyMatch(body::contains);
    }

    /** @param before lines that come first */
    String after(List<String> before) {
        List<String> lines = new ArrayList<>(before);
        lines.add(isBash() ? "bash " + (shell.isEmpty() ? "-ec " : "-eo pipefail -c ") + OneWord.quoted(body) : body);
        String all = String.join("\n", lines);
        boolean ended = all.contains("\n") && (!isBash() || !before.isEmpty());
        return (ended ? "set -e\n" : "") + all;
    }

    String remark() {
        return isBash() || !shell.isEmpty() ? "" : body.contains("\n") ? "run by sh, and not by bash" : "";
    }
}
