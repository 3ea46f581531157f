package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;
import static dev.belay.runner.sandbox.Attempt.perl;

import java.util.List;

/** More than what a sandbox is given. */
final class ResourceAttempts {
    /** Exits with 0 when this many sleep at once. */
    private static final String FORKS = "perl -e 'for (1 .. %d) { $p = fork; if (!defined $p) { $f = 1; last }"
            + " if (!$p) { sleep 20; exit } push @p, $p } kill 9, @p; exit($f ? 1 : 0)'";

    private static final String LOCK =
            "$a = syscall 9, 0, %1$s, 3, 0x22, -1, 0; exit(syscall(149, $a, %1$s) == 0 ? 0 : 1)";

    static final List<Attempt> ALL = List.of(
            at("process-cap", "fork more than the cap", FORKS.formatted(1000)).control(FORKS.formatted(10)),
            at("process-cap", "raise the cap on processes", "prlimit --nproc=2000:2000 true"),
            at("file-size-cap", "make a file larger than the cap", "truncate -s 9G f"),
            at("file-size-cap", "make a sparse file of a terabyte", "truncate -s 1T f"),
            at(
                            "file-size-cap",
                            "allocate more for a file than the cap without making it longer",
                            "touch f && fallocate -n -l 9G f")
                    .control("touch f && fallocate -n -l 1M f"),
            perl(
                            "file-size-cap",
                            "allocate behind a file's end by the old call",
                            "open F, q(>), q(f); $r = pack q(ssx4qqlLx16), 0, 0, 0, 9 << 30, 0, 0; exit(ioctl(F, 0x4030582A, $r) ? 0 : 1)")
                    .control(
                            "perl -e 'open F, q(>), q(f); $r = pack q(ssx4qqlLx16), 0, 0, 0, 1 << 20, 0, 0; exit(ioctl(F, 0x4030582A, $r) ? 0 : 1)'"),
            perl(
                            "file-size-cap",
                            "zero behind a file's end by the old call",
                            "open F, q(>), q(f); $r = pack q(ssx4qqlLx16), 0, 0, 0, 9 << 30, 0, 0; exit(ioctl(F, 0x40305839, $r) ? 0 : 1)")
                    .control(
                            "perl -e 'open F, q(>), q(f); $r = pack q(ssx4qqlLx16), 0, 0, 0, 1 << 20, 0, 0; exit(ioctl(F, 0x40305839, $r) ? 0 : 1)'"),
            at("file-size-cap", "raise the cap on files", "prlimit --fsize=unlimited:unlimited true"),
            at("core-dumps", "allow dumps", "ulimit -Hc 1").control("ulimit -Hc 0"),
            perl(
                            "core-dumps",
                            "leave a dump",
                            "$p = fork; if (!$p) { kill 11, $$; sleep 9 } waitpid $p, 0; exit($? & 128 ? 0 : 1)")
                    .alone("where dumps go is the machine's setting"),
            at("memory-cap", "fill memory by /tmp", "fallocate -l 20G /tmp/f").control("fallocate -l 1M f"),
            at("memory-cap", "fill memory by shared memory", "fallocate -l 20G /dev/shm/f")
                    .control("fallocate -l 1M f"),
            at("memory-cap", "fill memory by the home", "fallocate -l 20G ~/f").control("fallocate -l 1M f"),
            perl("memory-cap", "lock memory", LOCK.formatted("5 << 30"))
                    .control("perl -e '" + LOCK.formatted("4096") + "'"),
            perl(
                            "memory-cap",
                            "take pipes larger than the machine lets users",
                            "pipe R, W; exit(fcntl(W, 1031, 1 << 26) ? 0 : 1)")
                    .control("perl -e 'pipe R, W; exit(fcntl(W, 1031, 1 << 16) ? 0 : 1)'"),
            at("capabilities", "raise the cap on open files", "prlimit --nofile=1000000:1000000 true")
                    .control("prlimit --nofile=64:64 true"),
            at("capabilities", "go before others", "perl -e 'exit(setpriority(0, 0, -15) ? 0 : 1)'")
                    .control("perl -e 'exit(setpriority(0, 0, 19) ? 0 : 1)'"),
            at("capabilities", "run in real time", "chrt -f 1 true").control("chrt -b 0 true"),
            at(
                            "capabilities",
                            "run by a deadline",
                            "chrt -d --sched-runtime 100000 --sched-deadline 1000000 --sched-period 1000000 0 true")
                    .control("chrt -i 0 true"),
            at("capabilities", "read and write in real time", "ionice -c 1 -n 0 true")
                    .control("ionice -c 3 true"));

    private ResourceAttempts() {}
}
