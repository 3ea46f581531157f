package dev.belay.policies.codex;

import dev.belay.policies.language.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The part of Starlark that rules are written in: calls with strings and lists of them. Whatever would have to be run to know
 * what it says is refused at its place.
 */
final class RulesText {
    private static final int DEEPEST = 8;
    private static final int MOST_CALLS = 5_000;
    private static final String MORE = "this is more than rules: ";
    private static final String PLAIN = "write each rule out, prefix_rule(pattern = [\"git\", \"push\"])";
    private static final Set<String> STATEMENTS = Set.of(
            "def", "for", "if", "load", "return", "pass", "while", "import", "from", "class", "lambda", "not", "else");

    private final String text;
    private int at;

    private RulesText(String text) {
        this.text = text;
    }

    static List<Call> read(String text) throws RulesSyntaxException {
        RulesText rules = new RulesText(text);
        List<Call> calls = new ArrayList<>();
        rules.blank(true);
        while (rules.at < text.length()) {
            if (calls.size() == MOST_CALLS) {
                throw new RulesSyntaxException(rules.at, "there are more than " + MOST_CALLS + " rules", "split it");
            }
            calls.add(rules.statement());
            rules.blank(true);
        }
        return calls;
    }

    private Call statement() throws RulesSyntaxException {
        int start = at;
        if (start > 0 && text.charAt(start - 1) != '\n') {
            throw more("it does not begin its line");
        }
        String name = name();
        if (name.isEmpty()) {
            throw more(Quoted.of(text.substring(start, Math.min(start + 1, text.length()))) + " begins no call");
        }
        if (STATEMENTS.contains(name)) {
            throw new RulesSyntaxException(start, MORE + "`" + name + "` would have to be run", PLAIN);
        }
        blank(false);
        if (peek() != '(') {
            throw new RulesSyntaxException(
                    start, MORE + Quoted.of(name) + (peek() == '=' ? " is assigned to" : " is no call"), PLAIN);
        }
        List<Call.Argument> arguments = arguments();
        blank(false);
        if (at < text.length() && peek() != '\n') {
            throw more("something stands behind the call");
        }
        return new Call(start, name, arguments);
    }

    private List<Call.Argument> arguments() throws RulesSyntaxException {
        int open = at++;
        List<Call.Argument> arguments = new ArrayList<>();
        blank(true);
        while (peek() != ')') {
            if (!arguments.isEmpty()) {
                comma(')', open);
                if (peek() == ')') {
                    break;
                }
            }
            arguments.add(argument(open));
            blank(true);
        }
        at++;
        return arguments;
    }

    private Call.Argument argument(int open) throws RulesSyntaxException {
        int start = at;
        int end = start;
        while (end < text.length() && isNamePart(text.charAt(end))) {
            end++;
        }
        if (end == start || end < text.length() && "\"'".indexOf(text.charAt(end)) >= 0) {
            return new Call.Argument(start, "", value(open, 0));
        }
        at = end;
        blank(true);
        if (peek() != '=' || text.startsWith("==", at)) {
            throw new RulesSyntaxException(
                    start, MORE + Quoted.of(text.substring(start, end)) + " is no string and no list", PLAIN);
        }
        at++;
        blank(true);
        return new Call.Argument(start, text.substring(start, end), value(open, 0));
    }

    private Value value(int open, int depth) throws RulesSyntaxException {
        if (at >= text.length()) {
            throw new RulesSyntaxException(open, "this is not closed", "close it");
        }
        if (depth > DEEPEST) {
            throw new RulesSyntaxException(at, "this is nested too deeply", PLAIN);
        }
        Value value;
        if (peek() == '[') {
            value = items(depth);
        } else if ("\"'".indexOf(peek()) >= 0 || text.startsWith("r\"", at) || text.startsWith("r'", at)) {
            StringLiteral literal = new StringLiteral(text, at);
            at = literal.end();
            value = literal.value();
        } else {
            throw more("no string and no list begins here");
        }
        blank(true);
        if (at < text.length() && ",])".indexOf(peek()) < 0) {
            throw more(
                    "\"'".indexOf(peek()) >= 0
                            ? "a string stands behind a value without a comma"
                            : "a comma is missing, or something is made of the value before");
        }
        return value;
    }

    private Value.Items items(int depth) throws RulesSyntaxException {
        int open = at++;
        List<Value> items = new ArrayList<>();
        blank(true);
        while (peek() != ']') {
            if (!items.isEmpty()) {
                comma(']', open);
                if (peek() == ']') {
                    break;
                }
            }
            items.add(value(open, depth + 1));
            blank(true);
        }
        at++;
        return new Value.Items(open, items);
    }

    private void comma(char end, int open) throws RulesSyntaxException {
        if (at >= text.length()) {
            throw new RulesSyntaxException(open, "this is not closed", "close it with " + end);
        }
        if (peek() != ',') {
            throw new RulesSyntaxException(at, "a comma or a closing `" + end + "` is missing here", "write it");
        }
        at++;
        blank(true);
    }

    private String name() {
        int start = at;
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private static boolean isNamePart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    /** @param lines whether a new line is nothing here, too */
    private void blank(boolean lines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (c == ' ' || c == '\t' || c == '\r' || lines && c == '\n') {
                at++;
            } else {
                return;
            }
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private RulesSyntaxException more(String what) {
        return new RulesSyntaxException(at, MORE + what, PLAIN);
    }
}
