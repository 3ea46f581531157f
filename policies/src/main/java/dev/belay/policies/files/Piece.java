package dev.belay.policies.files;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A part of one name in a pattern.
 *
 * <p>What it is laid on are characters; or the parts of another pattern, by marks below zero, when it is asked whether it
 * covers them whatever they stand for.
 */
sealed interface Piece {
    int SOME_RUN = -1;
    int SOME_ONE = -2;
    int SOME_DEPTH = -3;

    boolean takes(int point);

    /** Itself, as something that another pattern is laid on. */
    int mark();

    record Letter(int point) implements Piece {
        @Override
        public boolean takes(int other) {
            return point == other;
        }

        @Override
        public int mark() {
            return point;
        }

        @Override
        public String toString() {
            String text = Character.toString(point);
            return "*?[".contains(text) ? "[" + text + "]" : text;
        }
    }

    /** {@code ?}. */
    record One() implements Piece {
        @Override
        public boolean takes(int point) {
            return point >= 0 || point == SOME_ONE;
        }

        @Override
        public int mark() {
            return SOME_ONE;
        }

        @Override
        public String toString() {
            return "?";
        }
    }

    /** {@code *}: any number of characters of one name. */
    record Run() implements Piece {
        @Override
        public boolean takes(int point) {
            return point != SOME_DEPTH;
        }

        @Override
        public int mark() {
            return SOME_RUN;
        }

        @Override
        public String toString() {
            return "*";
        }
    }

    record Range(int first, int last) {
        boolean holds(int point) {
            return first <= point && point <= last;
        }

        @Override
        public String toString() {
            return first == last
                    ? Character.toString(first)
                    : Character.toString(first) + "-" + Character.toString(last);
        }
    }

    /** {@code [a-z]}, {@code [!0-9]}. @param anyCase whether it is enough that the character in another case is meant */
    record OneOf(List<Range> ranges, boolean negated, boolean anyCase) implements Piece {
        @Override
        public boolean takes(int point) {
            return point >= 0
                    && (means(point)
                            || anyCase && (means(Character.toUpperCase(point)) || means(Character.toLowerCase(point))));
        }

        private boolean means(int point) {
            for (Range range : ranges) {
                if (range.holds(point)) {
                    return !negated;
                }
            }
            return negated;
        }

        @Override
        public int mark() {
            return SOME_ONE;
        }

        @Override
        public String toString() {
            return ranges.stream().map(Range::toString).collect(Collectors.joining("", negated ? "[!" : "[", "]"));
        }
    }
}
