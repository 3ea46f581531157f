package dev.belay.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The commands that people type most, one after another in one process, so that what all of them load is in the class data
 * that this process leaves. Only the build of a distribution runs it.
 */
final class Training {
    private Training() {}

    /** @param args commands, with a comma between each two */
    public static void main(String[] args) {
        List<String> words = new ArrayList<>();
        int worst = 0;
        for (String word : args) {
            if (word.equals(",")) {
                worst = Math.max(worst, run(words));
                words.clear();
            } else {
                words.add(word);
            }
        }
        System.exit(Math.max(worst, run(words)));
    }

    private static int run(List<String> words) {
        return new Belay(Cli.ofProcess(true)).run(words.toArray(String[]::new));
    }
}
