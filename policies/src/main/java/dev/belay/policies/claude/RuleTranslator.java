package dev.belay.policies.claude;

import dev.belay.policies.ToolName;
import dev.belay.policies.commands.CommandPattern;
import dev.belay.policies.commands.Wildcard;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.RuleString;
import dev.belay.policies.language.Subject;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.script.ToolSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One rule string. Whoever wrote it meant the other program's tools; most of them are here, some under no name at all. */
final class RuleTranslator {
    private static final int LONGEST = 2_000;
    private static final String FETCH = "WebFetch";
    /** Near {@value #FETCH} and no misspelling of it. */
    private static final String SEARCH = "WebSearch";

    private static final Set<String> WRITERS = Set.of("Write", "MultiEdit", "NotebookEdit");
    private static final Set<String> READERS = Set.of("Glob", "Grep", "LS", "NotebookRead");

    private final Effect effect;
    private final Origin origin;

    RuleTranslator(Effect effect, Origin origin) {
        this.effect = effect;
        this.origin = origin;
    }

    /** @throws PatternException with the offending character of the rule */
    Line line(String rule) throws PatternException {
        int unseen = firstUnseen(rule);
        if (unseen < rule.length() || rule.length() > LONGEST) {
            if (effect == Effect.ALLOW) {
                return notEnforced("it is not one line that can be shown, so it allows nothing");
            }
            throw new PatternException(
                    Math.min(unseen, LONGEST),
                    Quoted.of(rule) + " is too long, or has a character that cannot be seen",
                    "write the rule on one line, of at most " + LONGEST + " characters");
        }
        if (rule.startsWith("mcp__")) {
            return absent();
        }
        if (rule.matches("[*][A-Za-z0-9_*-]*")) {
            return everyToolLike(rule);
        }
        RuleString parsed = RuleString.parse(rule);
        if (parsed.tool().indexOf('*') >= 0) {
            if (!parsed.wholeTool()) {
                throw new PatternException(
                        0, Quoted.of(rule) + " has a star in its tool's name", "name the tool, Bash or Edit");
            }
            return everyToolLike(parsed.tool());
        }
        if (parsed.tool().equals(FETCH)) {
            return fetch(parsed);
        }
        Optional<ToolName> tool = ToolName.named(parsed.tool());
        String name = tool.map(ToolName::word).orElse(parsed.tool());
        if (!parsed.wholeTool() && (WRITERS.contains(name) || READERS.contains(name))) {
            String use = WRITERS.contains(name) ? "Edit" : "Read";
            return notEnforced("a path is never looked up under " + name + ": use " + use + "(" + parsed.text()
                    + "), which speaks of every tool that "
                    + (use.equals("Edit") ? "changes files" : "reads files"));
        }
        if (tool.isEmpty()) {
            refuseMisspelt(name);
            return absent();
        }
        return parsed.wholeTool() ? whole(tool.get()) : about(tool.get(), parsed);
    }

    private static int firstUnseen(String rule) {
        for (int i = 0; i < rule.length(); i += Character.charCount(rule.codePointAt(i))) {
            switch (Character.getType(rule.codePointAt(i))) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> {
                    return i;
                }
                default -> {}
            }
        }
        return rule.length();
    }

    private static void refuseMisspelt(String name) throws PatternException {
        List<String> known = new ArrayList<>(ToolName.words());
        known.add(FETCH);
        if (name.length() <= SEARCH.length()
                && !name.equals(SEARCH)
                && Nearest.to(name, known).isPresent()) {
            throw new PatternException(
                    0,
                    "unknown tool " + Quoted.of(name) + Nearest.hint(name, known),
                    "tools: " + String.join(", ", known));
        }
    }

    /** A star in a name takes tools away, or asks; it is never given any. */
    private Line everyToolLike(String glob) {
        if (effect == Effect.ALLOW) {
            return notEnforced("a star in a tool's name allows nothing");
        }
        List<Clause> clauses = ToolName.words().stream()
                .filter(word -> Wildcard.matches(glob, word))
                .map(word -> clause(Subject.TOOL, word))
                .toList();
        return clauses.isEmpty() ? absent() : new Line.Rules(origin, clauses);
    }

    private Line whole(ToolName tool) {
        if (effect == Effect.ALLOW) {
            return new Line.Inherent(origin, "tools: each is given, and nothing is asked about it inside the sandbox");
        }
        if (effect == Effect.DENY) {
            return rules(Subject.TOOL, tool.word());
        }
        return switch (tool) {
            case BASH -> rules(Subject.COMMAND, "*");
            case READ -> rules(Subject.READ, "**");
            case EDIT -> rules(Subject.EDIT, "**");
            case WRITE, GLOB, GREP -> rules(Subject.TOOL, tool.word());
        };
    }

    private Line about(ToolName tool, RuleString rule) throws PatternException {
        Optional<Line> field = field(tool, rule);
        if (field.isPresent()) {
            return field.get();
        }
        return tool == ToolName.BASH
                ? command(rule)
                : new PathRule(effect, origin).line(tool == ToolName.READ ? Subject.READ : Subject.EDIT, rule);
    }

    /** {@code Bash(run_in_background:true)} speaks of a field of the call; {@code Bash(timeout:*)} of a command. */
    private Optional<Line> field(ToolName tool, RuleString rule) throws PatternException {
        int colon = rule.text().indexOf(':');
        if (colon < 0 || rule.text().endsWith(":*")) {
            return Optional.empty();
        }
        String name = rule.text().substring(0, colon);
        String value = rule.text().substring(colon + 1);
        if (name.equals("dangerouslyDisableSandbox")) {
            return Optional.of(
                    effect == Effect.ALLOW
                            ? notEnforced("no call leaves the sandbox")
                            : new Line.Inherent(origin, "sandbox: no call has a field that leaves it"));
        }
        if (name.equals(tool == ToolName.BASH ? "command" : "file_path")) {
            throw new PatternException(
                    rule.textAt(),
                    Quoted.of(origin.text()) + " names the field that every such rule speaks of",
                    "write " + rule.tool() + "(" + value + ")");
        }
        boolean known = ToolSchema.named(tool.word())
                .flatMap(schema -> schema.field(name))
                .isPresent();
        return known
                ? Optional.of(notEnforced("the field `" + name + "` of a call is not looked at"))
                : Optional.empty();
    }

    private Line command(RuleString rule) throws PatternException {
        if (effect == Effect.ALLOW && (rule.text().equals("*") || rule.text().equals(":*"))) {
            return whole(ToolName.BASH);
        }
        try {
            CommandPattern.parse(rule.text());
        } catch (PatternException wrong) {
            if (effect == Effect.ALLOW) {
                return notEnforced("it allows nothing: " + wrong.getMessage());
            }
            throw wrong.further(rule.textAt());
        }
        return rules(Subject.COMMAND, rule.text());
    }

    private Line fetch(RuleString rule) throws PatternException {
        return rule.wholeTool() ? absent() : new DomainRule(effect, origin).line(rule);
    }

    private Line absent() {
        return effect == Effect.ALLOW
                ? notEnforced("a task has no such tool")
                : new Line.Inherent(origin, "tools: a task has no such tool");
    }

    private Clause clause(Subject subject, String pattern) {
        return new Clause(effect, subject, pattern, origin);
    }

    private Line rules(Subject subject, String pattern) {
        return new Line.Rules(origin, List.of(clause(subject, pattern)));
    }

    private Line notEnforced(String why) {
        return new Line.NotEnforced(origin, why);
    }
}
