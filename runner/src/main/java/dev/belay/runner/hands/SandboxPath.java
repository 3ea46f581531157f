package dev.belay.runner.hands;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Names inside the sandbox are bytes. A {@link String} stands for its UTF-8; a byte that is no UTF-8 is the lone surrogate
 * U+DC80..U+DCFF of the same low byte, so that every name survives both ways.
 */
public final class SandboxPath {
    private SandboxPath() {}

    /** @throws HandException with EINVAL for a NUL, which no name can have */
    public static byte[] encode(String text) throws HandException {
        boolean plain = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new HandException("a NUL character cannot be part of it", HandException.EINVAL);
            }
            plain &= !Character.isSurrogate(c);
        }
        return plain ? text.getBytes(StandardCharsets.UTF_8) : encodeSurrogates(text);
    }

    private static byte[] encodeSurrogates(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 8);
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (point >= 0xDC80 && point <= 0xDCFF) {
                out.write(point & 0xFF);
            } else {
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xDC00 | (in.get() & 0xFF)));
            }
        }
    }

    /** For people and models: plain names as they are, others in double quotes with C escapes, as git shows them. */
    public static String display(String path) {
        boolean plain = path.codePoints()
                .allMatch(point -> point != '"' && point != '\\' && !PlainText.hidden(point) && !lone(point));
        if (plain) {
            return path;
        }
        StringBuilder out = new StringBuilder("\"");
        path.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                case '"', '\\' -> out.append('\\').append((char) point);
                default -> {
                    if (lone(point)) {
                        out.append("\\%03o".formatted(point & 0xFF));
                    } else if (PlainText.hidden(point)) {
                        for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                            out.append("\\%03o".formatted(b & 0xFF));
                        }
                    } else {
                        out.appendCodePoint(point);
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    /** Takes back what {@link #display} made; any other text is itself. */
    public static String parse(String shown) {
        if (shown.length() < 2 || !shown.startsWith("\"") || !shown.endsWith("\"")) {
            return shown;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String inner = shown.substring(1, shown.length() - 1);
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c != '\\') {
                int point = inner.codePointAt(i);
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point) - 1;
                continue;
            }
            if (i + 3 < inner.length() && inner.substring(i + 1, i + 4).matches("[0-3][0-7]{2}")) {
                out.write(Integer.parseInt(inner.substring(i + 1, i + 4), 8));
                i += 3;
                continue;
            }
            int escape = i + 1 < inner.length() ? "ntr\"\\".indexOf(inner.charAt(++i)) : -1;
            if (escape < 0) {
                return shown;
            }
            out.write("\n\t\r\"\\".charAt(escape));
        }
        return decode(out.toByteArray());
    }

    /** Absolute, without {@code .}, {@code ..} and doubled slashes; a relative path is below {@code base}. */
    static String resolve(String base, String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : (path.startsWith("/") ? path : base + "/" + path).split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }

    static boolean within(String directory, String path) {
        return path.equals(directory) || path.startsWith(directory + "/");
    }

    private static boolean lone(int point) {
        return point >= 0xD800 && point <= 0xDFFF;
    }
}
