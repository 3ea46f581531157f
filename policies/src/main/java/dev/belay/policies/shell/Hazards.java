package dev.belay.policies.shell;

import java.util.List;
import java.util.Set;

/** Commands that change how the rest of a line is read, or run what stands quoted in their arguments. */
final class Hazards {
    private static final Set<String> VARIABLES = Set.of("PS4", "POSIXLY_CORRECT", "BASH_ALIASES");
    private static final Set<String> DECLARING = Set.of("declare", "typeset", "local");
    private static final Set<String> TESTING = Set.of("test", "[", "printf");
    private static final Set<String> ASSIGNING = Set.of("unset", "read", "mapfile", "readarray");

    private final Script script;

    Hazards(Script script) {
        this.script = script;
    }

    void judge(ShellCommand command) {
        command.assignments().forEach(assignment -> variable(assignment.name()));
        command.words().forEach(this::word);
        boolean sets = command.words().stream().anyMatch(word -> said(word).equals("set"));
        if (sets && command.words().stream().anyMatch(word -> said(word).equals("posix"))) {
            throw script.cursor().doubt("`posix` changes how the line is read");
        }
        for (Word word : command.words()) {
            if (evaluates(said(word), command.words())) {
                script.findings().evaluates(script.cursor());
            }
        }
    }

    private void variable(String name) {
        if (VARIABLES.contains(name)) {
            throw script.cursor().doubt("`" + name + "` changes what the line runs");
        }
    }

    private void word(Word word) {
        String said = said(word);
        if (said.equals("expand_aliases")) {
            throw script.cursor().doubt("aliases change how the line is read");
        }
        int end = 0;
        while (end < said.length() && Characters.name(said.charAt(end))) {
            end++;
        }
        variable(said.substring(0, end));
        boolean element = end > 0 && end < said.length() && said.charAt(end) == '[';
        if (element && (said.indexOf("$(", end) > 0 || said.indexOf('`', end) > 0)) {
            throw script.cursor().doubt("a quoted subscript could run when it is evaluated");
        }
    }

    private static boolean evaluates(String name, List<Word> words) {
        if (name.equals("let")) {
            return true;
        }
        if (DECLARING.contains(name)) {
            return words.stream().anyMatch(word -> said(word).matches("-[A-Za-z]*i[A-Za-z]*"));
        }
        if (TESTING.contains(name)) {
            return words.stream().anyMatch(word -> said(word).equals("-v"));
        }
        return ASSIGNING.contains(name)
                && words.stream().anyMatch(word -> word.literal().isEmpty());
    }

    private static String said(Word word) {
        return word.literal().orElse(word.raw());
    }
}
