package dev.belay.runner.task;

import java.util.Optional;

/**
 * What a task's model is just saying: the text of its present turn as far as it has come, until the record has the whole.
 * Its reader may be late or begin anew, and then gets what it missed in one piece.
 */
public final class Speech {
    /** Of one turn. Who looks on sees the rest with the whole. */
    static final int MOST = 64 << 10;

    /**
     * Consecutive text of a turn.
     *
     * @param telling another number whenever the turn's text began anew
     */
    public record Part(int turn, int telling, int from, String text) {
        /** Before any turn. */
        public static final Part NONE = new Part(0, -1, 0, "");

        int end() {
            return from + text.length();
        }
    }

    private final StringBuilder text = new StringBuilder();
    private int turn;
    private int telling;
    private boolean closed;

    synchronized void add(int ofTurn, String piece) {
        if (ofTurn != turn) {
            turn = ofTurn;
            text.setLength(0);
        }
        text.append(piece, 0, Math.min(piece.length(), MOST - text.length()));
        notifyAll();
    }

    /** What was said of the turn does not count. Who heard it is told from the beginning. */
    synchronized void begin(int ofTurn) {
        turn = ofTurn;
        telling++;
        text.setLength(0);
    }

    /** The turn's text is recorded, or will never be. */
    synchronized void end() {
        text.setLength(0);
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /**
     * Waits for what a reader lacks.
     *
     * @param had what it got last; {@link Part#NONE} gives the present turn from its beginning
     * @return nothing when the task says no more
     */
    public synchronized Optional<Part> after(Part had) throws InterruptedException {
        while (!closed) {
            int from = had.turn() == turn && had.telling() == telling ? had.end() : 0;
            int end = whole();
            if (from < end) {
                return Optional.of(new Part(turn, telling, from, text.substring(from, end)));
            }
            wait();
        }
        return Optional.empty();
    }

    /** Half a character is not given away. */
    private int whole() {
        int length = text.length();
        return length > 0 && Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    }
}
