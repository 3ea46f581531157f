package dev.belay.runner.hands;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Some lines of a file that arrives in chunks: memory for the page, not for the file. Lines end at a line feed; a carriage
 * return before it is not shown.
 */
final class Page {
    static final int LINE = 2_000;
    private static final int CHARACTERS = 120_000;
    private static final int MOST_BYTES_OF_LINE = LINE * 4;

    private final long first;
    private final long count;
    private final StringBuilder shown = new StringBuilder();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long lineBytes;
    private long number = 1;
    private long last;
    private boolean crlf;
    private boolean invalid;

    /** @param first the line to begin with, from 1 */
    Page(long first, long count) {
        this.first = first;
        this.count = count;
    }

    void add(byte[] bytes) {
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                take(bytes, from, i + 1);
                endLine();
                from = i + 1;
            }
        }
        take(bytes, from, bytes.length);
    }

    /** The file has no more bytes. */
    void end() {
        if (lineBytes > 0) {
            endLine();
        }
    }

    private void take(byte[] bytes, int from, int to) {
        lineBytes += to - from;
        if (wanted()) {
            line.write(bytes, from, Math.min(to - from, Math.max(0, MOST_BYTES_OF_LINE + 2 - line.size())));
        }
    }

    private boolean wanted() {
        return number >= first && number < first + count && shown.length() < CHARACTERS;
    }

    private void endLine() {
        if (wanted()) {
            byte[] raw = line.toByteArray();
            seen.writeBytes(raw);
            show(raw);
            last = number;
        }
        line.reset();
        lineBytes = 0;
        number++;
    }

    private void show(byte[] raw) {
        int end = raw.length;
        if (end > 0 && raw[end - 1] == '\n') {
            end--;
            if (end > 0 && raw[end - 1] == '\r') {
                end--;
                crlf = true;
            }
        }
        String text = SandboxPath.decode(Arrays.copyOf(raw, end));
        invalid |= text.codePoints().anyMatch(point -> point >= 0xDC80 && point <= 0xDCFF);
        boolean cut = text.length() > LINE || lineBytes > raw.length;
        String plain = PlainText.reveal(text.length() > LINE ? text.substring(0, LINE) : text);
        shown.append("%6d\t".formatted(number)).append(plain);
        if (cut) {
            shown.append("… [line cut: %,d bytes in all]".formatted(lineBytes));
        }
        shown.append('\n');
    }

    String shown() {
        return shown.toString();
    }

    /** The bytes of the lines shown. */
    byte[] seen() {
        return seen.toByteArray();
    }

    /** The last line shown; 0 when there is none. */
    long last() {
        return last;
    }

    /** Lines so far; all of them after {@link #end}. */
    long lines() {
        return number - 1;
    }

    boolean crlf() {
        return crlf;
    }

    /** Something shown was not UTF-8. */
    boolean invalid() {
        return invalid;
    }
}
