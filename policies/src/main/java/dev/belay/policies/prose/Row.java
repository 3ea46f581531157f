package dev.belay.policies.prose;

/**
 * One line of the file.
 *
 * @param depth of a heading its level, else how far it is indented
 * @param number of the line, from 1
 * @param text what stands behind the heading's or the bullet's mark
 * @param column where the text begins, from 1
 * @param seen whether whoever reads the file rendered is sure to see it
 */
record Row(Kind kind, int depth, int number, String text, int column, boolean seen) {
    enum Kind {
        HEADING,
        BULLET,
        PLAIN,
        /** Inside of a fenced block. */
        FENCED,
        TABLE,
        BLANK,
        /** Whatever else ends a paragraph. */
        RULE,
        /** Too long to be read; its text is only the beginning. */
        LONG
    }

    Row as(Kind other, int level) {
        return new Row(other, level, number, text, column, seen);
    }
}
