package dev.belay.runner.hands;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A file as lines without their ends. Lines are a Latin-1 view of bytes, so that what is not touched stays as it is, whatever
 * its encoding.
 *
 * @param end of every line: CR LF where all of them end so
 * @param ended whether the last line has an end, too
 */
record FileLines(List<String> lines, String end, boolean ended) {
    FileLines {
        lines = List.copyOf(lines);
    }

    static FileLines of(byte[] content) {
        String text = latin(content);
        String end = endsLinesWithCrLf(text) ? "\r\n" : "\n";
        if (text.isEmpty()) {
            return new FileLines(List.of(), end, true);
        }
        boolean ended = text.endsWith(end);
        String body = ended ? text.substring(0, text.length() - end.length()) : text;
        return new FileLines(List.of(body.split(end, -1)), end, ended);
    }

    /** The same file with other lines. */
    byte[] with(List<String> others) {
        return others.isEmpty() ? new byte[0] : bytes(String.join(end, others) + (ended ? end : ""));
    }

    /** Every line, and at least one, ends so. */
    static boolean endsLinesWithCrLf(String content) {
        int at = content.indexOf('\n');
        if (at < 0) {
            return false;
        }
        for (; at >= 0; at = content.indexOf('\n', at + 1)) {
            if (at == 0 || content.charAt(at - 1) != '\r') {
                return false;
            }
        }
        return true;
    }

    static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** For a message. */
    static String shown(String line) {
        return PlainText.line(PlainText.reveal(SandboxPath.decode(bytes(line))), 100);
    }
}
