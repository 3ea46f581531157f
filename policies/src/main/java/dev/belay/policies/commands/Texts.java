package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Programs that are given a line for a shell behind one of their options: {@code su -c}, {@code env -S}. */
final class Texts {
    private static final Set<String> SHELL_WITHOUT = Set.of("su", "runuser", "script");

    private Texts() {}

    static List<Inner> inside(String name, ShellCommand command) {
        List<Word> words = command.words();
        return switch (name) {
            case "su", "runuser", "script" -> {
                Optional<Inner> text = behind(words, 'c', "--command");
                boolean shell = SHELL_WITHOUT.contains(name) && text.isEmpty();
                yield shell
                        ? List.of(new Inner.Unclear(name + " starts a shell"))
                        : text.stream().toList();
            }
            case "flock", "sg" -> behind(words, 'c', "--command").stream().toList();
            case "env" -> split(words);
            case "gdb" -> arguments(command);
            default -> List.of();
        };
    }

    private static Optional<Inner> behind(List<Word> words, char letter, String name) {
        for (int i = 1; i < words.size(); i++) {
            String option = OpenWord.beginning(words.get(i));
            if (option.startsWith(name + "=")) {
                Word text = words.get(i);
                return Optional.of(
                        text.literal().isPresent()
                                ? new Inner.Text(option.substring(name.length() + 1))
                                : Inner.text(text));
            }
            boolean cluster = option.startsWith("-") && !option.startsWith("--") && option.indexOf(letter) > 0;
            if (cluster && !option.endsWith(String.valueOf(letter))) {
                return Optional.of(new Inner.Text(option.substring(option.indexOf(letter) + 1)));
            }
            if (cluster || option.equals(name)) {
                return Optional.of(
                        i + 1 < words.size()
                                ? Inner.text(words.get(i + 1))
                                : new Inner.Unclear("no text follows " + option));
            }
        }
        return Optional.empty();
    }

    /** {@code env -S text more}: the text is split into words, and the others follow it. */
    private static List<Inner> split(List<Word> words) {
        for (int i = 1; i < words.size(); i++) {
            String option = OpenWord.beginning(words.get(i));
            if (!option.startsWith("-") && Variables.name(option).isEmpty()) {
                return List.of();
            }
            boolean cluster = option.matches("-[iv0]*S.*") || option.startsWith("--split-string");
            if (!cluster) {
                continue;
            }
            int attached = option.startsWith("--") ? option.indexOf('=') : option.indexOf('S');
            boolean inWord = attached > 0 && attached < option.length() - 1;
            int next = inWord ? i + 1 : i + 2;
            if (words.get(Math.min(next, words.size()) - 1).literal().isEmpty()) {
                return List.of(new Inner.Unclear("env splits what is known only when it runs"));
            }
            String text = inWord
                    ? option.substring(attached + 1)
                    : OpenWord.beginning(words.get(Math.min(next, words.size()) - 1));
            List<Word> more = words.subList(Math.min(next, words.size()), words.size());
            return List.of(new Inner.Text("env " + text + " " + CommandText.canonical(more)));
        }
        return List.of();
    }

    private static List<Inner> arguments(ShellCommand command) {
        List<Word> words = command.words();
        List<Inner> inner = new ArrayList<>();
        for (int i = 1; i + 1 < words.size(); i++) {
            if (OpenWord.beginning(words.get(i)).matches("--?args")) {
                inner.add(Inner.command(command, words.subList(i + 1, words.size())));
            }
        }
        return inner;
    }
}
