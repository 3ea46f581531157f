package dev.belay.proto.json;

import java.util.Iterator;
import java.util.Map;

/** Writes values so that the result is also safe inside a line-based stream: no raw control characters. */
final class JsonWriter {
    private JsonWriter() {}

    // No switch over types here: each spins classes at its first use, which a short command of the client would wait
    // for.

    static void write(Json value, StringBuilder out) {
        if (value instanceof Json.Str(String text)) {
            string(text, out);
        } else if (value instanceof Json.Num(var number)) {
            out.append(plain(number));
        } else if (value instanceof Json.Bool(boolean bool)) {
            out.append(bool);
        } else if (value instanceof Json.Arr(var items)) {
            out.append('[');
            for (int i = 0; i < items.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                write(items.get(i), out);
            }
            out.append(']');
        } else if (value instanceof Json.Obj(var members)) {
            out.append('{');
            boolean first = true;
            for (Map.Entry<String, Json> member : members.entrySet()) {
                if (!first) {
                    out.append(',');
                }
                first = false;
                string(member.getKey(), out);
                out.append(':');
                write(member.getValue(), out);
            }
            out.append('}');
        } else {
            out.append("null");
        }
    }

    static void writePretty(Json value, StringBuilder out, int depth) {
        if (value instanceof Json.Arr(var items) && !items.isEmpty()) {
            out.append('[');
            for (int i = 0; i < items.size(); i++) {
                out.append(i > 0 ? "," : "");
                line(out, depth + 1);
                writePretty(items.get(i), out, depth + 1);
            }
            line(out, depth);
            out.append(']');
        } else if (value instanceof Json.Obj(var members) && !members.isEmpty()) {
            out.append('{');
            Iterator<Map.Entry<String, Json>> all = members.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<String, Json> member = all.next();
                line(out, depth + 1);
                string(member.getKey(), out);
                out.append(": ");
                writePretty(member.getValue(), out, depth + 1);
                out.append(all.hasNext() ? "," : "");
            }
            line(out, depth);
            out.append('}');
        } else {
            write(value, out);
        }
    }

    private static void line(StringBuilder out, int depth) {
        out.append('\n').append("  ".repeat(depth));
    }

    private static String plain(java.math.BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0
                ? number.toBigInteger().toString()
                : number.stripTrailingZeros().toPlainString();
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    boolean loneSurrogate = Character.isSurrogate(c)
                            && !(Character.isHighSurrogate(c)
                                    && i + 1 < text.length()
                                    && Character.isLowSurrogate(text.charAt(i + 1)))
                            && !(Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
                    if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || loneSurrogate) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
