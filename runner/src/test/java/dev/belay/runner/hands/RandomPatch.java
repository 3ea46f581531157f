package dev.belay.runner.hands;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Edits of random lines, made directly and written as a patch. */
record RandomPatch(String before, String after, String patch) {
    static RandomPatch of(Random random) {
        String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
        String last = random.nextInt(4) == 0 ? "" : end;
        List<String> lines = new ArrayList<>();
        for (int i = 0, many = 1 + random.nextInt(40); i < many; i++) {
            // Each is there once, so that every hunk has one place.
            lines.add(" ".repeat(random.nextInt(5)) + "line " + i + (random.nextInt(4) == 0 ? " ü" : ""));
        }
        List<String> after = new ArrayList<>();
        StringBuilder hunks = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            int mostUntouched = lines.size() - at - (hunks.isEmpty() ? 1 : 0);
            int untouched = Math.min(mostUntouched, random.nextInt(6));
            for (int i = 0; i < untouched; i++) {
                after.add(lines.get(at++));
            }
            if (at < lines.size()) {
                at = hunk(random, lines, at, after, hunks);
            }
        }
        return new RandomPatch(
                text(lines, end, last),
                text(after, end, last),
                "*** Begin Patch\n*** Update File: f\n" + hunks + "*** End Patch");
    }

    /** One that names at least one line of the file and changes at least one. */
    private static int hunk(Random random, List<String> lines, int from, List<String> after, StringBuilder hunks) {
        int at = from;
        if (at > 0 && random.nextInt(3) == 0) {
            hunks.append("@@ ").append(lines.get(random.nextInt(at)).strip()).append("\n");
        } else {
            hunks.append("@@\n");
        }
        String first = lines.get(at++);
        if (random.nextBoolean()) {
            hunks.append(' ').append(first).append(random.nextInt(4) == 0 ? "  \n" : "\n");
            after.add(first);
        } else {
            hunks.append('-').append(first).append("\n");
        }
        String put = random.nextInt(3) == 0 ? "" : "put " + random.nextInt();
        hunks.append('+').append(put).append("\n");
        after.add(put);
        for (int more = random.nextInt(5); more > 0 && at < lines.size(); more--) {
            String line = lines.get(at++);
            switch (random.nextInt(3)) {
                case 0 -> {
                    hunks.append(' ').append(line).append("\n");
                    after.add(line);
                }
                case 1 -> hunks.append('-').append(line).append("\n");
                default -> {
                    hunks.append('-').append(line).append("\n+").append(line).append("!\n");
                    after.add(line + "!");
                }
            }
        }
        return at;
    }

    private static String text(List<String> lines, String end, String last) {
        return lines.isEmpty() ? "" : String.join(end, lines) + last;
    }
}
