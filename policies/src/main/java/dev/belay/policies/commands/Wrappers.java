package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs that run the command in their last arguments. */
final class Wrappers {
    /** @param operands how many words of its own come before the command */
    private record Wrapper(Options options, int operands) {
        static Wrapper of(int operands, String values, String flags) {
            return new Wrapper(Options.of(values, flags), operands);
        }
    }

    private static final Wrapper PLAIN = new Wrapper(Options.NONE, 0);

    private static final Wrapper SUDO = Wrapper.of(
            0,
            "-u -g -h -p -C -T -R -D -U -r -t --user --group --host --prompt --close-from --chroot --chdir"
                    + " --other-user --role --type --command-timeout",
            "-A -b -B -E -e -H -i -K -k -l -n -N -P -S -s -V -v -L --login --shell --stdin --non-interactive"
                    + " --preserve-env --set-home --background --list --validate");

    private static final Map<String, Wrapper> WRAPPERS = Map.ofEntries(
            Map.entry(
                    "env",
                    Wrapper.of(0, "-u --unset -C --chdir -a --argv0", "-i -0 -v --ignore-environment --null --debug")),
            Map.entry("command", Wrapper.of(0, "", "-p")),
            Map.entry("builtin", PLAIN),
            Map.entry("coproc", PLAIN),
            Map.entry("noglob", PLAIN),
            Map.entry("exec", Wrapper.of(0, "-a", "-c -l")),
            Map.entry("nohup", PLAIN),
            Map.entry("nice", Wrapper.of(0, "-n --adjustment", "")),
            Map.entry("ionice", Wrapper.of(0, "-c -n -p -P -u --class --classdata", "-t --ignore")),
            Map.entry(
                    "timeout",
                    Wrapper.of(1, "-k -s --kill-after --signal", "-v -f -p --foreground --preserve-status --verbose")),
            Map.entry(
                    "gtimeout",
                    Wrapper.of(1, "-k -s --kill-after --signal", "-v -f -p --foreground --preserve-status --verbose")),
            Map.entry(
                    "time",
                    Wrapper.of(
                            0, "-f -o --format --output", "-a -p -v -q -l --append --portability --quiet --verbose")),
            Map.entry("stdbuf", Wrapper.of(0, "-i -o -e --input --output --error", "")),
            Map.entry("setsid", Wrapper.of(0, "", "-c -f -w --ctty --fork --wait")),
            Map.entry(
                    "chrt",
                    Wrapper.of(
                            1,
                            "-T -P -D --sched-runtime --sched-period --sched-deadline",
                            "-a -b -d -f -i -m -o -r -v -R --batch --fifo --idle --other --rr" + " --reset-on-fork")),
            Map.entry("taskset", Wrapper.of(1, "", "-a -c --all-tasks --cpu-list")),
            Map.entry("sudo", SUDO),
            Map.entry("doas", SUDO),
            Map.entry("gosu", Wrapper.of(1, "", "")),
            Map.entry("su-exec", Wrapper.of(1, "", "")),
            Map.entry("unbuffer", Wrapper.of(0, "", "-p")),
            Map.entry("catchsegv", PLAIN),
            Map.entry(
                    "xvfb-run",
                    Wrapper.of(
                            0, "-n -s -e -f -w -p --server-args --server-num --error-file", "-a -l --auto-servernum")),
            Map.entry(
                    "flock",
                    Wrapper.of(
                            1,
                            "-w -E --timeout --wait --conflict-exit-code",
                            "-s -x -e -u -n -o -F -v --shared --exclusive --nonblock --nb --close"
                                    + " --no-fork --verbose")),
            Map.entry(
                    "strace",
                    Wrapper.of(
                            0,
                            "-o -e -p -s -u -E -a -b -I -O -S -P -X --trace --output --attach",
                            "-f -ff -c -C -d -D -h -i -k -n -q -qq -r -t -tt -ttt -T -v -V -w -x"
                                    + " -xx -y -yy -z -Z -A --follow-forks")),
            Map.entry(
                    "ltrace",
                    Wrapper.of(0, "-o -e -l -n -p -s -u -x -a -A -D -F -w", "-b -c -C -f -h -i -L -r -S -t -tt -T -V")),
            Map.entry("valgrind", PLAIN),
            Map.entry(
                    "unshare",
                    Wrapper.of(
                            0,
                            "-S -G -R -w --setuid --setgid --root --wd --propagation --setgroups"
                                    + " --map-user --map-group",
                            "-m -u -i -n -p -U -C -T -r -f -c --mount --uts --ipc --net --pid"
                                    + " --user --cgroup --time --map-root-user --map-current-user --fork"
                                    + " --mount-proc --kill-child --keep-caps")),
            Map.entry(
                    "nsenter",
                    Wrapper.of(
                            0,
                            "-t -S -G --target --setuid --setgid",
                            "-a -m -u -i -n -p -U -C -T -r -w -F -Z --all --mount --uts --ipc --net"
                                    + " --pid --user --root --wd")),
            Map.entry("chroot", Wrapper.of(1, "--userspec --groups", "--skip-chdir")),
            Map.entry("busybox", PLAIN),
            Map.entry("toybox", PLAIN),
            Map.entry(
                    "ld-linux",
                    Wrapper.of(
                            0,
                            "--library-path --preload --audit --argv0 --inhibit-rpath" + " --glibc-hwcaps-prepend",
                            "--inhibit-cache --list --verify")));

