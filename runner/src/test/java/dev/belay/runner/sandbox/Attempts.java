package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.alone;
import static dev.belay.runner.sandbox.Attempt.syscall;
import static dev.belay.runner.sandbox.Attempt.works;

import java.util.List;

/** The table of what must not work. {@code $CANARY}, {@code $SOCKET}, {@code $PORT} and {@code $RUNNER} are the test's. */
final class Attempts {
    /** An i386 program of one system call, exit(0): the list of a 64-bit filter would not know its number. */
    private static final String I386 = "perl -e '"
            + "print pack(q(A4C5x7), qq(\\x7fELF), 1, 1, 1, 0, 0), pack(q(vvVVVVVvvvvvv), 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 0, 0, 0),"
            + " pack(q(V8), 1, 0, 0x8048000, 0x8048000, 93, 93, 5, 4096), pack(q(H*), q(b80100000031dbcd80))' > i386"
            + " && chmod 755 i386 && ./i386";

    static final List<Attempt> ALL = List.of(
            works("read a file outside", "cat $CANARY"),
            works("read a file outside by a symlink", "ln -sf $CANARY link && cat link"),
            works("write a file outside by a symlink", "ln -sf $CANARY link2 && echo x >> link2"),
            works("read a file outside by /proc/self/root", "cat /proc/self/root$CANARY"),
            works("read a file outside by /proc/self/cwd", "cat /proc/self/cwd/../../../../../../../..$CANARY"),
            alone("hard link to a file outside", "ln /run/belay/hand.pl stolen"),
            works("read another process's environment", "grep -qaz ^BELAY_ROOM_STATE= /proc/[0-9]*/environ"),
            works("see the runner's process", "kill -0 $RUNNER"),
            works("list the host's processes", "test $(ls -d /proc/[0-9]* | wc -l) -gt 12"),
            alone("read the hand's environment", "cat /proc/1/environ"),
            alone("open the hand's output", "exec 3> /proc/1/fd/1"),
            syscall("trace the hand", false, "exit(syscall(101, 16, 1, 0, 0) == 0 ? 0 : 1)"),
            alone("list root's home", "ls /root/"),
            alone("list the homes", "test \"$(ls /home)\" != belay"),
            alone("write to /usr", "test -w /usr"),
            alone("write to /etc", "test -w /etc"),
            alone("write to the root", "test -w / || touch /canary"),
            alone("write to /dev", "test -w /dev && touch /dev/canary"),
            alone("write to /run", "touch /run/canary || touch /run/belay/canary"),
            alone("read the password hashes", "cat /etc/shadow"),
            alone("set the core pattern", "test -w /proc/sys/kernel/core_pattern"),
            alone("set the module loader", "test -w /proc/sys/kernel/modprobe"),
            alone("drop the caches", "test -w /proc/sys/vm/drop_caches"),
            alone("press sysrq", "test -w /proc/sysrq-trigger"),
            alone("set the uevent helper", "test -w /sys/kernel/uevent_helper"),
            works("see the cgroups", "test -e /sys/fs/cgroup"),
            syscall(
                    "mount",
                    true,
                    "$n = q(none); $t = q(tmpfs); $w = q(.); exit(syscall(272, 0x20000) == 0 && syscall(165, $n, $w, $t, 0, 0) == 0 ? 0 : 1)"),
            syscall(
                    "remount the root writable",
                    false,
                    "$n = q(none); $w = q(/); exit(syscall(165, $n, $w, $n, 32, 0) == 0 ? 0 : 1)"),
            works("make a user namespace", "unshare -U true"),
            works("make a network namespace", "unshare -n true"),
            syscall("make a mount namespace", true, "exit(syscall(272, 0x20000) == 0 ? 0 : 1)"),
            syscall(
                    "clone into a user namespace",
                    true,
                    "$p = syscall(56, 0x10000011, 0, 0, 0, 0); exit(0) if $p == 0; exit($p > 0 ? 0 : 1)"),
            syscall("change the root directory", true, "exit(chroot(q(/)) ? 0 : 1)"),
            syscall("io_uring", true, "$p = qq(\\0) x 120; exit(syscall(425, 1, $p) >= 0 ? 0 : 1)"),
            syscall("userfaultfd", true, "exit(syscall(323, 1) >= 0 ? 0 : 1)"),
            syscall("bpf", false, "$a = qq(\\0) x 128; exit(syscall(321, 5, $a, 128) >= 0 ? 0 : 1)"),
            syscall(
                    "perf_event_open",
                    false,
                    "$a = pack(q(VV), 1, 112) . qq(\\0) x 104; exit(syscall(298, $a, 0, -1, -1, 0) >= 0 ? 0 : 1)"),
            syscall(
                    "add a key",
                    true,
                    "$t = q(user); $d = q(belay); $v = q(x); exit(syscall(248, $t, $d, $v, 1, -1) >= 0 ? 0 : 1)"),
            syscall("use the keyring", true, "exit(syscall(250, 0, -1, 1) >= 0 ? 0 : 1)"),
            syscall(
                    "open_by_handle_at",
                    false,
                    "$h = pack(q(VV), 8, 1) . qq(\\0) x 8; exit(syscall(304, -100, $h, 0) >= 0 || $! != 1 ? 0 : 1)"),
            syscall("read a process's memory", true, "exit(syscall(310, $$, 0, 0, 0, 0, 0) >= 0 ? 0 : 1)"),
            syscall("load a module", false, "$e = q(); exit(syscall(175, $e, 0, $e) >= 0 || $! != 1 ? 0 : 1)"),
            syscall("load a kernel", false, "exit(syscall(246, 0, 0, 0, 0) >= 0 || $! != 1 ? 0 : 1)"),
            syscall("set the host's name", false, "$h = q(x); exit(syscall(170, $h, 1) == 0 ? 0 : 1)"),
            syscall("type into a terminal", false, "$c = q(x); exit(ioctl(STDOUT, 0x5412, $c) || $! != 1 ? 0 : 1)"),
            works("run the i386 ABI", I386),
            syscall(
                    "call by an x32 number",
                    false,
                    "$r = fork; if (!$r) { syscall(0x40000000 + 39); exit 0 } waitpid $r, 0; exit($? == 0 ? 0 : 1)"),
            syscall("become root", true, "$> = 0; $< = 0; exit($> == 0 && $< == 0 ? 0 : 1)"),
            alone("give a file to root", "touch given && chown 0 given"),
            alone("make a device", "mknod null c 1 3"),
            syscall("a socket of AF_VSOCK", true, "exit(syscall(41, 40, 1, 0) >= 0 ? 0 : 1)"),
            syscall("a socket of AF_PACKET", false, "exit(syscall(41, 17, 3, 0) >= 0 ? 0 : 1)"),
            syscall("a socket of NETLINK_NETFILTER", true, "exit(syscall(41, 16, 3, 12) >= 0 ? 0 : 1)"),
            syscall("a raw socket", false, "exit(syscall(41, 2, 3, 1) >= 0 ? 0 : 1)"),
            syscall(
                    "connect to a listener on the host's loopback",
                    true,
                    "use Socket; socket S, 2, 1, 0; exit(connect(S, pack_sockaddr_in($ENV{PORT}, inet_aton(q(127.0.0.1)))) ? 0 : 1)"),
            syscall(
                    "connect to a unix socket of the host",
                    true,
                    "use Socket; socket S, 1, 1, 0; exit(connect(S, pack_sockaddr_un($ENV{SOCKET})) ? 0 : 1)"),
            syscall(
                    "connect to the metadata service",
                    false,
                    "use Socket; alarm 2; socket S, 2, 1, 0; exit(connect(S, pack_sockaddr_in(80, inet_aton(q(169.254.169.254)))) || $! != 101 ? 0 : 1)"),
            syscall(
                    "send a datagram out",
                    false,
                    "use Socket; socket S, 2, 2, 0; exit(send(S, q(x), 0, pack_sockaddr_in(53, inet_aton(q(192.0.2.1)))) || $! != 101 ? 0 : 1)"),
            syscall(
                    "send a datagram out by IPv6",
                    false,
                    "use Socket; socket S, 10, 2, 0; exit(send(S, q(x), 0, pack_sockaddr_in6(53, inet_pton(10, q(2001:db8::1)))) ? 0 : 1)"),
            alone("resolve a name", "getent hosts example.com"));

    private Attempts() {}
}
