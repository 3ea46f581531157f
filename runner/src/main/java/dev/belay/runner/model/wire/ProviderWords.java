package dev.belay.runner.model.wire;

/** What a provider wrote for people, fit for one line of ours: bounded, with nothing in it that moves a cursor. */
final class ProviderWords {
    static final int MOST = 300;

    private ProviderWords() {}

    static String of(String text) {
        return of(text, MOST);
    }

    static String of(String text, int most) {
        StringBuilder line = new StringBuilder();
        boolean apart = false;
        for (int i = 0; i < text.length() && line.length() <= most; ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
                apart = true;
            } else if (shows(point)) {
                line.append(apart && !line.isEmpty() ? " " : "").appendCodePoint(point);
                apart = false;
            }
        }
        if (line.length() <= most) {
            return line.toString();
        }
        int cut = Character.isHighSurrogate(line.charAt(most - 2)) ? most - 2 : most - 1;
        return line.substring(0, cut) + "…";
    }

    private static boolean shows(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
