package dev.belay.policies.yaml;

import dev.belay.policies.ToolName;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.RuleString;
import dev.belay.policies.language.Subject;
import dev.belay.proto.error.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes rules of items, and tries each on its own examples. */
final class RuleReader {
    private static final String FETCH = "WebFetch";
    private static final String DOMAIN = "domain:";

    private final Problems problems;

    RuleReader(Problems problems) {
        this.problems = problems;
    }

    /** An item that names its tool: {@code Bash(make test)}. */
    Optional<Rule> named(Effect effect, String key, Item item) {
        try {
            RuleString rule = RuleString.parse(item.text());
            return ToolName.named(rule.tool()).isPresent()
                    ? ofTool(ToolName.named(rule.tool()).get(), effect, key, item, rule)
                    : ofOther(effect, key, item, rule);
        } catch (PatternException bad) {
            boolean cutShort =
                    item.plain() && item.text().indexOf('(') > 0 && !item.text().endsWith(")");
            problems.add(
                    item.at(bad.at()),
                    String.valueOf(bad.getMessage()),
                    cutShort ? "close it, and put the whole rule in quotes: a comma, `: ` or ` #` ends it" : bad.fix());
            return Optional.empty();
        }
    }

    private Optional<Rule> ofTool(ToolName tool, Effect effect, String key, Item item, RuleString rule) {
        Optional<Subject> subject = subject(tool);
        if (rule.wholeTool()) {
            if (effect == Effect.DENY) {
                return of(effect, Subject.TOOL, tool.word(), key, item, 0);
            }
            if (subject.isPresent()) {
                return of(effect, subject.get(), subject.get() == Subject.COMMAND ? "*" : "**", key, item, 0);
            }
        } else if (subject.isPresent()) {
            return of(effect, subject.get(), rule.text(), key, item, rule.textAt());
        }
        String other = tool == ToolName.WRITE ? ToolName.EDIT.word() : ToolName.READ.word();
        problems.add(
                item.at(0),
                Quoted.of(item.text()) + " is never asked for: " + other + " speaks of every tool that "
                        + (tool == ToolName.WRITE ? "changes files" : "reads files"),
                "use " + other + (rule.wholeTool() ? "" : "(" + rule.text() + ")"));
        return Optional.empty();
    }

    private static Optional<Subject> subject(ToolName tool) {
        return switch (tool) {
            case BASH -> Optional.of(Subject.COMMAND);
            case READ -> Optional.of(Subject.READ);
            case EDIT -> Optional.of(Subject.EDIT);
            case WRITE, GLOB, GREP -> Optional.empty();
        };
    }

    private Optional<Rule> ofOther(Effect effect, String key, Item item, RuleString rule) {
        if (rule.tool().equalsIgnoreCase(FETCH)) {
            if (rule.text().startsWith(DOMAIN)) {
                int at = rule.textAt() + DOMAIN.length();
                return of(effect, Subject.HOST, rule.text().substring(DOMAIN.length()), key, item, at);
            }
            problems.add(
                    item.at(rule.textAt()),
                    Quoted.of(item.text()) + " names no domain",
                    "write WebFetch(domain:example.com), or the host under network");
        } else if (rule.tool().startsWith("mcp__")) {
            problems.add(
                    item.at(0),
                    Quoted.of(item.text()) + " speaks of an MCP server, and a task has none in this version",
                    "take it out");
        } else {
            List<String> tools = new ArrayList<>(ToolName.words());
            tools.add(FETCH);
            problems.add(
                    item.at(0),
                    "unknown tool " + Quoted.of(rule.tool())
                            + (rule.tool().length() > 40 ? "" : Nearest.hint(rule.tool(), tools)),
                    "tools: " + String.join(", ", tools));
        }
        return Optional.empty();
    }

    /**
     * An item whose list says already what it speaks of.
     *
     * @param patternAt where the pattern begins in the item's text
     */
    Optional<Rule> of(Effect effect, Subject subject, String pattern, String key, Item item, int patternAt) {
        Rule rule = new Rule(
                new Clause(effect, subject, pattern, new Origin(item.text(), item.spot(), item.reason())), key);
        try {
            Patterns.check(rule.clause());
        } catch (PatternException bad) {
            problems.add(item.at(patternAt + bad.at()), String.valueOf(bad.getMessage()), bad.fix());
            return Optional.empty();
        }
        new Examples(problems).tryOn(List.of(rule), item);
        return Optional.of(rule);
    }
}
