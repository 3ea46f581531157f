package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;

/** What a command makes run besides itself, one step at a time. */
final class Unwrap {
    private Unwrap() {}

    /** @param command its first word is certain */
    static List<Inner> inside(String written, ShellCommand command) {
        String name = CommandText.bareName(written);
        List<Inner> inner = new ArrayList<>();
        for (ShellCommand.Assignment assignment : command.assignments()) {
            boolean forReadAlone = assignment.name().equals("IFS") && (name.equals("read") || name.equals("mapfile"));
            if (!forReadAlone
                    && Variables.changesWhatRuns(
                            assignment.name(), assignment.value().literal())) {
                inner.add(new Inner.Unclear(assignment.name() + " changes what commands run"));
            }
        }
        if (name.isEmpty()) {
            return inner;
        }
        if (Shells.is(name)) {
            inner.addAll(Shells.inside(command));
        } else if (!Lookups.only(name, command.words())) {
            inner.addAll(Builtins.inside(name, command));
            inner.addAll(Texts.inside(name, command));
            inner.addAll(Wrappers.inside(name, command));
            inner.addAll(Feeders.inside(name, command));
            inner.addAll(Subcommands.inside(name, command));
            inner.addAll(plainer(name, command));
            if (Wrappers.startsShell(name, command) && inner.isEmpty()) {
                inner.add(Inner.command(command, List.of(CommandText.literal("sh"))));
            }
        }
        return inner;
    }

    /** The same command as rules are written for it. */
    private static List<Inner> plainer(String name, ShellCommand command) {
        List<Word> rest = command.words().subList(1, command.words().size());
        if (name.equals("rm")) {
            return Removal.merged(rest).stream()
                    .map(words -> Inner.plainest(command, words))
                    .toList();
        }
        if (name.startsWith("git-") && name.length() > 4) {
            List<Word> words = CommandText.named(name.substring(4), rest);
            return List.of(Inner.plainer(command, CommandText.named("git", words)));
        }
        boolean module = name.startsWith("python")
                && rest.size() > 1
                && OpenWord.beginning(rest.getFirst()).equals("-m");
        return module ? List.of(Inner.command(command, rest.subList(1, rest.size()))) : List.of();
    }
}
