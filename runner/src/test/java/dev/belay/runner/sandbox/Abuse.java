package dev.belay.runner.sandbox;

import java.util.List;

/**
 * Something that takes all it can get, without end, while a neighbour works.
 *
 * @param mechanism what bounds it: a row of the tables in THREATS.md
 * @param command makes the file {@code raging} in the workspace once it is at it
 */
record Abuse(String mechanism, String name, String command) {
    private static final String RAGING = "open R, q(>), q(raging);";

    static final List<Abuse> ALL = List.of(
            perl("process-cap", "a fork bomb", "while (1) { if (!defined fork) { %s } }"),
            perl(
                    "process-cap",
                    "a fork and exec storm",
                    "for (1 .. 16) { fork or last } %s while (1) { system q(/bin/true) }"),
            perl(
                    "process-cap",
                    "children that nobody waits for",
                    "while (1) { $p = fork; if (!defined $p) { %s sleep 1 } elsif (!$p) { exit } }"),
            perl("process-cap", "threads of daemons that ignore every signal", """
                    for (1 .. 20) { next if fork; syscall 112; exit if fork; $SIG{$_} = q(IGNORE) for keys %%SIG; sleep 1 while 1 }
                    %s sleep 99"""),
            perl("memory-cap", "a memory hog that is born again", """
                    while (1) { $p = fork; if (defined $p && !$p) { $n = 2 << 30; $x = q(x) x $n; exit } waitpid $p, 0; if ($?) { %s } }"""),
            perl("memory-cap", "files in /tmp, the home and shared memory until they are full", """
                    $x = q(x) x (1 << 19); for $d (qw(/dev/shm /tmp /home/belay)) {
                      for ($i = 0; open F, q(>), qq($d/$i); $i++) { (syswrite(F, $x) // 0) == length $x or last } %s } sleep 99"""),
            perl(
                    "memory-cap",
                    "empty files without end",
                    "while (1) { $i++; open F, q(>), qq(/tmp/$i); if ($i == 20000) { %s } }"),
            perl("memory-cap", "pipes that are full", """
                    fcntl STDOUT, 4, 2048; while (pipe my $r, my $w) { push @all, $r, $w; fcntl $w, 4, 2048; syswrite $w, q(x) x 65536;
                      last if $n++ > 900 } %s sleep 99"""),
            perl("file-size-cap", "a file that grows without end", """
                    $SIG{XFSZ} = q(IGNORE); $x = q(x) x 65536; open F, q(>), q(big); while (1) { if (!syswrite F, $x) { %s seek F, 0, 0 } }"""),
            perl("cpu-cap", "eight that spin", "for (1 .. 7) { fork or last } %s 1 while 1"),
            perl(
                    "cpu-cap",
                    "eight that spin in the kernel",
                    "for (1 .. 7) { fork or last } %s while (1) { opendir D, q(/proc); readdir D }"),
            perl("hand", "output without end that nobody takes", """
                    fork; $x = q(x) x 65536; %s while (1) { syswrite STDOUT, $x; syswrite STDERR, $x }"""),
            perl("hand", "one that ignores every signal", "$SIG{$_} = q(IGNORE) for keys %%SIG; %s 1 while 1"),
            perl("hand", "one that stops itself and its parent", "%s kill 19, getppid; kill 19, $$"),
            perl("hand", "one that sleeps for ever", "%s sleep 1 while 1"),
            perl(
                    "hand",
                    "one that signals everybody all the time",
                    "%s $SIG{$_} = q(IGNORE) for keys %%SIG; while (1) { kill $_, -1 for 1 .. 8, 10 .. 15, 20 .. 64 }"),
            perl(
                    "capabilities",
                    "every descriptor",
                    "while (1) { open my $f, q(<), q(/dev/null) or last; push @all, $f } %s close $all[0]; %1$s sleep 99"));

    private static Abuse perl(String mechanism, String name, String code) {
        return new Abuse(mechanism, name, "exec perl -e '" + code.formatted(RAGING) + "'");
    }

    @Override
    public String toString() {
        return name;
    }
}
