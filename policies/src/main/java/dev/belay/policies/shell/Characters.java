package dev.belay.policies.shell;

/** What characters mean to a shell, whatever the locale. */
final class Characters {
    private Characters() {}

    static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Ends a word that is not quoted. */
    static boolean meta(char c) {
        return c == Cursor.END || blank(c) || c == '\n' || operator(c);
    }

    static boolean operator(char c) {
        return ";&|()<>".indexOf(c) >= 0;
    }

    static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean beginsName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    static boolean name(char c) {
        return beginsName(c) || digit(c);
    }

    static boolean isName(String text) {
        return !text.isEmpty() && beginsName(text.charAt(0)) && text.chars().allMatch(c -> name((char) c));
    }

    static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> digit((char) c));
    }

    static boolean opensProcess(Cursor cursor) {
        return cursor.looking("<(") || cursor.looking(">(");
    }
}
