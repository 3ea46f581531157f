package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What git runs besides its subcommand: by settings, and by subcommands that are given a command. */
final class GitCommand {
    private static final Options GLOBAL = Options.of(
            "-C -c --git-dir --work-tree --namespace --super-prefix --config-env --attr-source",
            "-p -P --paginate --no-pager --bare --no-replace-objects --literal-pathspecs --glob-pathspecs"
                    + "--noglob-pathspecs --icase-pathspecs --no-optional-locks"
                    + " --no-lazy-fetch --no-advice --exec-path"
                    + " --html-path --man-path --info-path --version --help -v -h");

    /** Settings that hold a command, by the beginning or the end of their name. */
    private static final List<String> SECTIONS = List.of(
            "alias.",
            "pager.",
            "filter.",
            "credential.",
            "include",
            "difftool.",
            "mergetool.",
            "uploadpack.",
            "receive.",
            "url.");

    private static final Set<String> KEYS = Set.of(
            "core.sshcommand",
            "core.hookspath",
            "core.pager",
            "core.editor",
            "core.fsmonitor",
            "core.askpass",
            "core.gitproxy",
            "core.alternaterefscommand",
            "sequence.editor",
            "diff.external",
            "gpg.program",
            "interactive.difffilter",
            "init.templatedir");

    private static final List<String> ENDS = List.of(
            ".textconv", ".command", ".driver", ".cmd", ".program", ".uploadpack", ".receivepack", ".helper", ".vcs");

    private static final Set<String> IDLE = Set.of("cat", "true", ":", "", "false", "less", "/dev/null");

    private GitCommand() {}

    static List<Inner> inside(ShellCommand git) {
        List<Word> words = git.words();
        List<Inner> inner = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String option = OpenWord.beginning(words.get(i));
            if (!option.startsWith("-") && !takesNext(OpenWord.beginning(words.get(i - 1)))) {
                break;
            }
            setting(words, i).ifPresent(inner::add);
        }
        inner.addAll(Subcommands.stripped("git", git, GLOBAL, 1));
        inner.addAll(ofSubcommand(git));
        return inner;
    }

    private static boolean takesNext(String option) {
        return GLOBAL.values().contains(option);
    }

    private static Optional<Inner> setting(List<Word> words, int at) {
        String option = OpenWord.beginning(words.get(at));
        Word word = words.get(at);
        String known;
        if ((option.equals("-c") || option.equals("--config-env")) && at + 1 < words.size()) {
            word = words.get(at + 1);
            known = OpenWord.beginning(word);
        } else if (option.startsWith("--config-env=")) {
            known = option.substring("--config-env=".length());
        } else if (option.startsWith("-c") && option.length() > 2) {
            known = option.substring(2);
        } else if (option.startsWith("--exec-path=")) {
            return Optional.of(new Inner.Unclear("--exec-path says which programs git's commands are"));
        } else {
            return Optional.empty();
        }
        int equals = known.indexOf('=');
        if (equals < 0 && word.literal().isEmpty()) {
            return Optional.of(new Inner.Unclear("it is not certain which setting " + word.raw() + " is"));
        }
        String key = equals < 0 ? known : known.substring(0, equals);
        boolean idle = equals > 0
                && word.literal().isPresent()
                && IDLE.contains(known.substring(equals + 1))
                && !option.startsWith("--");
        return holdsCommand(key) && !idle
                ? Optional.of(new Inner.Unclear("git's setting " + key + " can run anything"))
                : Optional.empty();
    }

    private static boolean holdsCommand(String key) {
        String folded = key.toLowerCase(Locale.ROOT);
        return KEYS.contains(folded)
                || SECTIONS.stream().anyMatch(folded::startsWith)
                || ENDS.stream().anyMatch(folded::endsWith);
    }

    private static List<Inner> ofSubcommand(ShellCommand git) {
        List<Word> words = git.words();
        String subcommand = words.size() < 2 ? "" : OpenWord.beginning(words.get(1));
        List<Word> rest = words.subList(Math.min(2, words.size()), words.size());
        return switch (subcommand) {
            case "config" -> configured(rest);
            case "submodule" -> foreach(rest);
            case "rebase" -> executed(rest);
            case "bisect" ->
                rest.size() > 1 && OpenWord.beginning(rest.getFirst()).equals("run")
                        ? List.of(Inner.command(git, rest.subList(1, rest.size())))
                        : List.of();
            default -> List.of();
        };
    }

    /** Reading a setting is harmless; two words are a name and a value. */
    private static List<Inner> configured(List<Word> rest) {
        for (int i = 0; i + 1 < rest.size(); i++) {
            String key = OpenWord.beginning(rest.get(i));
            boolean reads = i > 0 && OpenWord.beginning(rest.get(i - 1)).matches("--?get.*|get|unset|--unset.*");
            boolean idle = rest.get(i + 1).literal().map(IDLE::contains).orElse(false);
            if (!key.startsWith("-") && !key.equals("set") && !reads) {
                return holdsCommand(key) && !idle
                        ? List.of(new Inner.Unclear("git's setting " + key + " can run anything"))
                        : List.of();
            }
        }
        return List.of();
    }

    private static List<Inner> foreach(List<Word> rest) {
        for (int i = 0; i + 1 < rest.size(); i++) {
            if (OpenWord.beginning(rest.get(i)).equals("foreach")) {
                int from = OpenWord.beginning(rest.get(i + 1)).matches("--recursive|--quiet|-q") ? i + 2 : i + 1;
                return Builtins.joined(rest.subList(from, rest.size()));
            }
        }
        return List.of();
    }

    private static List<Inner> executed(List<Word> rest) {
        List<Inner> inner = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            String option = OpenWord.beginning(rest.get(i));
            if ((option.equals("-x") || option.equals("--exec")) && i + 1 < rest.size()) {
                inner.add(Inner.text(rest.get(i + 1)));
            } else if (option.startsWith("--exec=")) {
                inner.add(
                        rest.get(i).literal().isPresent()
                                ? new Inner.Text(option.substring(7))
                                : Inner.text(rest.get(i)));
            }
        }
        return inner;
    }
}
