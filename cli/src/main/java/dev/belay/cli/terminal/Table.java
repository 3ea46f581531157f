package dev.belay.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns. Where the screen is too narrow one column gives way, and what it loses shows as `…`. */
public final class Table {
    private static final int GAP = 2;

    private final List<Line[]> rows = new ArrayList<>();
    private final int gives;
    private final int columns;

    /** @param gives the column that gives way, from 0 */
    public Table(int gives, String... heads) {
        this.gives = gives;
        this.columns = heads.length;
        Line[] head = new Line[heads.length];
        for (int i = 0; i < heads.length; i++) {
            head[i] = new Line().dim(heads[i]);
        }
        rows.add(head);
    }

    public void row(Line... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("a row must have " + columns + " cells");
        }
        rows.add(cells);
    }

    public void print(Screen screen) {
        int[] widths = new int[columns];
        int total = GAP * (columns - 1);
        for (int i = 0; i < columns; i++) {
            for (Line[] row : rows) {
                widths[i] = Math.max(widths[i], row[i].columns());
            }
            total += widths[i];
        }
        int tooWide = total - screen.width();
        if (tooWide > 0) {
            widths[gives] = Math.max(Math.min(8, widths[gives]), widths[gives] - tooWide);
        }
        for (Line[] row : rows) {
            Line line = new Line();
            int column = 0;
            for (int i = 0; i < columns; i++) {
                line.add(row[i].fit(widths[i]));
                column += widths[i] + GAP;
                if (i < columns - 1) {
                    line.to(column);
                }
            }
            screen.line(line.fit(screen.width()));
        }
    }
}
