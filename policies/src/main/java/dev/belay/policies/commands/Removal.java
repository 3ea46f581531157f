package dev.belay.policies.commands;

import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;

/** {@code rm -r --force x}: what rules on {@code rm -rf} mean, however its options are spread. */
final class Removal {
    private Removal() {}

    static List<List<Word>> merged(List<Word> arguments) {
        boolean recursive = false;
        boolean force = false;
        boolean options = true;
        List<Word> operands = new ArrayList<>();
        for (Word word : arguments) {
            String text = OpenWord.beginning(word);
            if (options && text.equals("--")) {
                options = false;
            } else if (options && text.startsWith("--")) {
                recursive |= text.length() > 2 && "--recursive".startsWith(text);
                force |= text.length() > 2 && "--force".startsWith(text);
            } else if (options && text.startsWith("-") && text.length() > 1) {
                recursive |= text.indexOf('r') > 0 || text.indexOf('R') > 0;
                force |= text.indexOf('f') > 0;
            } else {
                operands.add(word);
            }
        }
        if (!recursive) {
            return List.of();
        }
        List<List<Word>> merged = new ArrayList<>();
        for (String option : force ? List.of("-rf", "-fr", "-r") : List.of("-r")) {
            merged.add(CommandText.named("rm", CommandText.named(option, operands)));
        }
        return merged;
    }
}
