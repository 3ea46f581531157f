package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a shell does itself and that makes something else run, or run in another way. */
final class Builtins {
    private Builtins() {}

    static List<Inner> inside(String name, ShellCommand command) {
        List<Word> arguments = command.words().subList(1, command.words().size());
        return switch (name) {
            case "eval" -> joined(arguments);
            case "source", "." -> Shells.sourced(command);
            case "alias" -> aliases(arguments);
            case "trap" -> trapped(arguments);
            case "export", "declare", "typeset", "local", "readonly" -> declared(arguments);
            case "read", "getopts" -> read(arguments);
            case "mapfile", "readarray" -> mapped(arguments);
            case "printf" -> has(arguments, "-v") ? read(arguments) : List.of();
            case "hash" ->
                has(arguments, "-p") ? List.of(new Inner.Unclear("hash -p says which program a name is")) : List.of();
            case "enable" ->
                has(arguments, "-f")
                        ? List.of(new Inner.Unclear("enable -f loads a program into the shell"))
                        : List.of();
            case "bind" ->
                has(arguments, "-x") ? List.of(new Inner.Unclear("bind -x runs a command by a key")) : List.of();
            default -> List.of();
        };
    }

    static Inner changes(Word assignment) {
        return new Inner.Unclear(Variables.name(OpenWord.beginning(assignment)) + " changes what commands run");
    }

    /** Words that a shell joins with blanks and reads as a line. */
    static List<Inner> joined(List<Word> words) {
        StringBuilder line = new StringBuilder();
        for (Word word : words) {
            if (word.literal().isEmpty()) {
                return List.of(Inner.text(word));
            }
            line.append(line.isEmpty() ? "" : " ").append(word.literal().get());
        }
        return line.isEmpty() ? List.of() : List.of(new Inner.Text(line.toString()));
    }

    /** What is written behind an alias becomes the arguments of its last command. */
    private static List<Inner> aliases(List<Word> arguments) {
        List<Inner> inner = new ArrayList<>();
        for (Word word : arguments) {
            String known = OpenWord.beginning(word);
            int equals = known.indexOf('=');
            if (equals > 0) {
                inner.add(new Inner.Named(known.substring(0, equals)));
                inner.add(
                        word.literal().isPresent()
                                ? new Inner.Text(known.substring(equals + 1) + " \"$@\"")
                                : Inner.text(word));
            } else if (word.literal().isEmpty()) {
                inner.add(Inner.text(word));
            }
        }
        return inner;
    }

    private static List<Inner> trapped(List<Word> arguments) {
        int at =
                !arguments.isEmpty() && OpenWord.beginning(arguments.getFirst()).equals("--") ? 1 : 0;
        if (arguments.size() <= at || OpenWord.beginning(arguments.get(at)).startsWith("-")) {
            return List.of();
        }
        return List.of(Inner.text(arguments.get(at)));
    }

    private static List<Inner> declared(List<Word> arguments) {
        List<Inner> inner = new ArrayList<>();
        for (Word word : arguments) {
            Optional<Boolean> risky = Variables.changeWhatRuns(word);
            if (risky.orElse(false)) {
                inner.add(changes(word));
            } else if (risky.isEmpty() && word.literal().isEmpty()) {
                inner.add(new Inner.Unclear("it is not certain which variables " + word.raw() + " sets"));
            }
        }
        return inner;
    }

    /** {@code -C} names what is run for every so many lines, with more arguments. */
    private static List<Inner> mapped(List<Word> arguments) {
        List<Inner> inner = new ArrayList<>(read(arguments));
        for (int i = 0; i < arguments.size(); i++) {
            String option = OpenWord.beginning(arguments.get(i));
            if (option.equals("-C") && i + 1 < arguments.size()) {
                inner.addAll(joined(arguments.subList(i + 1, i + 2)));
            } else if (option.startsWith("-C")) {
                inner.add(new Inner.Text(option.substring(2)));
            }
        }
        return inner;
    }

    private static List<Inner> read(List<Word> arguments) {
        for (Word word : arguments) {
            String name = OpenWord.beginning(word);
            if (word.literal().isPresent() && Variables.changesWhatRuns(name, Optional.empty())) {
                return List.of(new Inner.Unclear(name + " changes what commands run"));
            }
        }
        return List.of();
    }

    private static boolean has(List<Word> arguments, String option) {
        return arguments.stream().anyMatch(word -> OpenWord.beginning(word).startsWith(option));
    }
}
