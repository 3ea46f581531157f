package dev.belay.policies.prose;

import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a CLAUDE.md or AGENTS.md that speaks of permissions. What it says for certain becomes rules; of everything
 * else in it is said that nothing enforces it. A sentence that could be meant in two ways allows nothing.
 */
public final class ProsePolicy {
    private static final int LONGEST = 256 * 1024;
    private static final int MOST = 1_000;
    static final int MOST_WORDS = 300;

    private ProsePolicy() {}

    public static Reading read(Source source) {
        Collected collected = new Collected(source.file());
        if (source.text().length() > LONGEST) {
            collected.problem(new Problem(
                    new Spot(source.file(), 0, 0),
                    "`" + source.file() + "` is longer than 256 KiB",
                    "write the permissions into .belay/policy.yaml"));
        } else {
            new Walk(source.file(), collected).rows(Markdown.rows(source.text()));
        }
        return new Reading(collected.lines, Settings.NONE, collected.problems);
    }

    private static final class Collected implements Walk.Found {
        private final String file;
        private final List<Line> lines = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private final Sentences sentences;
        private boolean full;

        Collected(String file) {
            this.file = file;
            sentences = new Sentences(file, lines::add, this::problem);
        }

        @Override
        public void item(Item item) {
            if (room(item.tokens())) {
                sentences.item(item);
            }
        }

        @Override
        public void unread(Row row, String why) {
            if (lines.size() < MOST) {
                sentences.unread(row, why);
            }
        }

        @Override
        public void outside(List<Token> tokens) {
            if (lines.size() < MOST) {
                sentences.outside(tokens);
            }
        }

        @Override
        public void problem(Problem problem) {
            if (problems.size() < MOST) {
                problems.add(problem);
            }
        }

        /** A restriction too many must not be dropped, so the file is refused. */
        private boolean room(List<Token> tokens) {
            if (lines.size() < MOST && tokens.size() <= MOST_WORDS) {
                return true;
            }
            if (!full) {
                full = true;
                problem(new Problem(
                        tokens.getFirst().spot(file),
                        "there are more than " + MOST + " permissions here, or one has more than " + MOST_WORDS
                                + " words",
                        "write patterns into .belay/policy.yaml"));
            }
            return false;
        }
    }
}
