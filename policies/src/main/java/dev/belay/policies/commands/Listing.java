package dev.belay.policies.commands;

import dev.belay.policies.shell.Redirect;
import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.ShellParse;
import dev.belay.policies.shell.ShellParser;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether commands are among those that were allowed by name, each by itself and with what it wraps. */
final class Listing {
    private static final Set<String> HARMLESS = Set.of(
            "cd",
            "true",
            "false",
            "echo",
            "printf",
            "test",
            "[",
            "[[",
            ":",
            "set",
            "pwd",
            "export",
            "declare",
            "local",
            "readonly",
            "unset",
            "shift",
            "break",
            "continue",
            "return",
            "exit",
            "wait",
            "umask",
            "sleep",
            "shopt",
            "read",
            "type",
            "hash",
            "pushd",
            "popd",
            "let",
            "((");

    /** They add nothing to what they run. */
    private static final Set<String> TRANSPARENT = Set.of(
            "timeout", "time", "nice", "nohup", "stdbuf", "command", "env", "sh", "bash", "dash", "zsh", "eval",
            "xargs");

    private static final int DEEPEST = 8;
    private static final int MOST_COMMANDS = 4_000;

    private final List<CommandPattern> allowed;
    private int commands;

    private Listing(List<CommandPattern> allowed) {
        this.allowed = allowed;
    }

    static boolean covers(String line, List<CommandPattern> allowed) {
        return new Listing(allowed).line(line, 0);
    }

    private boolean line(String line, int depth) {
        if (!(ShellParser.parse(line) instanceof ShellParse.Parsed(List<ShellCommand> found, Set<String> functions))) {
            return false;
        }
        for (ShellCommand command : found) {
            if (!command(command, functions, depth)) {
                return false;
            }
        }
        return true;
    }

    private boolean command(ShellCommand command, Set<String> functions, int depth) {
        if (depth > DEEPEST || ++commands > MOST_COMMANDS) {
            return false;
        }
        Optional<String> name = command.words().isEmpty()
                ? Optional.of("")
                : CommandText.name(command.words().getFirst());
        if (name.isEmpty()) {
            return false;
        }
        List<Inner> inner = Unwrap.inside(name.get(), command);
        if (!parts(inner, functions, depth)) {
            return false;
        }
        return name.get().isEmpty()
                || functions.contains(name.get())
                || isHarmless(name.get(), command)
                || isAllowed(command)
                || (TRANSPARENT.contains(name.get()) && !inner.isEmpty())
                || Lookups.only(name.get(), command.words());
    }

    private boolean parts(List<Inner> parts, Set<String> functions, int depth) {
        for (Inner part : parts) {
            if (!part(part, functions, depth)) {
                return false;
            }
        }
        return true;
    }

    /** A plainer form is there for restrictions; a command is allowed as it is written. */
    private boolean part(Inner part, Set<String> functions, int depth) {
        return switch (part) {
            case Inner.Command(ShellCommand command) -> command(command, functions, depth + 1);
            case Inner.Plainer(ShellCommand command, boolean plainest) ->
                plainest || (depth < DEEPEST && parts(wrapped(command), functions, depth + 1));
            case Inner.Text(String line) -> depth < DEEPEST && line(line, depth + 1);
            case Inner.Named _, Inner.Unclear _ -> false;
        };
    }

    private static List<Inner> wrapped(ShellCommand command) {
        return Unwrap.inside(OpenWord.beginning(command.words().getFirst()), command);
    }

    private boolean isAllowed(ShellCommand command) {
        String canonical = CommandText.canonical(command.words());
        return allowed.stream().anyMatch(pattern -> pattern.matches(canonical));
    }

    private static boolean isHarmless(String name, ShellCommand command) {
        return HARMLESS.contains(name) && command.redirects().stream().noneMatch(Listing::writesFile);
    }

    private static boolean writesFile(Redirect redirect) {
        String target = redirect.target().literal().orElse("?");
        return redirect.writes() && !target.equals("/dev/null") && !target.matches("[0-9]+-?|-");
    }
}
