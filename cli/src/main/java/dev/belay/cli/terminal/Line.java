package dev.belay.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** One line being composed. Every text is escaped when it is added, so no caller can forget to. */
public final class Line {
    /** The looks that Belay uses. */
    public enum Look {
        PLAIN(""),
        BOLD("1"),
        DIM("2"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        CYAN("36");

        private final String sgr;

        Look(String sgr) {
            this.sgr = sgr;
        }
    }

    private record Span(Look look, String text) {}

    private final List<Span> spans = new ArrayList<>();
    private int columns;

    public static Line of(String text) {
        return new Line().add(text);
    }

    public Line add(String text) {
        return add(Look.PLAIN, text);
    }

    public Line add(Look look, String text) {
        return append(look, Printable.line(text));
    }

    /** A line of a file: its tabs stay. */
    public Line verbatim(Look look, String text) {
        return append(look, Printable.keepingTabs(text));
    }

    private Line append(Look look, String escaped) {
        if (!escaped.isEmpty()) {
            spans.add(new Span(look, escaped));
            columns += Printable.columns(escaped);
        }
        return this;
    }

    public Line add(Line other) {
        spans.addAll(other.spans);
        columns += other.columns;
        return this;
    }

    public Line dim(String text) {
        return add(Look.DIM, text);
    }

    public Line bold(String text) {
        return add(Look.BOLD, text);
    }

    /** Spaces up to the column; at least two when the text is already there. */
    public Line to(int column) {
        return add(" ".repeat(columns < column ? column - columns : 2));
    }

    public int columns() {
        return columns;
    }

    public boolean isEmpty() {
        return spans.isEmpty();
    }

    public Line fit(int width) {
        if (columns <= width) {
            return this;
        }
        Line cut = new Line();
        for (Span span : spans) {
            int left = width - cut.columns;
            int wide = Printable.columns(span.text);
            // A span that fills the line exactly must still make room for the ellipsis of what follows it.
            if (wide < left) {
                cut.append(span.look, span.text);
            } else {
                String piece = Printable.fit(span.text, left);
                return cut.append(span.look, wide == left ? Printable.fit(span.text + " ", left) : piece);
            }
        }
        return cut;
    }

    public String render(boolean colour) {
        StringBuilder out = new StringBuilder();
        for (Span span : spans) {
            if (!colour || span.look == Look.PLAIN || span.text.isBlank()) {
                out.append(span.text);
            } else {
                out.append("\u001b[")
                        .append(span.look.sgr)
                        .append('m')
                        .append(span.text)
                        .append("\u001b[0m");
            }
        }
        return out.toString().stripTrailing();
    }

    @Override
    public String toString() {
        return render(false);
    }
}
