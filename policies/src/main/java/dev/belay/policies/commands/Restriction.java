package dev.belay.policies.commands;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;

/** A clause that denies or asks, and its pattern. */
record Restriction(Clause clause, CommandPattern pattern) {
    private static final int SHOWN = 80;
    private static final String LAYER = "tool";

    boolean denies() {
        return clause.effect() == Effect.DENY;
    }

    /** As messages name it: {@code RESTRICTED Bash(git push *)}. */
    String rule() {
        return clause.effect().heading() + " Bash(" + pattern + ")";
    }

    Verdict verdict(String command) {
        String given = clause.origin().reason();
        String said = "`" + shortened(command) + "` is " + (denies() ? "restricted" : "asked about before it runs");
        String reason = given.isEmpty() ? said : given;
        String place = clause.origin().spot().lineOnly();
        String instead = "do the work without it, or say why it is needed";
        return denies()
                ? new Verdict.Denied(LAYER, rule(), place, reason, instead)
                : new Verdict.Asks(LAYER, rule(), place, reason, instead);
    }

    /** On one line: a command may hold a whole file. */
    static String shortened(String command) {
        return shortened(command, SHOWN);
    }

    static String shortened(String command, int most) {
        String line = command.strip().replaceAll("\\p{Cntrl}+", " ");
        if (line.length() <= most) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(most - 2)) ? most - 2 : most - 1;
        return line.substring(0, end) + "…";
    }
}
