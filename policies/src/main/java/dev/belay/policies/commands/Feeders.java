package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Programs that run a command with arguments that they find: {@code find}, {@code xargs}. */
final class Feeders {
    private static final Options XARGS = Options.of(
            "-I -E -L -n -P -s -d -a -J -R -S --arg-file --delimiter --max-args"
                    + " --max-procs --max-chars --process-slot-var",
            "-0 -r -t -p -x -o -i -l -e --null --no-run-if-empty --verbose --interactive --open-tty --exit --replace"
                    + " --max-lines --eof");

    private static final Options PARALLEL = Options.of(
            "-j -n -N -L -l -P -a -I -S -C -d --jobs --max-args --arg-file --delay"
                    + " --timeout --colsep --joblog --results"
                    + " --tagstring --retries --halt --load --memfree --sshlogin --workdir --tmpdir --delimiter",
            "-k -0 -m -X -u -t -v --keep-order --bar --eta --progress --null --xargs --ungroup --line-buffer --lb --tag"
                    + " --dry-run --will-cite --no-notice --pipe --quote -q");

    private static final Options WATCH = Options.of(
            "-n -q --interval --equexit",
            "-b -c -d -e -g -p -t -w -x --beep --color --differences --errexit" + " --exec --no-title");

    private static final Set<String> FIND_ACTIONS = Set.of("-exec", "-execdir", "-ok", "-okdir");
    private static final Set<String> FD_ACTIONS = Set.of("-x", "-X", "--exec", "--exec-batch");

    private Feeders() {}

    static List<Inner> inside(String name, ShellCommand command) {
        return switch (name) {
            case "find", "gfind" -> actions(command, FIND_ACTIONS);
            case "fd", "fdfind" -> actions(command, FD_ACTIONS);
            case "xargs", "gxargs" -> xargs(command);
            case "parallel" -> lines(command, PARALLEL, true);
            case "watch" -> lines(command, WATCH, false);
            default -> List.of();
        };
    }

    private static List<Inner> actions(ShellCommand command, Set<String> actions) {
        List<Inner> inner = new ArrayList<>();
        List<Word> words = command.words();
        for (int i = 1; i < words.size(); i++) {
            if (!actions.contains(OpenWord.beginning(words.get(i)))) {
                continue;
            }
            List<Word> action = new ArrayList<>();
            for (i++; i < words.size() && !ends(words, i); i++) {
                action.add(opened(words.get(i), "{}"));
            }
            if (!action.isEmpty()) {
                inner.add(Inner.command(command, action));
            }
        }
        return inner;
    }

    private static boolean ends(List<Word> words, int at) {
        String word = OpenWord.beginning(words.get(at));
        return word.equals(";") || (word.equals("+") && words.get(at - 1).raw().contains("{}"));
    }

    private static List<Inner> xargs(ShellCommand command) {
        List<Word> words = command.words();
        Optional<String> replaced = replaced(words);
        var ends = XARGS.ends(words, 1);
        if (ends.size() > Options.MOST_ENDS) {
            return List.of(new Inner.Unclear("its options could be read in many ways"));
        }
        List<Inner> inner = new ArrayList<>();
        for (int end : ends) {
            if (end < words.size()) {
                List<Word> run = new ArrayList<>();
                words.subList(end, words.size())
                        .forEach(word ->
                                run.add(replaced.map(text -> opened(word, text)).orElse(word)));
                if (replaced.isEmpty()) {
                    run.add(OpenWord.ANYTHING);
                }
                inner.add(Inner.command(command, run));
            }
        }
        return inner;
    }

    private static Optional<String> replaced(List<Word> words) {
        for (int i = 1; i < words.size(); i++) {
            String option = OpenWord.beginning(words.get(i));
            if (!option.startsWith("-")) {
                continue;
            }
            if (option.startsWith("--replace=")) {
                return Optional.of(option.substring(10));
            }
            if (option.equals("--replace") || option.matches("-[0rtpxo]*i")) {
                return Optional.of("{}");
            }
            if (option.matches("-[0rtpxo]*[IJ]")) {
                return i + 1 < words.size() ? words.get(i + 1).literal() : Optional.empty();
            }
            if (option.matches("-[0rtpxo]*[IiJ].+")) {
                return Optional.of(option.replaceFirst("-[0rtpxo]*[IiJ]", ""));
            }
        }
        return Optional.empty();
    }

    private static Word opened(Word word, String replaced) {
        boolean holds = !replaced.isEmpty()
                && word.literal().map(text -> text.contains(replaced)).orElse(false);
        if (!holds) {
            return word;
        }
        // Up to the place where something is put in, the word is certain, and one word it stays.
        String text = OpenWord.beginning(word);
        String before = text.substring(0, text.indexOf(replaced));
        boolean plain = CommandText.quoted(before).equals(before);
        return new Word("\"" + (plain ? before : "") + "$1\"", Optional.empty());
    }

    /** They join their words with blanks and have a shell read that. */
    private static List<Inner> lines(ShellCommand command, Options options, boolean fed) {
        List<Word> words = command.words();
        var ends = options.ends(words, 1);
        if (ends.size() > Options.MOST_ENDS) {
            return List.of(new Inner.Unclear("its options could be read in many ways"));
        }
        List<Inner> inner = new ArrayList<>();
        for (int end : ends) {
            inner.add(line(words.subList(Math.min(end, words.size()), words.size()), fed));
        }
        return inner;
    }

    private static Inner line(List<Word> words, boolean fed) {
        StringBuilder line = new StringBuilder();
        for (Word word : words) {
            String text = OpenWord.beginning(word);
            if (fed && text.startsWith(":::")) {
                break;
            }
            if (word.literal().isEmpty()) {
                return Inner.text(word);
            }
            line.append(text).append(' ');
        }
        if (line.isEmpty()) {
            return fed ? new Inner.Unclear("parallel runs the lines that it is sent") : new Inner.Text("");
        }
        return new Inner.Text(fed ? line.toString().replace("{}", "\"$1\"") + "\"$@\"" : line.toString());
    }
}
