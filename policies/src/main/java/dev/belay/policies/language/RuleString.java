package dev.belay.policies.language;

/**
 * A rule as people know it from other agents: {@code Tool}, or {@code Tool(text)}.
 *
 * @param text empty where the whole tool is meant
 * @param textAt where the text begins in the rule, from 0
 */
public record RuleString(String tool, String text, int textAt) {
    public static RuleString parse(String rule) throws PatternException {
        int open = rule.indexOf('(');
        String tool = open < 0 ? rule : rule.substring(0, open);
        if (!tool.matches("[A-Za-z_][A-Za-z0-9_*-]*")) {
            throw new PatternException(
                    0, "`" + rule + "` does not begin with a tool's name", "write Bash(make test), or Edit(src/**)");
        }
        if (open < 0) {
            return new RuleString(tool, "", rule.length());
        }
        if (!rule.endsWith(")")) {
            throw new PatternException(
                    rule.length(), "`" + rule + "` has no closing parenthesis", "write " + rule + ")");
        }
        String text = rule.substring(open + 1, rule.length() - 1);
        if (text.isBlank()) {
            throw new PatternException(open, "`" + rule + "` names nothing in its parentheses", "write " + tool);
        }
        return new RuleString(tool, text, open + 1);
    }

    public boolean wholeTool() {
        return text.isEmpty();
    }
}
