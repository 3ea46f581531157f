package dev.belay.proto.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recursive-descent reader; the position of every complaint is a character offset. */
final class JsonReader {
    private static final int MAX_NUMBER_LENGTH = 64;

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Json document() {
        Json value = value(0);
        space();
        if (at < text.length()) {
            throw wrong("more text after the end");
        }
        return value;
    }

    private Json value(int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw wrong("nested too deeply");
        }
        space();
        if (at >= text.length()) {
            throw wrong("ends too early");
        }
        return switch (text.charAt(at)) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Str(string());
            case 't' -> literal("true", new Json.Bool(true));
            case 'f' -> literal("false", new Json.Bool(false));
            case 'n' -> literal("null", Json.NULL);
            default -> number();
        };
    }

    private Json object(int depth) {
        Map<String, Json> members = new LinkedHashMap<>();
        at++;
        space();
        if (peek('}')) {
            return new Json.Obj(members);
        }
        while (true) {
            space();
            if (at >= text.length() || text.charAt(at) != '"') {
                throw wrong("expected a member's name");
            }
            String name = string();
            space();
            expect(':');
            if (members.put(name, value(depth + 1)) != null) {
                throw wrong("the name \"" + name + "\" appears twice");
            }
            space();
            if (peek('}')) {
                return new Json.Obj(members);
            }
            expect(',');
        }
    }

    private Json array(int depth) {
        List<Json> items = new ArrayList<>();
        at++;
        space();
        if (peek(']')) {
            return new Json.Arr(items);
        }
        while (true) {
            items.add(value(depth + 1));
            space();
            if (peek(']')) {
                return new Json.Arr(items);
            }
            expect(',');
        }
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c < 0x20) {
                at--;
                throw wrong("a raw control character in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
        throw wrong("a string does not end");
    }

    private char escape() {
        if (at >= text.length()) {
            throw wrong("ends too early");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw wrong("ends too early");
                }
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(text.charAt(at++), 16);
                    if (digit < 0) {
                        throw wrong("bad \\u escape");
                    }
                    code = code * 16 + digit;
                }
                yield (char) code;
            }
            default -> throw wrong("unknown escape \\" + c);
        };
    }

    private Json number() {
        int start = at;
        peek('-');
        int digits = digits();
        if (digits == 0 || (digits > 1 && text.charAt(at - digits) == '0')) {
            at = start;
            throw wrong("expected a value");
        }
        if (peek('.') && digits() == 0) {
            throw wrong("digits must follow the point");
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (!peek('+')) {
                peek('-');
            }
            int exponent = digits();
            if (exponent == 0 || exponent > 3) {
                throw wrong("bad exponent");
            }
        }
        if (at - start > MAX_NUMBER_LENGTH) {
            throw wrong("a number is too long");
        }
        return new Json.Num(new BigDecimal(text.substring(start, at)));
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private Json literal(String word, Json value) {
        if (!text.startsWith(word, at)) {
            throw wrong("expected a value");
        }
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean peek(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!peek(c)) {
            throw wrong("expected '" + c + "'");
        }
    }

    private JsonException wrong(String what) {
        return new JsonException("JSON, character " + (at + 1) + ": " + what);
    }
}
