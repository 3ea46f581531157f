package dev.belay.cli.terminal;

import java.io.PrintStream;

/**
 * Where the client prints: results on stdout, everything else on stderr. Colours and lines that are rewritten only
 * where a person looks on.
 */
public final class Screen {
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean colourOut;
    private final boolean colourErr;
    private final boolean live;
    private final int width;
    private boolean unfinished;

    /**
     * @param live stdout is a terminal, so that a line may be shown before it is complete
     * @param width columns for lines that are cut or aligned
     */
    public Screen(PrintStream out, PrintStream err, boolean colourOut, boolean colourErr, boolean live, int width) {
        this.out = out;
        this.err = err;
        this.colourOut = colourOut;
        this.colourErr = colourErr;
        this.live = live;
        this.width = width;
    }

    public int width() {
        return width;
    }

    public boolean live() {
        return live;
    }

    /** For bytes that belong to somebody else, such as a command's output. */
    public PrintStream out() {
        settle();
        return out;
    }

    public PrintStream err() {
        settle();
        return err;
    }

    /** A result. */
    public synchronized void line(Line line) {
        settle();
        out.print(line.render(colourOut) + "\n");
        out.flush();
    }

    public void line(String text) {
        line(Line.of(text));
    }

    /** Something a person wants to know that is no result. */
    public synchronized void note(Line line) {
        settle();
        err.print(line.render(colourErr) + "\n");
        err.flush();
    }

    public void note(String text) {
        note(Line.of(text));
    }

    /** A machine's line: printed as it is, and it must be one line of JSON. */
    public synchronized void machine(String json) {
        settle();
        out.print(json + "\n");
        out.flush();
    }

    /** What the next line will replace; nothing where nobody looks on. */
    public synchronized void unfinished(Line line) {
        if (live) {
            out.print((unfinished ? ERASE : "") + line.fit(width - 1).render(colourOut));
            out.flush();
            unfinished = true;
        }
    }

    private void settle() {
        if (unfinished) {
            out.print(ERASE);
            out.flush();
            unfinished = false;
        }
    }

    /** The same, with its results in somebody's hands instead of on stdout. */
    public Screen withResultsIn(PrintStream hands) {
        return new Screen(hands, err, false, colourErr, false, width);
    }

    /** The same streams with human text moved to stderr: the shape of {@code --json}. */
    public Screen withResultsOnStderr() {
        return new Screen(err, err, colourErr, colourErr, false, width);
    }
}
