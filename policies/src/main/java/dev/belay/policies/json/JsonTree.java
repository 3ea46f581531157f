package dev.belay.policies.json;

import dev.belay.policies.json.JsonNode.Items;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Plain;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Quoted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads JSON with the place of every value, so that a rule can be named by its line and column. Strict, but for comments,
 * which people write in this file, and for a comma behind the last value where the program that reads it allows one.
 */
public final class JsonTree {
    private static final int MAX_DEPTH = 64;
    private static final int LONGEST_WORD = 64;

    private final String text;
    private final boolean lastComma;
    private int at;

    private JsonTree(String text, boolean lastComma) {
        this.text = text;
        this.lastComma = lastComma;
    }

    public static JsonNode read(String text) throws JsonSyntaxException {
        return new JsonTree(text, false).root();
    }

    /** The same, also with a comma behind the last value of a list or an object. */
    public static JsonNode readWithLastCommas(String text) throws JsonSyntaxException {
        return new JsonTree(text, true).root();
    }

    private JsonNode root() throws JsonSyntaxException {
        space();
        if (at == text.length()) {
            throw wrong("nothing is written here", "write {} or remove the file");
        }
        JsonNode root = value(0);
        space();
        if (at < text.length()) {
            throw wrong("there is more text behind the end", "remove it");
        }
        return root;
    }

    private JsonNode value(int depth) throws JsonSyntaxException {
        if (depth > MAX_DEPTH) {
            throw wrong("this is nested too deeply", "keep to " + MAX_DEPTH + " levels");
        }
        space();
        return switch (peek()) {
            case '{' -> members(depth);
            case '[' -> items(depth);
            case '"' -> string();
            default -> plain();
        };
    }

    private Members members(int depth) throws JsonSyntaxException {
        int start = at++;
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        space();
        while (peek() != '}') {
            if (!members.isEmpty() && comma('}')) {
                break;
            }
            if (peek() != '"') {
                throw wrong("a name in double quotes is missing here", "write \"permissions\": {...}");
            }
            Text key = string();
            if (!names.add(key.value())) {
                throw new JsonSyntaxException(
                        key.at(), "the name " + Quoted.of(key.value()) + " appears twice", "make one of the two");
            }
            space();
            if (peek() != ':') {
                throw wrong("a colon is missing here", "write a colon between name and value");
            }
            at++;
            members.add(new Member(key, value(depth + 1)));
            space();
        }
        at++;
        return new Members(start, members);
    }

    private Items items(int depth) throws JsonSyntaxException {
        int start = at++;
        List<JsonNode> items = new ArrayList<>();
        space();
        while (peek() != ']') {
            if (!items.isEmpty() && comma(']')) {
                break;
            }
            items.add(value(depth + 1));
            space();
        }
        at++;
        return new Items(start, items);
    }

    /** Whether it was the last one. */
    private boolean comma(char end) throws JsonSyntaxException {
        if (peek() != ',') {
            throw wrong("a comma or a closing `" + end + "` is missing here", "write it between the values");
        }
        int comma = at++;
        space();
        if (peek() == end && !lastComma) {
            throw new JsonSyntaxException(comma, "a comma stands behind the last value", "remove the comma");
        }
        return peek() == end;
    }

    private Text string() throws JsonSyntaxException {
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c < 0x20) {
                throw wrong("a line ends, or a tab stands, inside a string", "write \\n or \\t, or close the string");
            }
            int length = unit(text, at);
            value.append(c == '\\' ? escaped(length) : c);
            at += length;
        }
        if (at >= text.length()) {
            throw new JsonSyntaxException(start, "this string does not end", "close it with a double quote");
        }
        at++;
        return new Text(start, value.toString());
    }

    private char escaped(int length) throws JsonSyntaxException {
        char c = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                String digits = at + length > text.length() ? "" : text.substring(at + 2, at + length);
                if (!digits.matches("[0-9A-Fa-f]{4}")) {
                    throw wrong(
                            "\\u is not followed by four hexadecimal digits", "write \\u0041, or the letter itself");
                }
                yield (char) Integer.parseInt(digits, 16);
            }
            default -> throw wrong("a backslash stands before what it does not go with", "write \\\\ for a backslash");
        };
    }

    /** Where a character of a string is written, which may be written with escapes. */
    public static int offset(String text, Text string, int index) {
        int offset = string.at() + 1;
        for (int i = 0; i < Math.min(index, string.value().length()); i++) {
            offset += unit(text, offset);
        }
        return offset;
    }

    /** How many characters of the text are one of the string at this place. */
    private static int unit(String text, int offset) {
        if (text.charAt(offset) != '\\') {
            return 1;
        }
        return offset + 1 < text.length() && text.charAt(offset + 1) == 'u' ? 6 : 2;
    }

    private Plain plain() throws JsonSyntaxException {
        int start = at;
        while (at < text.length() && at - start < LONGEST_WORD && isPlain(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        if (!word.matches("true|false|null|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?")) {
            at = start;
            throw word.isEmpty()
                    ? wrong(
                            start < text.length() ? "a value is missing here" : "the text ends too early",
                            "write a value, or close what was opened")
                    : wrong(Quoted.of(word) + " is no value", "put words in double quotes");
        }
        return new Plain(start, word);
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "+-._".indexOf(c) >= 0;
    }

    /** Blanks and comments. */
    private void space() throws JsonSyntaxException {
        while (at < text.length()) {
            if (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw wrong("this comment does not end", "close it with */");
                }
                at = end + 2;
            } else {
                return;
            }
        }
    }

    /** The next character; one that is none of JSON's at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private JsonSyntaxException wrong(String what, String fix) {
        return new JsonSyntaxException(at, what, fix);
    }
}
