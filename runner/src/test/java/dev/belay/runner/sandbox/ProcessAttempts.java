package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;
import static dev.belay.runner.sandbox.Attempt.call;
import static dev.belay.runner.sandbox.Attempt.perl;

import java.util.List;

/** Processes of the machine, the hand, and what processes share. */
final class ProcessAttempts {
    static final List<Attempt> ALL = List.of(
            at("host-processes", "see the runner's process", "kill -0 $RUNNER"),
            at("host-processes", "list the host's processes", "test $(ls -d /proc/[0-9]* | wc -l) -gt 12"),
            at("host-processes", "read another process's environment", "grep -qaz ^BELAY_VICTIM= /proc/[0-9]*/environ"),
            at("host-processes", "read another process's command line", "grep -qa $MARK /proc/[0-9]*/cmdline"),
            at("host-processes", "read a file by another process's root", "cat /proc/$VICTIM/root$CANARY"),
            at("host-processes", "read a file by another process's directory", "cat /proc/$VICTIM/cwd/canary"),
            at("host-processes", "read a file that another process holds open", "cat /proc/$VICTIM/fd/$HELD"),
            at("host-processes", "read a removed file that another process holds", "cat /proc/$VICTIM/fd/$REMOVED"),
            at("host-processes", "read another process's memory map", "grep -q heap /proc/$VICTIM/maps"),
            perl("host-processes", "read another process's memory by its file", """
                    open M, q(<), qq(/proc/$ENV{VICTIM}/maps) or exit 1; ($a) = grep { /heap/ } <M>; ($a) = $a =~ /^([0-9a-f]+)/;
                    open F, q(<), qq(/proc/$ENV{VICTIM}/mem) or exit 1; sysseek F, hex $a, 0; exit(sysread(F, $b, 16) ? 0 : 1)"""),
            perl(
                    "host-processes",
                    "trace another process",
                    "exit(syscall(101, 0x4206, $ENV{VICTIM}+0, 0, 0) == 0 ? 0 : 1)"),
            perl("host-processes", "open another process", "exit(syscall(434, $ENV{VICTIM}+0, 0) >= 0 ? 0 : 1)"),
            perl(
                    "host-processes",
                    "bound another process",
                    "$l = pack q(QQ), 9, 9; exit(syscall(302, $ENV{VICTIM}+0, 11, 0, $l) == 0 ? 0 : 1)"),
            at("host-processes", "renice another process", "renice -n 19 -p $VICTIM"),
            at("host-processes", "pin another process", "taskset -p $VICTIM"),
            at("host-processes", "enter another process's file tree", "nsenter --mount=/proc/$VICTIM/ns/mnt true"),
            perl(
                    "host-processes",
                    "signal a group of the host's",
                    "open S, q(/proc/) . $ENV{VICTIM} . q(/stat) or exit 1; exit(kill(0, -(split q( ), <S>)[4]) ? 0 : 1)"),
            at(
                    "host-ipc",
                    "open shared memory of the host by its key",
                    "perl -e 'exit(defined shmget($ENV{KEY}, 8, 0) ? 0 : 1)'"),
            at(
                    "host-ipc",
                    "attach shared memory of the host by its id",
                    "perl -e 'exit(shmread($ENV{SHM}, $b, 0, 8) ? 0 : 1)'"),
            at("host-ipc", "open a message queue of the host", "perl -e 'exit(defined msgget($ENV{KEY}, 0) ? 0 : 1)'"),
            at("host-ipc", "open semaphores of the host", "perl -e 'exit(defined semget($ENV{KEY}, 1, 0) ? 0 : 1)'"),
            perl(
                    "host-ipc",
                    "open a POSIX queue of the host",
                    "$n = $ENV{MARK}; exit(syscall(240, $n, 2, 0, 0) >= 0 ? 0 : 1)"),
            perl("host-sockets", "connect to an abstract socket of the host", """
                    use Socket; socket S, 1, 1, 0; exit(connect(S, pack_sockaddr_un(qq(\\0$ENV{MARK}))) ? 0 : 1)"""),
            perl("host-sockets", "connect to a unix socket of the host", """
                    use Socket; socket S, 1, 1, 0; exit(connect(S, pack_sockaddr_un($ENV{SOCKET})) ? 0 : 1)"""),
            at("host-sockets", "list the sockets of the host", "grep -q $MARK /proc/net/unix"),
            at("environment", "find the runner's variables", "env | grep -q ^BELAY_ROOM_STATE="),
            at(
                            "environment",
                            "find a session by its variables",
                            "env | grep -q '^SSH_AUTH\\|^DBUS_\\|^XDG_\\|^DISPLAY\\|^WAYLAND\\|^DOCKER'")
                    .control("SSH_AUTH_SOCK=x env | grep -q ^SSH_AUTH"),
            at("environment", "find keys by their variables", "env | grep -q '_KEY=\\|_TOKEN=\\|_SECRET='")
                    .control("A_TOKEN=x env | grep -q _TOKEN="),
            at("environment", "find a preloaded library", "env | grep -q ^LD_").control("LD_X=x env | grep -q ^LD_"),
            at("hand", "read the hand's environment", "cat /proc/1/environ").control("cat /proc/self/environ"),
            at("hand", "read the hand's memory map", "cat /proc/1/maps").control("cat /proc/self/maps"),
            at("hand", "read the hand's memory", "test -r /proc/1/mem").control("test -r /proc/self/mem"),
            at("hand", "write the hand's memory", "test -w /proc/1/mem || exec 3> /proc/1/mem")
                    .control("exec 3<> /proc/self/mem"),
            at("hand", "list the hand's descriptors", "ls /proc/1/fd").control("ls /proc/self/fd"),
            at("hand", "forge frames by the hand's output", "exec 3> /proc/1/fd/1")
                    .control("exec 3> /proc/self/fd/1"),
            at("hand", "take frames from the hand's input", "exec 3< /proc/1/fd/0")
                    .control("exec 3< /proc/self/fd/0"),
            at("hand", "complain by the hand's errors", "exec 3> /proc/1/fd/2").control("exec 3> /proc/self/fd/2"),
            at("hand", "see what the hand waits for", "cat /proc/1/syscall || cat /proc/1/stack")
                    .control("cat /proc/self/syscall"),
            at("hand", "follow the hand's root", "ls /proc/1/root/").control("ls /proc/self/root/"),
            at("hand", "follow the hand's directory", "ls /proc/1/cwd/").control("ls /proc/self/cwd/"),
            at("hand", "read the hand's program by its link", "test -r /proc/1/exe")
                    .control("test -r /proc/self/exe"),
            at("hand", "name the hand's namespaces", "readlink /proc/1/ns/mnt").control("readlink /proc/self/ns/mnt"),
            at("hand", "offer the hand to the killer of memory hogs", "echo 1000 > /proc/1/oom_score_adj")
                    .control("echo 1000 > /proc/self/oom_score_adj"),
            at("hand", "make the hand dump its memory", "echo 0xff > /proc/1/coredump_filter")
                    .control("echo 0xff > /proc/self/coredump_filter"),
            perl("hand", "trace the hand", "exit(syscall(101, 0x4206, 1, 0, 0) == 0 ? 0 : 1)")
                    .control(
                            "sleep 9 & P=$! perl -e 'exit(syscall(101, 0x4206, $ENV{P}+0, 0, 0) == 0 ? 0 : 1)'; c=$?; kill $!; exit $c"),
            perl(
                            "hand",
                            "end the hand by any signal",
                            "kill $_, 1 for 1 .. 64; select undef, undef, undef, 0.05; exit(kill(0, 1) ? 1 : 0)")
                    .control(
                            "perl -e '$p = fork; if (!$p) { sleep 9; exit } kill $_, $p for 1 .. 64; waitpid $p, 0; exit(kill(0, $p) ? 1 : 0)'"),
            perl(
                            "hand",
                            "stop the hand",
                            "kill 19, 1; select undef, undef, undef, 0.05; open S, q(/proc/1/stat); exit(<S> =~ / T / ? 0 : 1)")
                    .control(
                            "sleep 9 & kill -STOP $!; sleep 0.05; grep -q ' T ' /proc/$!/stat; c=$?; kill -9 $!; exit $c"),
            call("take a descriptor of another process", "438, syscall(434, $$, 0), 0, 0"),
            call("read a process's memory", "310, $$, 0, 0, 0, 0, 0"),
            call("write a process's memory", "311, $$, 0, 0, 0, 0, 0"),
            call("advise on another process's memory", "440, -1, 0, 0, 0, 1"),
            call("compare two processes", "312, $$, $$, 1, 0, 0"));

    private ProcessAttempts() {}
}
