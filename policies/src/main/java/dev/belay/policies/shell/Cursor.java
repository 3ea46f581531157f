package dev.belay.policies.shell;

/** A place in a text. Its end reads as NUL, which no text has. */
final class Cursor {
    static final char END = '\0';

    private final String text;
    private final int origin;
    private int at;

    private Cursor(String text, int origin) {
        this.text = text;
        this.origin = origin;
    }

    static Cursor of(String text) {
        return new Cursor(text, -1);
    }

    /** In a text that was taken out of another one: all its places are where it began. */
    static Cursor within(String text, int origin) {
        return new Cursor(text, origin);
    }

    boolean isWithin() {
        return origin >= 0;
    }

    int at() {
        return at;
    }

    int place() {
        return placeOf(at);
    }

    int placeOf(int position) {
        return origin < 0 ? position : origin;
    }

    char peek() {
        return peek(0);
    }

    /** A negative number looks back. */
    char peek(int ahead) {
        int there = at + ahead;
        return there >= 0 && there < text.length() ? text.charAt(there) : END;
    }

    char next() {
        char c = peek();
        at++;
        return c;
    }

    boolean done() {
        return at >= text.length();
    }

    boolean looking(String expected) {
        return text.startsWith(expected, at);
    }

    boolean take(String expected) {
        boolean there = looking(expected);
        if (there) {
            at += expected.length();
        }
        return there;
    }

    void skip(int characters) {
        at += characters;
    }

    String since(int start) {
        return text.substring(start, at);
    }

    /** Up to the character, which is passed as well. */
    String upTo(char end, String unended) {
        int found = text.indexOf(end, at);
        if (found < 0) {
            throw doubt(unended);
        }
        String passed = text.substring(at, found);
        at = found + 1;
        return passed;
    }

    /** The line without its end, which is passed. */
    String line() {
        int end = text.indexOf('\n', at);
        String line = end < 0 ? text.substring(at) : text.substring(at, end);
        at = end < 0 ? text.length() : end + 1;
        return line;
    }

    Doubt doubt(String why) {
        return new Doubt(why, place());
    }
}
