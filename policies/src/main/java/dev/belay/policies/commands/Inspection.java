package dev.belay.policies.commands;

import dev.belay.policies.Verdict;
import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.ShellParse;
import dev.belay.policies.shell.ShellParser;
import dev.belay.policies.shell.Word;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One look at one line, through everything that it wraps. A denial wins over a question wherever the two stand. */
final class Inspection {
    private static final int DEEPEST = 8;
    private static final int MOST_COMMANDS = 6_000;
    private static final int MOST_TEXT = 500_000;
    private static final int NAMED_RULES = 3;
    private static final int LONGEST_REASON = 160;

    private final List<Restriction> restrictions;
    private @Nullable Verdict denied;
    private @Nullable Verdict asks;
    private int commands;
    private int text;
    private boolean tooMuch;

    private Inspection(List<Restriction> restrictions) {
        this.restrictions = restrictions;
    }

    static Verdict of(String line, List<Restriction> restrictions) {
        Inspection inspection = new Inspection(restrictions);
        inspection.line(line, 0);
        Verdict denied = inspection.denied;
        Verdict asks = inspection.asks;
        return denied != null ? denied : asks != null ? asks : new Verdict.Allowed(CommandRules.STANDARD);
    }

    private void line(String line, int depth) {
        text += line.length();
        if (depth > DEEPEST || text > MOST_TEXT) {
            tooMuch();
            return;
        }
        switch (ShellParser.parse(line)) {
            case ShellParse.Unparsable(String why, int _) -> unclear(why);
            case ShellParse.Parsed(List<ShellCommand> found, var functions) -> {
                functions.forEach(this::named);
                for (ShellCommand command : found) {
                    command(command, depth);
                }
            }
        }
    }

    private void command(ShellCommand command, int depth) {
        if (denied != null || tooMuch) {
            return;
        }
        if (depth > DEEPEST || ++commands > MOST_COMMANDS || text > MOST_TEXT) {
            tooMuch();
            return;
        }
        List<Word> words = command.words();
        if (words.isEmpty()) {
            inside(Unwrap.inside("", command), depth);
            return;
        }
        Optional<String> name = CommandText.name(words.getFirst());
        if (name.isEmpty()) {
            unclear("what `" + Restriction.shortened(words.getFirst().raw()) + "` runs is known only when it runs");
            inside(Unwrap.inside("", command), depth);
            return;
        }
        match(name.get(), words);
        inside(Unwrap.inside(name.get(), command), depth);
    }

    private void inside(List<Inner> found, int depth) {
        for (Inner inner : found) {
            switch (inner) {
                case Inner.Command(ShellCommand command) -> command(command, depth + 1);
                case Inner.Plainer(ShellCommand command, boolean plainest) -> {
                    if (plainest) {
                        match(OpenWord.beginning(command.words().getFirst()), command.words());
                    } else {
                        command(command, depth + 1);
                    }
                }
                case Inner.Text(String line) -> line(line, depth + 1);
                case Inner.Named(String name) -> named(name);
                case Inner.Unclear(String why) -> unclear(why);
            }
        }
    }

    private void match(String name, List<Word> words) {
        List<Word> bare = CommandText.named(CommandText.bareName(name), words.subList(1, words.size()));
        String canonical = CommandText.canonical(words);
        String bareCanonical = CommandText.canonical(bare);
        String plain = CommandText.plain(bare);
        text += canonical.length();
        for (Restriction restriction : restrictions) {
            CommandPattern pattern = restriction.pattern();
            if (pattern.restricts(canonical) || pattern.restricts(bareCanonical) || pattern.restricts(plain)) {
                found(restriction.verdict(canonical));
            } else if (pattern.couldRestrict(bare)) {
                unclear("`" + Restriction.shortened(canonical) + "` could become what " + restriction.rule()
                        + " names");
            }
        }
    }

    private void named(String name) {
        for (Restriction restriction : restrictions) {
            if (restriction.pattern().guards(name)) {
                unclear("it gives `" + Restriction.shortened(name) + "` another meaning");
                return;
            }
        }
    }

    private void found(Verdict verdict) {
        if (verdict instanceof Verdict.Denied) {
            denied = denied == null ? verdict : denied;
        } else {
            asks = asks == null ? verdict : asks;
        }
    }

    private void tooMuch() {
        tooMuch = true;
        unclear("too much is wrapped in it");
    }

    private void unclear(String why) {
        String rules =
                restrictions.stream().limit(NAMED_RULES).map(Restriction::rule).collect(Collectors.joining(", "));
        int more = restrictions.size() - NAMED_RULES;
        String inForce = more > 0 ? rules + " and " + more + " more" : rules;
        boolean one = restrictions.size() == 1;
        found(new Verdict.Asks(
                "tool",
                "ASK Bash (not certain)",
                "default",
                "this line cannot be read with certainty: " + Restriction.shortened(why, LONGEST_REASON) + "; in force "
                        + (one ? "is " : "are ") + inForce,
                "write it as simpler commands, one after the other"));
    }
}
