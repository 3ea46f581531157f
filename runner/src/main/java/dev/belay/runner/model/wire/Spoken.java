package dev.belay.runner.model.wire;

import java.util.function.Consumer;

/** The text of an answer as it comes. All that was heard, joined, is the text. */
final class Spoken {
    private final StringBuilder text = new StringBuilder();
    private final Consumer<String> heard;
    private boolean apart;

    Spoken(Consumer<String> heard) {
        this.heard = heard;
    }

    void say(String piece) {
        if (piece.isEmpty()) {
            return;
        }
        String said = apart && runsInto(piece) ? "\n\n" + piece : piece;
        apart = false;
        text.append(said);
        heard.accept(said);
    }

    /** What comes next stands apart, because a thought or a call came between. */
    void pause() {
        apart = true;
    }

    private boolean runsInto(String piece) {
        return !text.isEmpty()
                && !Character.isWhitespace(text.charAt(text.length() - 1))
                && !Character.isWhitespace(piece.charAt(0));
    }

    String text() {
        return text.toString();
    }
}
