package dev.belay.policies.commands;

import dev.belay.policies.shell.Word;
import java.util.List;

/** {@code command -v git} says where git is and runs nothing. */
final class Lookups {
    private Lookups() {}

    static boolean only(String name, List<Word> words) {
        return name.equals("command")
                && words.size() > 1
                && words.get(1)
                        .literal()
                        .map(option -> option.matches("-p?[vV]"))
                        .orElse(false);
    }
}