    /** They start a shell where they are given nothing to run. */
    private static final List<String> SHELL_BY_THEMSELVES = List.of("unshare", "nsenter", "chroot");

    /** Their second word says that the rest is a command. */
    private static final Map<String, String> RUNNERS =
            Map.of("poetry", "run", "pipenv", "run", "uv", "run", "bundle", "exec", "rye", "run", "pdm", "run");

    private Wrappers() {}

    static List<Inner> inside(String name, ShellCommand command) {
        List<Word> words = command.words();
        String known = isLoader(name) ? "ld-linux" : name;
        Wrapper wrapper = WRAPPERS.get(known);
        if (wrapper == null) {
            String run = RUNNERS.get(name);
            boolean runs = run != null
                    && words.size() > 2
                    && OpenWord.beginning(words.get(1)).equals(run);
            return runs ? commands(command, Wrapper.of(0, "--with --python -p --extra --group", "--"), 2) : List.of();
        }
        return commands(command, wrapper, 1);
    }

    static boolean startsShell(String name, ShellCommand command) {
        if (name.equals("sudo") || name.equals("doas")) {
            return command.words().stream()
                            .skip(1)
                            .allMatch(word -> OpenWord.beginning(word).startsWith("-"))
                    && command.words().stream().skip(1).anyMatch(Wrappers::asksForShell);
        }
        return SHELL_BY_THEMSELVES.contains(name) && inside(name, command).isEmpty();
    }

    private static boolean asksForShell(Word word) {
        String text = OpenWord.beginning(word);
        return text.equals("--login") || text.equals("--shell") || text.matches("-[A-Za-z]*[is]");
    }

    private static boolean isLoader(String name) {
        return (name.startsWith("ld-") && name.contains(".so")) || name.equals("ld.so");
    }

    private static List<Inner> commands(ShellCommand command, Wrapper wrapper, int from) {
        List<Inner> inner = new ArrayList<>();
        List<Word> words = command.words();
        var ends = wrapper.options().ends(words, from);
        if (ends.size() > Options.MOST_ENDS) {
            return List.of(new Inner.Unclear("its options could be read in many ways"));
        }
        for (int end : ends) {
            int at = afterAssignments(words, end + wrapper.operands(), inner);
            if (at < words.size()) {
                inner.add(Inner.command(command, words.subList(at, words.size())));
            }
        }
        return inner;
    }

    private static int afterAssignments(List<Word> words, int from, List<Inner> inner) {
        int at = from;
        while (at < words.size()) {
            Optional<Boolean> risky = Variables.changeWhatRuns(words.get(at));
            if (risky.isEmpty()) {
                break;
            }
            if (risky.get()) {
                inner.add(Builtins.changes(words.get(at)));
            }
            at++;
        }
        return at;
    }
}
