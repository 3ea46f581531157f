package dev.belay.policies.network;

/** A stranger's words in a message: short, on one line, with nothing in them that a terminal obeys. */
final class Said {
    private static final int LONGEST = 100;

    private Said() {}

    static String quoted(String said) {
        StringBuilder shown = new StringBuilder("`");
        for (int i = 0; i < Math.min(said.length(), LONGEST); i++) {
            char c = said.charAt(i);
            if (c >= ' ' && c <= '~' && c != '`') {
                shown.append(c);
            } else {
                shown.append(String.format("\\u%04x", (int) c));
            }
        }
        return shown.append(said.length() > LONGEST ? "...`" : "`").toString();
    }
}
